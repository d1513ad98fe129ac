namespace CanalBridge.Positions;

/// <summary>What this process has kept in Kafka is gone: what was published, or how tables are defined, cannot be told any more.</summary>
internal sealed class PositionLostException : Exception
{
    private const string Keep = "Keep that topic: it must be compacted, without retention.";

    public PositionLostException(string destination, string topic)
        : base($"The position of destination {destination} is gone from topic {topic}, which was deleted or emptied while the bridge ran. "
            + $"Starting it again goes on from Canal's own cursor: nothing is lost, but rows whose ack Canal has not kept are published twice. {Keep}")
    {
    }

    private PositionLostException(string message)
        : base(message)
    {
    }

    /// <summary>The position is there, the table definitions that belong to it are not.</summary>
    public static PositionLostException OfDefinitions(string destination, string topic) => new(
        $"The table definitions of destination {destination} are gone from topic {topic}, which was deleted or emptied while the bridge ran. Nothing is lost or repeated. "
        + "Started again it goes on without them: set Source:ConnectionString, so that it asks for them; else keys of tables without primary key, or with a composite one, change. " + Keep);
}
