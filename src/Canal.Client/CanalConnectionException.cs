namespace Canal.Client;

/// <summary>The connection could not be made, was lost, or an answer did not come in time.</summary>
public sealed class CanalConnectionException : CanalException
{
    /// <summary>Creates the exception with a complete message.</summary>
    public CanalConnectionException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The connection stood, but an answer did not come, or not whole, in time.</summary>
    internal bool IsLateAnswer { get; init; }

    /// <summary>True: a new connection, maybe to another server, may help.</summary>
    public override bool IsTransient => true;
}
