using System.Collections.Concurrent;
using CanalBridge.Options;
using CanalBridge.Publish;
using Confluent.Kafka;

namespace CanalBridge.Demo;

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
        var open = new HashSet<TopicPartition>();
        while (true)
        {
            bool done = bridgeDone.IsCancellationRequested;
            while (_new.TryDequeue(out (string Topic, int Partitions) added))
            {
                TopicPartitionOffset[] partitions = [.. Enumerable.Range(0, added.Partitions).Select(p => new TopicPartitionOffset(added.Topic, p, new Offset(0)))];
                consumer.IncrementalAssign(partitions);
                open.UnionWith(partitions.Select(p => p.TopicPartition));
            }

            if (done)
            {
                open.RemoveWhere(p => consumer.Position(p) is { IsSpecial: false } at && at.Value >= consumer.QueryWatermarkOffsets(p, TimeSpan.FromSeconds(5)).High.Value);
                open.RemoveWhere(p => consumer.QueryWatermarkOffsets(p, TimeSpan.FromSeconds(5)).High.Value == 0);
                if (open.Count == 0)
                {
                    return;
                }
            }

            if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { IsPartitionEOF: false } record)
            {
                _show(record);
            }
        }
    }
}
