namespace CanalBridge.Positions;

/// <summary>The stored position and the source's cannot be compared, so neither dropping nor repeating would be right.</summary>
internal sealed class PositionNotComparableException : Exception
{
    /// <summary>What happened, without naming a way out that could be wrong.</summary>
    private PositionNotComparableException(string message)
        : base(message)
    {
    }

    public PositionNotComparableException(string stored, string found, string reason, int nextEpoch)
        : base($"Stopped before {found}: {reason}. The stored position is {stored}. "
            + $"If the source was reset or replaced on purpose, start a new epoch with Delivery:Epoch={nextEpoch}: everything that Canal still delivers is then published.")
    {
    }

    /// <summary>The stored position is of an epoch that is still to come, by our own options.</summary>
    public static PositionNotComparableException OfNewerEpoch(StoredPosition stored, int epoch) => new(
        $"Stopped before the start: the stored position is {stored}, but Delivery:Epoch is {epoch}. Another configuration has started epoch {stored.Epoch}: "
        + $"set Delivery:Epoch={stored.Epoch} to go on where it stopped.");
}
