namespace CanalBridge.Kafka;

/// <summary>What to do about a failure.</summary>
internal enum Reaction
{
    /// <summary>The same call again; it resumes. Bounded by the transaction time-out, except at the fence.</summary>
    RetryCall,

    /// <summary>Abort, then <see cref="Recycle"/>.</summary>
    AbortAndRecycle,

    /// <summary>A new producer with the same id, the position read again: it decides what was committed.</summary>
    Recycle,

    /// <summary>As <see cref="Recycle"/>; but before the first commit of the process only a few times in a row, then as <see cref="Stop"/>.</summary>
    RecycleInDoubt,

    /// <summary>Somebody else holds the id now, or the coordinator timed the transaction out. Recycle only if still the owner, else stop.</summary>
    Fenced,

    /// <summary>Abort, then <see cref="Stop"/>: a record that Kafka will never take.</summary>
    AbortAndStop,

    /// <summary>End the process with a non-zero exit code.</summary>
    Stop,
}
