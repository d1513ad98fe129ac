using System.Collections.Concurrent;
using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Commands.Demo;

/// <summary>An ordinary consumer of the table topics, on its own thread: reads back what the bridge wrote and shows it.</summary>
internal sealed class DemoReader
{
    private readonly BridgeOptions _options;
    private readonly Action<ConsumeResult<byte[]?, byte[]?>> _show;
    private readonly ConcurrentQueue<(string Topic, int Partitions)> _new = new();

    public DemoReader(BridgeOptions options, Action<ConsumeResult<byte[]?, byte[]?>> show)
    {
        _options = options;
        _show = show;
    }

    /// <summary>A topic to read from its start.</summary>
    public void Add(string topic, int partitions) => _new.Enqueue((topic, partitions));

    /// <summary>Reads until the bridge is done and every partition has been read to its end.</summary>
    public void Run(CancellationToken bridgeDone)
    {
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Consumer(_options, IsolationLevel.ReadCommitted))
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        var read = new Dictionary<TopicPartition, long>();
        Dictionary<TopicPartition, long>? ends = null;
        while (ends is null || ends.Any(end => read[end.Key] < end.Value))
        {
            while (_new.TryDequeue(out (string Topic, int Partitions) added))
            {
                TopicPartitionOffset[] partitions = [.. Enumerable.Range(0, added.Partitions).Select(p => new TopicPartitionOffset(added.Topic, p, new Offset(0)))];
                consumer.IncrementalAssign(partitions);
                Array.ForEach(partitions, p => read[p.TopicPartition] = 0);
            }

            if (ends is null && bridgeDone.IsCancellationRequested && _new.IsEmpty)
            {
                ends = read.Keys.ToDictionary(p => p, p => consumer.QueryWatermarkOffsets(p, TimeSpan.FromSeconds(5)).High.Value);
            }

            if (consumer.Consume(TimeSpan.FromMilliseconds(20)) is { } result)
            {
                read[result.TopicPartition] = result.Offset.Value + (result.IsPartitionEOF ? 0 : 1);
                if (!result.IsPartitionEOF)
                {
                    _show(result);
                }
            }
        }
    }
}
