namespace CanalBridge.Health;

/// <summary>What a destination is doing.</summary>
internal enum DestinationState
{
    /// <summary>Nothing was tried yet.</summary>
    Starting,

    /// <summary>Asks Kafka for the fence and the position.</summary>
    Fencing,

    /// <summary>Owns the destination and looks for a Canal server that runs it.</summary>
    Connecting,

    /// <summary>Owns the destination and is subscribed.</summary>
    Running,

    /// <summary>A producer was given up; a new one comes after a pause.</summary>
    Recovering,

    /// <summary>Another process owns the destination; takes over when that one has been silent for long enough.</summary>
    Standby,

    /// <summary>Was asked to stop and finishes the open transaction.</summary>
    Stopping,

    /// <summary>Stopped as asked.</summary>
    Stopped,

    /// <summary>Ended by a fault that only a person or a restart can mend.</summary>
    Failed,
}

/// <summary>How states are called.</summary>
internal static class DestinationStateNames
{
    private static readonly string[] Names = [.. Enum.GetNames<DestinationState>().Select(static name => name.ToLowerInvariant())];

    /// <summary>A state as metrics, JSON and people call it, such as <c>running</c>.</summary>
    public static string Name(this DestinationState state) => Names[(int)state];
}
