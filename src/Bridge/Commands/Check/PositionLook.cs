namespace CanalBridge.Commands.Check;

/// <summary>What Kafka says of the destination's position.</summary>
internal enum PositionLook
{
    /// <summary>Kafka could not be asked.</summary>
    Unknown,

    /// <summary>There is none: no bridge has begun.</summary>
    None,

    /// <summary>There is one: a bridge has run, and may run now.</summary>
    Stored,
}
