namespace CanalBridge.Positions;

/// <summary>The position record that this process wrote is gone: what was published cannot be told any more.</summary>
internal sealed class PositionLostException : Exception
{
    public PositionLostException(string destination, string topic)
        : base($"The position of destination {destination} is gone from topic {topic}, which was deleted or emptied while the bridge ran. "
            + "Starting it again goes on from Canal's own cursor: nothing is lost, but rows whose ack Canal has not kept are published twice. Keep that topic: it must be compacted, without retention.")
    {
    }
}
