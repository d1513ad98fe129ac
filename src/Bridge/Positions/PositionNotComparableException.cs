namespace CanalBridge.Positions;

/// <summary>The stored position and the source's cannot be compared, so neither dropping nor repeating would be right.</summary>
internal sealed class PositionNotComparableException : Exception
{
    private const string Reset = "Nothing of it was acknowledged. If the source was reset or replaced on purpose, set Canal's cursor to the first transaction of the new binlog, "
        + "raise Delivery:Epoch by one and start again: everything that Canal then delivers is published.";

    /// <summary>What happened, without naming a way out that could be wrong.</summary>
    private PositionNotComparableException(string message)
        : base(message)
    {
    }

    public PositionNotComparableException(string stored, string found, string reason, int nextEpoch)
        : base($"Stopped before {found}: {reason}. The stored position is {stored}. {Reset} The next epoch is {nextEpoch}. With Canal in GTID mode (canal.instance.gtidon=true) a promoted replica needs none of this.")
    {
    }

    /// <summary>The stored position is of an epoch that is still to come, by our own options.</summary>
    public static PositionNotComparableException OfNewerEpoch(StoredPosition stored, int epoch) => new(
        $"Stopped before the start: the stored position is {stored}, but Delivery:Epoch is {epoch}. Another configuration has started epoch {stored.Epoch}: "
        + $"set Delivery:Epoch={stored.Epoch} to go on where it stopped.");

    /// <summary>What Canal delivers looks like a repetition, but nothing in it is known.</summary>
    public static PositionNotComparableException NeverProven(string stored, string found, int nextEpoch) => new(
        $"Stopped: Canal began anew before {found}, but nothing that it delivered until now was delivered before. The stored position is {stored}. "
        + "The source was reset or replaced, Canal has lost its cursor, or on MariaDB the cursor names a wrong file, as it may behind a rotation of the binlog. "
        + $"{Reset} The next epoch is {nextEpoch}. Else set Canal's cursor back to a transaction before the stored position. Canal in GTID mode (canal.instance.gtidon=true) avoids the last case.");

    /// <summary>The source numbers its transactions anew.</summary>
    public static PositionNotComparableException GtidsStartedAgain(string gtid, string found) => new(
        $"Stopped before transaction {gtid} at {found}: the transactions before it carry GTIDs that were delivered before, but none of them is the one delivered under its GTID. "
        + $"The source was reset or replaced. {Reset}");

    /// <summary>Rows without a GTID of their own among rows with one.</summary>
    public static PositionNotComparableException WithoutGtid(string found) => new(
        $"Stopped before {found}: Canal gives no GTID for these changes, though it did before. They are of an anonymous or tagged transaction, which Canal does not read "
        + "(set gtid_mode=ON on the source, and no gtid_next with a tag), or Canal left GTID mode (set canal.instance.gtidon=true again). Nothing of it was acknowledged. "
        + "To go on without GTIDs raise Delivery:Epoch by one.");
}
