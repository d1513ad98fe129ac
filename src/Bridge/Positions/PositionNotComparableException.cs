namespace CanalBridge.Positions;

/// <summary>The stored position and the source's cannot be compared, so neither dropping nor repeating would be right.</summary>
internal sealed class PositionNotComparableException : Exception
{
    public PositionNotComparableException(string stored, string found, string reason, int nextEpoch)
        : base($"Stopped before {found}: {reason}. The stored position is {stored}. "
            + $"If the source was reset or replaced on purpose, start a new epoch with Delivery:Epoch={nextEpoch}: everything that Canal still delivers is then published.")
    {
    }
}
