using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Delivery</c>: how Canal batches become Kafka transactions.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>A Kafka transaction is committed this long after its first batch at the latest: latency against commits per second.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05", ConvertValueInInvariantCulture = true)]
    public TimeSpan GroupInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Batches without records wait this long at most; then the position alone is committed, and they are acknowledged. That commit also tells a
    /// process that was replaced that it was.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10", ConvertValueInInvariantCulture = true)]
    public TimeSpan AckInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A Kafka transaction is committed when it holds this many record bytes.</summary>
    [Range(1024, 1_000_000_000)]
    public int GroupMaxBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>A Kafka transaction is committed when it holds this many records.</summary>
    [Range(1, 1_000_000)]
    public int GroupMaxRecords { get; set; } = 50_000;

    /// <summary>A Kafka transaction is committed when it may touch this many partitions: a commit costs about 1 ms for each.</summary>
    [Range(1, 10_000)]
    public int GroupMaxPartitions { get; set; } = 100;

    /// <summary>
    /// Bytes of records that wait for Kafka (the producer's queue). When they are used up the loop waits, and so fetches nothing more; what Canal
    /// sends ahead is bounded by Canal:WindowBytes.
    /// </summary>
    [Range(8L * 1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long MemoryBudgetBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Time to finish the open Kafka transaction after SIGTERM.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan StopGracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Under the kind of fault (date, json, label, other), what becomes of a value that does not fit its column's type: stop, null (where the
    /// column takes NULL) or text (where the column is a string in the records). What is not named is stop.
    /// </summary>
    public Dictionary<string, string> UnfitValue { get; set; } = [];

    /// <summary>Raise it by one to start anew when the stored position cannot be compared with the source's any more.</summary>
    [Range(0, int.MaxValue)]
    public int Epoch { get; set; }
}
