using CanalBridge.Kafka;

namespace CanalBridge.Loop.Publish;

/// <summary>What the bridge asks about topics. Each call blocks, and none belongs into an open Kafka transaction.</summary>
internal interface ITopicCatalog
{
    /// <summary>Smallest max.message.bytes of the topics seen.</summary>
    RecordLimit SmallestRecordLimit { get; }

    /// <summary>Makes sure that the topics with the position and the table definitions are there.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaFaultException">One cannot be looked at or created.</exception>
    void PrepareOwnTopics(CancellationToken cancellationToken);

    /// <summary>Makes sure that tables' topics are there.</summary>
    /// <param name="topics">Each once, with the partitions that it gets if it is created; null for <c>Topics:Partitions</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Their numbers of partitions, in the order asked.</returns>
    /// <exception cref="KafkaFaultException">One cannot be looked at or created.</exception>
    IReadOnlyList<int> PrepareTableTopics(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken);
}
