namespace CanalBridge.Positions;

/// <summary>Where the published position is read from, and the table definitions kept with it.</summary>
internal interface IPositionStore
{
    /// <summary>The last committed position; null when there is none. After the fence it cannot change under the reader.</summary>
    StoredPosition? Read(CancellationToken cancellationToken);

    /// <summary>The last position committed by anybody so far, without waiting for what is open: tells who owns the destination, not where to go on.</summary>
    StoredPosition? ReadCommitted(CancellationToken cancellationToken);

    /// <summary>The table definitions as of that position; null if none was ever kept, or the topic was emptied. Call it only after the fence.</summary>
    IReadOnlyList<KeptDefinition>? ReadDefinitions(CancellationToken cancellationToken);
}

/// <summary>A record of the topic with the table definitions.</summary>
/// <param name="Key">Names the table.</param>
/// <param name="Value">The definition.</param>
internal sealed record KeptDefinition(byte[] Key, byte[] Value);
