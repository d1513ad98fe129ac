using CanalBridge.Options;

namespace CanalBridge.Publish;

/// <summary>What the open Kafka transaction holds so far, and whether it is time to commit it.</summary>
/// <remarks>The partitions touched decide what a commit costs, the age what it adds to the latency.</remarks>
internal sealed class TransactionGroup
{
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly List<long> _batchIds = [];
    private readonly Dictionary<string, int> _recordsByTopic = [];
    private long _openedAt;

    public TransactionGroup(DeliveryOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <summary>Nothing was added since the last <see cref="Clear"/>.</summary>
    public bool IsEmpty => _batchIds.Count == 0;

    /// <summary>Batches to acknowledge after the commit, in the order fetched.</summary>
    public IReadOnlyList<long> BatchIds => _batchIds;

    public int Records { get; private set; }

    /// <summary>Rows that the records are made of.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes of the records.</summary>
    public long Bytes { get; private set; }

    /// <summary>Most partitions that the records can lie in.</summary>
    public int Partitions { get; private set; }

    /// <summary>Time until the group is due by its age.</summary>
    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = _options.GroupInterval - _time.GetElapsedTime(_openedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Commit now. Batches without records wait for nothing: they need no commit, only their ack.</summary>
    public bool IsDue => !IsEmpty
        && (Records == 0 || Bytes >= _options.GroupMaxBytes || Records >= _options.GroupMaxRecords || Partitions >= _options.GroupMaxPartitions || Remaining == TimeSpan.Zero);

    /// <summary>Adds a batch, to be acknowledged after the commit.</summary>
    /// <param name="batchId">Its id.</param>
    /// <param name="recordBytes">Bytes of its records.</param>
    /// <param name="rows">Rows that became records.</param>
    public void AddBatch(long batchId, int recordBytes, int rows)
    {
        if (IsEmpty)
        {
            _openedAt = _time.GetTimestamp();
        }

        _batchIds.Add(batchId);
        Bytes += recordBytes;
        Rows += rows;
    }

    /// <summary>Adds records of one topic.</summary>
    /// <param name="topic">Their topic.</param>
    /// <param name="count">How many.</param>
    /// <param name="partitions">Partitions of the topic.</param>
    public void AddRecords(string topic, int count, int partitions)
    {
        Records += count;
        int before = _recordsByTopic.GetValueOrDefault(topic);
        _recordsByTopic[topic] = before + count;
        Partitions += Math.Min(before + count, partitions) - Math.Min(before, partitions);
    }

    public void Clear()
    {
        _batchIds.Clear();
        _recordsByTopic.Clear();
        Records = 0;
        Rows = 0;
        Bytes = 0;
        Partitions = 0;
    }
}
