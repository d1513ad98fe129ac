using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Positions;

/// <summary>Reads the last committed position. Only after the fence: before it, an older owner could still commit.</summary>
/// <remarks>
/// The end of the partition is asked of consumers, not of an admin client, whose answer may be stale after a leader change. The
/// stable offset counts transaction markers, so the record wanted may lie well before it: go back in growing steps. Start at a
/// number: "beginning" costs half a second.
/// </remarks>
internal sealed class PositionStore : IPositionStore
{
    private const int FirstStep = 8;
    private static readonly TimeSpan StablePause = TimeSpan.FromMilliseconds(20);

    private readonly BridgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public PositionStore(BridgeOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    private TopicPartition Partition => new(_options.PositionTopic, 0);

    /// <summary>The last committed position of the destination; null when there is none.</summary>
    /// <exception cref="KafkaFaultException">Kafka did not answer, or what it holds is no position.</exception>
    public StoredPosition? Read(CancellationToken cancellationToken)
    {
        try
        {
            using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Consumer(_options, IsolationLevel.ReadCommitted))
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
            (long low, long end) = WaitForStableEnd(consumer, cancellationToken);
            for (long step = FirstStep; ; step *= 8)
            {
                long from = Math.Max(low, end - step);
                if (ReadLast(consumer, from, end, cancellationToken) is { } value)
                {
                    return StoredPosition.Parse(value);
                }

                if (from == low)
                {
                    return null;
                }
            }
        }
        catch (KafkaException e)
        {
            throw new KafkaFaultException(
                KafkaStep.ReadPosition, FaultPolicy.Decide(KafkaStep.ReadPosition, e), $"Cannot read the position from {_options.PositionTopic}: {e.Error.Code} ({e.Error.Reason}).", e);
        }
        catch (FormatException e)
        {
            throw new KafkaFaultException(
                KafkaStep.ReadPosition, FaultPolicy.PositionUnreadable, $"The last record of {_options.PositionTopic} for {_options.Canal.Destination} is not a position: {e.Message}.", e);
        }
    }

    /// <summary>Once the fence is up nothing of this id is open; another writer in the partition would hide the position, so wait it out.</summary>
    private (long Low, long End) WaitForStableEnd(IConsumer<byte[]?, byte[]?> committed, CancellationToken cancellationToken)
    {
        using IConsumer<byte[]?, byte[]?> all = new ConsumerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Consumer(_options, IsolationLevel.ReadUncommitted))
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        long started = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WatermarkOffsets stable = committed.QueryWatermarkOffsets(Partition, TimeSpan.FromSeconds(5));
            WatermarkOffsets high = all.QueryWatermarkOffsets(Partition, TimeSpan.FromSeconds(5));
            if (stable.High == high.High)
            {
                return (stable.Low.Value, stable.High.Value);
            }

            cancellationToken.WaitHandle.WaitOne(StablePause);
            if (_time.GetElapsedTime(started) > _options.Kafka.TransactionTimeout + TimeSpan.FromSeconds(10))
            {
                Log.PositionTopicShared(_logger, _options.PositionTopic);
                started = _time.GetTimestamp();
            }
        }
    }

    private byte[]? ReadLast(IConsumer<byte[]?, byte[]?> consumer, long from, long end, CancellationToken cancellationToken)
    {
        byte[]? last = null;
        byte[] key = StoredPosition.KeyOf(_options.Canal.Destination!);
        consumer.Assign(new TopicPartitionOffset(Partition, new Offset(from)));
        long started = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ConsumeResult<byte[]?, byte[]?>? result = consumer.Consume(TimeSpan.FromSeconds(1));
            if (result is null)
            {
                if (_time.GetElapsedTime(started) > _options.Kafka.TransactionTimeout)
                {
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"no answer for {_options.Kafka.TransactionTimeout:c}"));
                }

                continue;
            }

            if (result.IsPartitionEOF)
            {
                if (result.Offset.Value >= end)
                {
                    consumer.Unassign();
                    return last;
                }
            }
            else if (result.Message.Key is { } found && found.AsSpan().SequenceEqual(key))
            {
                last = result.Message.Value ?? last;
            }
        }
    }
}
