namespace Canal.Client;

/// <summary>Bytes that cannot be accepted. The message says where, what was expected and what was found.</summary>
public sealed class CanalProtocolException : CanalException
{
    /// <summary>Creates the exception with a complete message.</summary>
    public CanalProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// The order of batches shows another consumer of the destination under the same client id. What it acknowledged is missing here.
    /// </summary>
    public bool IsOtherConsumer { get; internal init; }

    /// <summary>
    /// The order of batches was disturbed by something that takes nothing away: the server's instance started anew, or the server still executed
    /// requests of an earlier connection of this client. A new session gets everything that was not acknowledged.
    /// </summary>
    public bool IsHarmless { get; internal init; }

    /// <summary>A frame is larger than <see cref="CanalClientOptions.FrameCapBytes"/>.</summary>
    public bool IsOverCap { get; internal init; }

    /// <summary>An answer was over the cap, and <see cref="CanalSession.ReopenAsync"/> will ask for less.</summary>
    public bool AsksForLess { get; internal init; }

    /// <summary>
    /// True: the bytes on a new connection may be sound (a desynchronized or damaged stream heals that way). False when
    /// <see cref="CanalSession.OpenAsync"/> met it at every attempt and gave up.
    /// </summary>
    public override bool IsTransient => !IsLasting;

    /// <summary>Several new connections did not help.</summary>
    internal bool IsLasting { get; init; }
}
