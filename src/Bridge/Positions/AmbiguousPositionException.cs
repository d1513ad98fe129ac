namespace CanalBridge.Positions;

/// <summary>Several entries of a compressed transaction are alike: where Canal goes on in it cannot be told.</summary>
internal sealed class AmbiguousPositionException : Exception
{
    public AmbiguousPositionException(string position)
        : base($"Stopped at {position}: Canal goes on inside a transaction compressed by binlog_transaction_compression=ON, at an entry that stands in it more than once. "
            + "Nothing of it was acknowledged. Restart Canal, which then sends the transaction from its start. Canal in GTID mode (canal.instance.gtidon=true) avoids this.")
    {
    }
}
