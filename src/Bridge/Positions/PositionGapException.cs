namespace CanalBridge.Positions;

/// <summary>Canal's instance was started anew and does not begin where it left off: changes are missing.</summary>
internal sealed class PositionGapException : Exception
{
    public PositionGapException(string known, string found, int nextEpoch)
        : base($"Stopped before {found}: Canal's instance was started anew and goes on there, but it should begin at or before {known}, the last position that it delivered. "
            + "It has lost its cursor, and the changes in between are missing. Set its cursor (meta.dat or ZooKeeper) back to the start of a transaction (a BEGIN or GTID event, see SHOW BINLOG EVENTS) before that position and restart it, "
            + $"or accept the gap with Delivery:Epoch={nextEpoch} and copy the tables anew.")
    {
    }
}
