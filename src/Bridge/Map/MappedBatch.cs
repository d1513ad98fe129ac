namespace CanalBridge.Map;

/// <summary>What became of a batch's rows.</summary>
/// <param name="Rows">All of them.</param>
/// <param name="Filtered">Left out as the options ask.</param>
/// <param name="Duplicates">Published before.</param>
/// <param name="NewestMilliseconds">Binlog time of its newest row, ms since the epoch; 0 without rows.</param>
internal readonly record struct MappedBatch(int Rows, int Filtered, int Duplicates, long NewestMilliseconds)
{
    /// <summary>Rows that became records.</summary>
    public int New => Rows - Filtered - Duplicates;
}
