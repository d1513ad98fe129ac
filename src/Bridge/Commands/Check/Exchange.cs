namespace CanalBridge.Commands.Check;

/// <summary>What the chains, which run side by side, learn from each other. Each answer comes, if only as "unknown".</summary>
internal sealed class Exchange
{
    private readonly TaskCompletionSource<PositionLook> _position = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(string Schema, string Table)?> _row = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether Kafka holds a position of the destination: a bridge may be running then.</summary>
    public Task<PositionLook> Position => _position.Task;

    /// <summary>Table of the first row that Canal gave; null if none came.</summary>
    public Task<(string Schema, string Table)?> Row => _row.Task;

    public void Tell(PositionLook position) => _position.TrySetResult(position);

    public void Tell((string Schema, string Table)? row) => _row.TrySetResult(row);
}
