namespace CanalBridge.Positions;

/// <summary>Where the published position is read from.</summary>
internal interface IPositionStore
{
    /// <summary>The last committed position; null when there is none. Call it only after the fence.</summary>
    StoredPosition? Read(CancellationToken cancellationToken);
}
