using CanalBridge.Kafka;
using CanalBridge.Options;

namespace CanalBridge.Publish;

/// <summary>The topics that one producer writes to: prepared at their first record, their partitions remembered.</summary>
internal sealed class ProducerTopics
{
    private readonly BridgeOptions _options;
    private readonly ITopicCatalog _catalog;
    private readonly int _batchBytes;
    private readonly Dictionary<string, int> _partitions = [];

    /// <param name="options">All options.</param>
    /// <param name="catalog">Creates topics.</param>
    public ProducerTopics(BridgeOptions options, ITopicCatalog catalog)
    {
        _options = options;
        _catalog = catalog;
        SmallestRecordLimit = catalog.SmallestRecordLimit;
        _batchBytes = KafkaClientConfig.BatchBytes(options, SmallestRecordLimit);
    }

    /// <summary>Record limit of the topics known when the producer was made: its batches are no larger.</summary>
    public int SmallestRecordLimit { get; }

    /// <summary>Partitions of a topic; creates it if it is missing.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="created">Partitions that it gets if it is created; null for <c>Topics:Partitions</c>.</param>
    /// <exception cref="KafkaFaultException">The topic cannot be used, or refuses batches as large as this producer's.</exception>
    public int PartitionsOf(string topic, int? created = null)
    {
        if (_partitions.TryGetValue(topic, out int partitions))
        {
            return partitions;
        }

        partitions = _catalog.PrepareTableTopic(topic, created);
        if (_catalog.SmallestRecordLimit < _batchBytes)
        {
            string message = $"Topic {topic} takes records of at most {_catalog.SmallestRecordLimit} bytes, less than the producer's batches of {_batchBytes}.";
            throw KafkaClientConfig.BatchBytes(_options, _catalog.SmallestRecordLimit) < _batchBytes
                ? new KafkaFaultException(KafkaStep.PrepareTopic, FaultPolicy.BatchesTooLarge, message, innerException: null)
                : new KafkaFaultException(
                    KafkaStep.PrepareTopic, FaultPolicy.BatchSizeSetTooLarge, $"{message} Lower Kafka:ProducerSettings:batch.size, or raise the topic's max.message.bytes.", innerException: null);
        }

        return _partitions[topic] = partitions;
    }
}
