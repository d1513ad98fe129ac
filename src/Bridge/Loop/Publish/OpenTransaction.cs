using CanalBridge.Loop.Map;
using CanalBridge.Options;
using CanalBridge.Positions;

namespace CanalBridge.Loop.Publish;

/// <summary>The batches since the last commit, and whether it is time for the next one.</summary>
/// <remarks>
/// <para>Every batch waits for a commit, also one without records: nothing is acknowledged that a committed position does not cover.</para>
/// <para>
/// A batch in doubt stays when the transaction is closed: it may be acknowledged once a later batch has proven it. Its position is the one before it, so the
/// commit of others is not held up. The last batch of GTID mode stays, too: see <see cref="GtidRule.EndBatch"/>.
/// </para>
/// </remarks>
internal sealed class OpenTransaction
{
    /// <summary>A position names the first entries of so many batches without ack at the least: see <see cref="ContentRule"/>.</summary>
    private const int MostBatches = 48;

    /// <summary>Bytes of batches without records that Canal may keep for want of an ack; its ring holds 16 MiB by default.</summary>
    private const long MostBytesWithoutRecords = 4L * 1024 * 1024;

    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly List<long> _batches = [];
    private readonly Dictionary<string, int> _recordsByTopic = [];
    private int _proven;
    private bool _hasNews;
    private long _batchBytes;
    private long _openedAt;
    private long _newest;

    /// <param name="options">When a commit is due.</param>
    /// <param name="time">Clock.</param>
    /// <param name="position">The position committed last; null for none.</param>
    public OpenTransaction(DeliveryOptions options, TimeProvider time, StoredPosition? position)
    {
        _options = options;
        _time = time;
        Position = position;
    }

    /// <summary>The position behind the batches; before the first, the one committed last, or null.</summary>
    public StoredPosition? Position { get; private set; }

    /// <summary>No batch waits for a commit.</summary>
    public bool IsEmpty => !_hasNews && Records == 0;

    /// <summary>Batches without their ack, those in doubt included.</summary>
    public int Batches => _batches.Count;

    public int Records { get; private set; }

    /// <summary>Rows that the records are made of.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes that the records take in the client's queue.</summary>
    public long Bytes { get; private set; }

    /// <summary>Most partitions that the records can lie in.</summary>
    public int Partitions { get; private set; }

    /// <summary>Time until the commit is due by the age of the oldest batch.</summary>
    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = (Records > 0 ? _options.GroupInterval : _options.AckInterval) - _time.GetElapsedTime(_openedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Commit now.</summary>
    public bool IsDue => !IsEmpty
        && (Remaining == TimeSpan.Zero || _batches.Count >= MostBatches || (Records == 0 ? _batchBytes >= MostBytesWithoutRecords
            : Bytes >= _options.GroupMaxBytes || Records >= _options.GroupMaxRecords || Partitions >= _options.GroupMaxPartitions));

    /// <summary>Adds records of one topic, which were sent.</summary>
    /// <param name="topic">Their topic.</param>
    /// <param name="count">How many.</param>
    /// <param name="bytes">What they take in the client's queue.</param>
    /// <param name="partitions">Partitions of the topic.</param>
    public void AddRecords(string topic, int count, long bytes, int partitions)
    {
        Open();
        Records += count;
        Bytes += bytes;
        int before = _recordsByTopic.GetValueOrDefault(topic);
        _recordsByTopic[topic] = before + count;
        Partitions += Math.Min(before + count, partitions) - Math.Min(before, partitions);
    }

    /// <summary>Takes a batch all of whose records were sent.</summary>
    public void Add(MappedBatch batch)
    {
        Open();
        Position = batch.Position;
        _proven = batch.Proof == BatchProof.UpToIt ? _batches.Count : _proven;
        _batches.Add(batch.Id);
        _proven = batch.Proof == BatchProof.Whole ? _batches.Count : _proven;
        _hasNews |= batch.Proof != BatchProof.None;
        _batchBytes += batch.SizeBytes;
        Rows += batch.Rows.Published;
        _newest = Math.Max(_newest, batch.Rows.NewestMilliseconds);
    }

    /// <summary>What is to be committed and then acknowledged; the next transaction begins with the batches in doubt.</summary>
    public PendingCommit Close()
    {
        var commit = new PendingCommit(_batches.GetRange(0, _proven), Records, Rows, _newest);
        _batches.RemoveRange(0, _proven);
        Begin();
        return commit;
    }

    /// <summary>The Canal session has ended: its batches cannot be acknowledged any more, and come again.</summary>
    public void Forget()
    {
        _batches.Clear();
        Begin();
    }

    private void Open()
    {
        if (IsEmpty)
        {
            _openedAt = _time.GetTimestamp();
        }
    }

    private void Begin()
    {
        _proven = 0;
        _hasNews = false;
        _recordsByTopic.Clear();
        Records = 0;
        Rows = 0;
        Bytes = 0;
        Partitions = 0;
        _batchBytes = 0;
        _newest = 0;
        _openedAt = _time.GetTimestamp();
    }
}
