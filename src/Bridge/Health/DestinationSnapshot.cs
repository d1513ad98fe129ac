namespace CanalBridge.Health;

/// <summary>A destination as it is at one moment.</summary>
internal sealed record DestinationSnapshot
{
    /// <summary>Canal destination.</summary>
    public required string Destination { get; init; }

    /// <summary>What it is doing, and since when.</summary>
    public required DestinationState State { get; init; }

    public required DateTimeOffset StateSince { get; init; }

    /// <summary>Name of this process beside the position.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Whether that name was committed: this process owns the destination, as far as it knows.</summary>
    public required bool IsOwner { get; init; }

    /// <summary>Canal server of the last session; null before the first.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Everything up to here is in Kafka; null before anything was.</summary>
    public string? Position { get; init; }

    /// <summary>When a Kafka transaction with rows was committed last; null if none was.</summary>
    public DateTimeOffset? LastCommit { get; init; }

    /// <summary>Age, by the source's clock, of the newest row received, at its receipt; zero when Canal has nothing more.</summary>
    public required TimeSpan SourceLag { get; init; }

    /// <summary>Zero while everything that Canal gave is committed and it has nothing more; else the age of the newest committed row, or the time since all was well, whichever is less.</summary>
    public required TimeSpan DeliveryLag { get; init; }

    /// <summary>Since Canal sent a change, or since the process began.</summary>
    public required TimeSpan SourceSilence { get; init; }

    /// <summary>Where the rows went.</summary>
    public required RowBalance Rows { get; init; }

    /// <summary>Records handed to Kafka.</summary>
    public required long Records { get; init; }

    /// <summary>Kafka transactions committed with rows.</summary>
    public required long Transactions { get; init; }

    /// <summary>Batches fetched and not acknowledged.</summary>
    public required int UnackedBatches { get; init; }

    /// <summary>Age of the oldest of them.</summary>
    public required TimeSpan OldestUnacked { get; init; }

    /// <summary>Bytes in the Kafka client's queue, a few seconds old.</summary>
    public required long QueueBytes { get; init; }

    /// <summary>What went wrong last; null if nothing did. Holds no row values and no credentials.</summary>
    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Since the loop moved.</summary>
    public required TimeSpan SinceBeat { get; init; }
}
