namespace CanalBridge.Health;

/// <summary>Where the rows went that Canal gave to this process: double entry, so that a row lost inside shows.</summary>
/// <param name="Received">From Canal, repeated ones included.</param>
/// <param name="Committed">In a committed Kafka transaction.</param>
/// <param name="Filtered">Left out as the options ask.</param>
/// <param name="Duplicates">Delivered again after their commit, and dropped.</param>
/// <param name="Returned">Given up with a transaction that failed or may have failed: Canal delivers them again.</param>
/// <param name="InFlight">In the open transaction.</param>
internal readonly record struct RowBalance(long Received, long Committed, long Filtered, long Duplicates, long Returned, long InFlight)
{
    /// <summary>Rows of which nobody can say where they are; anything but 0 is a defect of the bridge.</summary>
    public long Unaccounted => Received - Committed - Filtered - Duplicates - Returned - InFlight;
}
