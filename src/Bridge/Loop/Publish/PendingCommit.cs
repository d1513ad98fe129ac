namespace CanalBridge.Loop.Publish;

/// <summary>A transaction that was committed: what it held, and what is acknowledged now.</summary>
/// <param name="Batches">Numbers of the batches that the position covers, in the order fetched.</param>
/// <param name="Records">Its records.</param>
/// <param name="Rows">Rows that the records are made of.</param>
/// <param name="NewestMilliseconds">Binlog time of its newest row, ms since the epoch; 0 where it has no row.</param>
internal sealed record PendingCommit(IReadOnlyList<long> Batches, int Records, long Rows, long NewestMilliseconds)
{
    /// <summary>Age of its newest row; zero where the source's clock is ahead; null where it has no row.</summary>
    public TimeSpan? Lag(DateTimeOffset now)
    {
        TimeSpan lag = now - DateTimeOffset.FromUnixTimeMilliseconds(NewestMilliseconds);
        return NewestMilliseconds == 0 ? null : lag < TimeSpan.Zero ? TimeSpan.Zero : lag;
    }
}
