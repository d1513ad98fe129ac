using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
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

    /// <summary>A transaction without an owner ends this much after its time-out at the latest: how often the coordinator looks.</summary>
    private static readonly TimeSpan CoordinatorScan = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(1);

    private readonly BridgeOptions _options;
    private readonly TopicPartition _partition;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IWaitWitness? _witness;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    /// <param name="options">All options.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="witness">Told while Kafka, or another producer, keeps us waiting.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public CommittedReader(BridgeOptions options, string topic, IWaitWitness? witness, TimeProvider time, ILogger logger)
    {
        _options = options;
        _witness = witness;
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
        var patience = new Patience(_time, _witness, stop: cancellationToken) { ToldAfter = _options.Kafka.TransactionTimeout + CoordinatorScan };
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WatermarkOffsets stable = _consumer.QueryWatermarkOffsets(_partition, TimeSpan.FromSeconds(5));
            WatermarkOffsets high = all.QueryWatermarkOffsets(_partition, TimeSpan.FromSeconds(5));
            if (stable.High == high.High)
            {
                return (stable.Low.Value, stable.High.Value);
            }

            if (patience.Turn($"Topic {_partition.Topic} has records that are neither committed nor aborted: another producer writes to it."))
            {
                Log.TopicSharedByProducers(_logger, _partition.Topic);
            }

            patience.Pause(StablePause);
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
        Patience? silence = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ConsumeResult<byte[]?, byte[]?>? result = _consumer.Consume(AnswerWait);
            if (result is null)
            {
                silence ??= new Patience(_time, _witness, _options.Kafka.TransactionTimeout, cancellationToken);
                silence.Turn($"Waiting for Kafka: no answer from topic {_partition.Topic}.");
                if (silence.IsOver && !silence.IsStopping)
                {
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"no answer for {_options.Kafka.TransactionTimeout:c}"));
                }

                continue;
            }

            silence = null;
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

    private IConsumer<byte[]?, byte[]?> Consumer(IsolationLevel isolation)
    {
        try
        {
            return new ConsumerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Consumer(_options, isolation))
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        }
        catch (InvalidOperationException e)
        {
            throw KafkaFaultException.ClientNotMade(KafkaStep.ReadPosition, e);
        }
    }
}
