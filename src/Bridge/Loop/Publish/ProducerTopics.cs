using CanalBridge.Kafka;
using CanalBridge.Options;

namespace CanalBridge.Loop.Publish;

/// <summary>The topics that one producer writes to: prepared before their first record, their partitions remembered.</summary>
/// <remarks>A topic that a flood of others has pushed out of memory is not known any more, and is prepared again.</remarks>
internal sealed class ProducerTopics
{
    private readonly BridgeOptions _options;
    private readonly ITopicCatalog _catalog;
    private readonly int _batchBytes;
    private readonly RecentTopics<int> _partitions = new();

    /// <param name="options">All options.</param>
    /// <param name="catalog">Creates topics.</param>
    public ProducerTopics(BridgeOptions options, ITopicCatalog catalog)
    {
        _options = options;
        _catalog = catalog;
        SmallestRecordLimit = catalog.SmallestRecordLimit.Bytes;
        _batchBytes = KafkaClientConfig.BatchBytes(options, SmallestRecordLimit);
    }

    /// <summary>Record limit of the topics known when the producer was made: its batches are no larger.</summary>
    public int SmallestRecordLimit { get; }

    /// <summary>Whether the topic's partitions are known, so that asking for them costs nothing.</summary>
    public bool IsKnown(string topic) => _partitions.TryGet(topic, out _);

    /// <summary>Looks at topics, and creates those that are missing; call it before a transaction begins, since Kafka may take seconds.</summary>
    /// <param name="topics">The topics, with the partitions that each gets if it is created; null for <c>Topics:Partitions</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaFaultException">A topic cannot be used, or refuses batches as large as this producer's.</exception>
    public void Prepare(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken)
    {
        (string Topic, int? Partitions)[] unknown = [.. topics.Where(t => !IsKnown(t.Topic)).DistinctBy(static t => t.Topic)];
        if (unknown.Length == 0)
        {
            return;
        }

        IReadOnlyList<int> partitions = _catalog.PrepareTableTopics(unknown, cancellationToken);
        RecordLimit limit = _catalog.SmallestRecordLimit;
        if (limit.Bytes < _batchBytes)
        {
            throw KafkaClientConfig.BatchBytes(_options, limit.Bytes) < _batchBytes
                ? KafkaFaultException.BatchesTooLarge(limit, _batchBytes)
                : KafkaFaultException.BatchSizeSetTooLarge(limit, _batchBytes);
        }

        for (int i = 0; i < unknown.Length; i++)
        {
            _partitions.Set(unknown[i].Topic, partitions[i]);
        }
    }

    /// <summary>Partitions of a topic; prepares it if it is not known.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="created">Partitions that it gets if it is created; null for <c>Topics:Partitions</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaFaultException">As of <see cref="Prepare"/>.</exception>
    public int PartitionsOf(string topic, int? created, CancellationToken cancellationToken)
    {
        if (_partitions.TryGet(topic, out int partitions))
        {
            return partitions;
        }

        Prepare([(topic, created)], cancellationToken);
        return _partitions.TryGet(topic, out partitions) ? partitions : throw new InvalidOperationException($"Topic {topic} was prepared and is not known.");
    }
}
