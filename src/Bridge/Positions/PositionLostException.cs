namespace CanalBridge.Positions;

/// <summary>The position record that this process wrote is gone: what was published cannot be told any more.</summary>
internal sealed class PositionLostException : Exception
{
    public PositionLostException(string destination, string topic)
        : base($"What the bridge has kept of destination {destination} is gone from topic {topic}, which was deleted or emptied while it ran. "
            + "Started again without a position it goes on from Canal's own cursor: nothing is lost, but rows whose ack Canal has not kept are published twice. Without its table definitions "
            + "keys of tables that have no primary key, or a composite one, may change, unless Source:ConnectionString lets it ask for them. Keep these topics: they must be compacted, without retention.")
    {
    }
}
