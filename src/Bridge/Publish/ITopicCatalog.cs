namespace CanalBridge.Publish;

/// <summary>What the pipeline asks about topics.</summary>
internal interface ITopicCatalog
{
    /// <summary>Smallest max.message.bytes of the topics seen.</summary>
    int SmallestRecordLimit { get; }

    /// <summary>Makes sure that the topics with the position and the table definitions are there.</summary>
    void PrepareOwnTopics();

    /// <summary>Makes sure that a table's topic is there, and gives its number of partitions.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Partitions that it gets if it is created; null for <c>Topics:Partitions</c>.</param>
    int PrepareTableTopic(string topic, int? partitions = null);
}
