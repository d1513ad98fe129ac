namespace Canal.Client;

/// <summary>Any failure of the Canal client that is not a cancellation.</summary>
public abstract class CanalException : Exception
{
    private protected CanalException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether a new connection may help: true for lost connections and time-outs, false for what would fail again.</summary>
    public abstract bool IsTransient { get; }
}
