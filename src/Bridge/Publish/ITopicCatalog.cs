namespace CanalBridge.Publish;

/// <summary>What the pipeline asks about topics.</summary>
internal interface ITopicCatalog
{
    /// <summary>Smallest max.message.bytes of the topics seen.</summary>
    int SmallestRecordLimit { get; }

    /// <summary>Makes sure that the topics with the position and the table definitions are there.</summary>
    void PrepareOwnTopics();

    /// <summary>Makes sure that a table's topic is there, and gives its number of partitions.</summary>
    int PrepareTableTopic(string topic);
}
