namespace CanalBridge.Positions;

/// <summary>Canal's instance was started anew and does not begin where it left off: changes are missing.</summary>
internal sealed class PositionGapException : Exception
{
    private PositionGapException(string message)
        : base(message)
    {
    }

    /// <summary>It begins at a place behind all that it delivered.</summary>
    /// <param name="known">The last place that it delivered.</param>
    /// <param name="found">Where it begins.</param>
    public static PositionGapException Behind(string known, string found) => new(
        $"Stopped before {found}: Canal's instance was started anew and goes on there, but it should begin at or before {known}, the last entry that it delivered. "
        + $"It has lost its cursor, and the changes in between are missing. {Remedy("to the start of a transaction at or before that place (a BEGIN or GTID event, see SHOW BINLOG EVENTS)")}");

    /// <summary>It begins behind transactions that it never delivered.</summary>
    /// <param name="missing">Their GTIDs.</param>
    /// <param name="found">The transaction that it begins with.</param>
    /// <param name="known">The last place that it delivered.</param>
    public static PositionGapException Missing(string missing, string found, string known) => new(
        $"Stopped before transaction {found}: Canal's instance was started anew and begins there, but these transactions were never delivered: {missing}. The last entry before was at {known}. "
        + $"It has lost its cursor. {Remedy("to a GTID set without them")}");

    /// <summary>The rest of a transaction came without its beginning.</summary>
    /// <param name="found">Where that shows.</param>
    public static PositionGapException Torn(string found) => new(
        $"Stopped before {found}: Canal sent the rest of this transaction without its beginning. Canal 1.1.7 does so with "
        + "canal.instance.parser.parallel=true, its default, when it loses the connection to the source. Nothing of it was acknowledged. "
        + "Restart the Canal server: its cursor stands before the transaction, and it then sends all of it. "
        + "Set canal.instance.parser.parallel=false, else this comes again.");

    /// <summary>The rest of a transaction came without its beginning and was taken, as nothing showed it; then all of it came.</summary>
    /// <param name="found">Where that shows.</param>
    public static PositionGapException TornAndTaken(string found) => new(
        $"Stopped at {found}: Canal sends this transaction once more, and it begins with other rows than those that were taken of it. "
        + "So Canal left out its beginning before, as Canal 1.1.7 may with canal.instance.parser.parallel=true when it loses the connection to the source. "
        + "Rows of it were published before those that stand before them. Set canal.instance.parser.parallel=false, set Canal's cursor to a place or GTID set "
        + "before this transaction, raise Delivery:Epoch by one and start again: what follows is published once more.");

    private static string Remedy(string where) =>
        $"Nothing of it was acknowledged. Set Canal's cursor (meta.dat or ZooKeeper) back {where} and restart Canal, or accept the gap: raise Delivery:Epoch by one and copy the tables anew.";
}
