using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Positions;

/// <summary>Reads partition 0 of a topic that one transactional id alone writes to, up to its end. Before the fence an older owner can still commit.</summary>
/// <remarks>
/// The end of the partition is asked of consumers, not of an admin client, whose answer may be stale after a leader change. Start
/// at a number: "beginning" costs half a second.
/// </remarks>
internal sealed class CommittedReader : IDisposable
{
    private static readonly TimeSpan StablePause = TimeSpan.FromMilliseconds(20);

    private readonly BridgeOptions _options;
    private readonly TopicPartition _partition;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _waiting;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    /// <param name="options">All options.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <param name="waiting">Called in each turn of a wait.</param>
    public CommittedReader(BridgeOptions options, string topic, TimeProvider time, ILogger logger, Action waiting)
    {
        _waiting = waiting;
        _options = options;
        _partition = new TopicPartition(topic, 0);
        _time = time;
        _logger = logger;
        _consumer = Consumer(IsolationLevel.ReadCommitted);
    }

    /// <summary>Offsets of the first record and behind the last. Waits until nothing is open in the partition.</summary>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public (long Low, long End) WaitForStableEnd(CancellationToken cancellationToken)
    {
        // Once the fence is up nothing of this id is open; another writer in the partition would hide records, so wait it out.
        using IConsumer<byte[]?, byte[]?> all = Consumer(IsolationLevel.ReadUncommitted);
        long started = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WatermarkOffsets stable = _consumer.QueryWatermarkOffsets(_partition, TimeSpan.FromSeconds(5));
            WatermarkOffsets high = all.QueryWatermarkOffsets(_partition, TimeSpan.FromSeconds(5));
            if (stable.High == high.High)
            {
                return (stable.Low.Value, stable.High.Value);
            }

            _waiting();
            cancellationToken.WaitHandle.WaitOne(StablePause);
            if (_time.GetElapsedTime(started) > _options.Kafka.TransactionTimeout + TimeSpan.FromSeconds(10))
            {
                Log.TopicSharedByProducers(_logger, _partition.Topic);
                started = _time.GetTimestamp();
            }
        }
    }

    /// <summary>Offsets of the first record and behind the last one before whatever is open.</summary>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public (long Low, long End) CommittedRange()
    {
        WatermarkOffsets stable = _consumer.QueryWatermarkOffsets(_partition, TimeSpan.FromSeconds(5));
        return (stable.Low.Value, stable.High.Value);
    }

    /// <summary>Reads the records from an offset to an end, in order.</summary>
    /// <param name="from">First offset.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="read">Called with key and value of each.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public void Read(long from, long end, Action<byte[]?, byte[]?> read, CancellationToken cancellationToken)
    {
        _consumer.Assign(new TopicPartitionOffset(_partition, new Offset(from)));
        long lastAnswer = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ConsumeResult<byte[]?, byte[]?>? result = _consumer.Consume(TimeSpan.FromSeconds(1));
            if (result is null)
            {
                _waiting();
                if (_time.GetElapsedTime(lastAnswer) > _options.Kafka.TransactionTimeout)
                {
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"no answer for {_options.Kafka.TransactionTimeout:c}"));
                }

                continue;
            }

            lastAnswer = _time.GetTimestamp();
            if (!result.IsPartitionEOF)
            {
                read(result.Message.Key, result.Message.Value);
            }
            else if (result.Offset.Value >= end)
            {
                _consumer.Unassign();
                return;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _consumer.Dispose();

    private IConsumer<byte[]?, byte[]?> Consumer(IsolationLevel isolation) =>
        new ConsumerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Consumer(_options, isolation)).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
}
