namespace CanalBridge.Positions;

/// <summary>Several entries share one position: what was published could not be told from what was not.</summary>
internal sealed class AmbiguousPositionException : Exception
{
    public AmbiguousPositionException(string position)
        : base($"Stopped at {position}: several entries share this position, as transactions compressed with binlog_transaction_compression=ON do. "
            + "Set it to OFF on the source and let Canal start behind the last compressed transaction.")
    {
    }
}
