using System.Diagnostics;
using System.Text.Json;
using Confluent.Kafka;

namespace CanalBridge.Testing.Peers;

/// <summary>A read-committed consumer of all topics with a prefix, from their starts; keeps what it saw and when.</summary>
internal sealed class CommittedConsumer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly string _bootstrapServers;
    private readonly string _prefix;
    private readonly bool _isTopic;
    private readonly List<CommittedRecord> _records = [];
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private int _discoveries;

    /// <param name="bootstrapServers">Kafka.</param>
    /// <param name="prefix">What stands before a dot in the topics' names.</param>
    /// <param name="isTopic">It is the whole name of one topic.</param>
    public CommittedConsumer(string bootstrapServers, string prefix, bool isTopic = false)
    {
        _bootstrapServers = bootstrapServers;
        _prefix = isTopic ? prefix : prefix + ".";
        _isTopic = isTopic;
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What was seen so far, in order of arrival.</summary>
    public CommittedRecord[] Records
    {
        get
        {
            lock (_records)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>Waits for a record; a generous limit turns a lost one into a failure.</summary>
    /// <param name="wanted">Which one.</param>
    /// <param name="onTimeout">What to say if it does not come.</param>
    /// <param name="isHopeless">Nobody is there who could write it.</param>
    public async Task<CommittedRecord> WaitForAsync(Func<CommittedRecord, bool> wanted, Func<string> onTimeout, Func<bool>? isHopeless = null)
    {
        long began = Stopwatch.GetTimestamp();
        int looked = 0;
        while (true)
        {
            bool isLastLook = Stopwatch.GetElapsedTime(began) > Limit || _reading.IsFaulted || isHopeless?.Invoke() == true;
            CommittedRecord[] records = Records;
            for (; looked < records.Length; looked++)
            {
                if (wanted(records[looked]))
                {
                    return records[looked];
                }
            }

            if (isLastLook)
            {
                throw new InvalidOperationException($"The record did not come within {Stopwatch.GetElapsedTime(began):c}; {records.Length} others did. {_reading.Exception} {onTimeout()}");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>Waits until everything that is in the topics now has been read.</summary>
    public async Task ReadToEndAsync()
    {
        // A topic that was made last must have been discovered: by a look that began after now.
        int looked = Volatile.Read(ref _discoveries);
        while (Volatile.Read(ref _discoveries) < looked + 2 && !_reading.IsCompleted)
        {
            await Task.Delay(10);
        }

        using IConsumer<byte[]?, byte[]?> all = Build(IsolationLevel.ReadUncommitted);
        TopicPartition[] partitions;
        lock (_records)
        {
            partitions = [.. _positions.Keys];
        }

        Dictionary<TopicPartition, long> ends = partitions.ToDictionary(p => p, p => all.QueryWatermarkOffsets(p, TimeSpan.FromSeconds(10)).High.Value);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            lock (_records)
            {
                if (ends.All(e => _positions[e.Key] >= e.Value))
                {
                    return;
                }
            }

            if (Stopwatch.GetElapsedTime(began) > Limit || _reading.IsFaulted)
            {
                throw new InvalidOperationException($"{_reading.Exception} Some records stayed invisible: a transaction is still open.");
            }

            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Read()
    {
        using IConsumer<byte[]?, byte[]?> consumer = Build(IsolationLevel.ReadCommitted);
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        long discovered = 0;
        while (!_stop.IsCancellationRequested)
        {
            if (discovered == 0 || Stopwatch.GetElapsedTime(discovered) > TimeSpan.FromMilliseconds(300))
            {
                Discover(consumer, admin);
                discovered = Stopwatch.GetTimestamp();
                Interlocked.Increment(ref _discoveries);
            }

            if (ConsumeOne(consumer) is { } result)
            {
                lock (_records)
                {
                    _positions[result.TopicPartition] = result.Offset.Value + (result.IsPartitionEOF ? 0 : 1);
                    if (!result.IsPartitionEOF)
                    {
                        _records.Add(new CommittedRecord(result, Stopwatch.GetTimestamp()));
                    }
                }
            }
        }
    }

    /// <summary>A broker that is away is what some tests are about: go on when it is back.</summary>
    private static ConsumeResult<byte[]?, byte[]?>? ConsumeOne(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.FromMilliseconds(50));
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            return null;
        }
    }

    private void Discover(IConsumer<byte[]?, byte[]?> consumer, IAdminClient admin)
    {
        Metadata metadata;
        try
        {
            metadata = admin.GetMetadata(TimeSpan.FromSeconds(1));
        }
        catch (KafkaException)
        {
            // A broker that is away is what some tests are about.
            return;
        }

        foreach (TopicMetadata topic in metadata.Topics.Where(t => _isTopic ? t.Topic == _prefix : t.Topic.StartsWith(_prefix, StringComparison.Ordinal)))
        {
            foreach (PartitionMetadata partition in topic.Partitions)
            {
                var at = new TopicPartition(topic.Topic, partition.PartitionId);
                lock (_records)
                {
                    if (!_positions.TryAdd(at, 0))
                    {
                        continue;
                    }
                }

                consumer.IncrementalAssign([new TopicPartitionOffset(at, new Offset(0))]);
            }
        }
    }

    private IConsumer<byte[]?, byte[]?> Build(IsolationLevel isolation) => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
    {
        BootstrapServers = _bootstrapServers,
        GroupId = "tests",
        IsolationLevel = isolation,
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        FetchWaitMaxMs = 10,
        ReconnectBackoffMaxMs = 200,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        AllowAutoCreateTopics = false,
    }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
}

/// <summary>One committed record and when a consumer saw it.</summary>
internal sealed class CommittedRecord
{
    private readonly Lazy<JsonElement?> _envelope;

    public CommittedRecord(ConsumeResult<byte[]?, byte[]?> result, long seenAt)
    {
        Topic = result.Topic;
        Partition = result.Partition.Value;
        Key = result.Message.Key is { } key ? System.Text.Encoding.UTF8.GetString(key) : null;
        Value = result.Message.Value;
        SeenAt = seenAt;
        Headers = result.Message.Headers.ToDictionary(static header => header.Key, static header => System.Text.Encoding.UTF8.GetString(header.GetValueBytes()));
        _envelope = new Lazy<JsonElement?>(() => Value is null ? null : JsonDocument.Parse(Value).RootElement);
    }

    public string Topic { get; }

    public int Partition { get; }

    public string? Key { get; }

    public byte[]? Value { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Stopwatch time.</summary>
    public long SeenAt { get; }

    public bool IsTombstone => Value is null;

    public string? Operation => _envelope.Value?.GetProperty("op").GetString();

    public JsonElement Before => _envelope.Value!.Value.GetProperty("before");

    public JsonElement After => _envelope.Value!.Value.GetProperty("after");

    /// <summary>Name of the binlog file.</summary>
    public string File => _envelope.Value!.Value.GetProperty("source").GetProperty("file").GetString()!;

    /// <summary>File number, offset and row: the order of the binlog.</summary>
    public (long File, long Offset, int Row) Position
    {
        get
        {
            JsonElement source = _envelope.Value!.Value.GetProperty("source");
            string file = source.GetProperty("file").GetString()!;
            return (long.Parse(file.AsSpan(file.LastIndexOf('.') + 1), System.Globalization.CultureInfo.InvariantCulture), source.GetProperty("pos").GetInt64(), source.GetProperty("row").GetInt32());
        }
    }
}
