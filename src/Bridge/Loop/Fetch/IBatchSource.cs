using Canal.Client;

namespace CanalBridge.Loop.Fetch;

/// <summary>Where batches come from: in order, not acknowledged, and again after a lost session. For one thread.</summary>
internal interface IBatchSource
{
    /// <summary>Opens a session, or a successor of the one that ended.</summary>
    /// <param name="position">Place of the last entry taken, for the log.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>The server that runs the session, as host and port.</returns>
    /// <exception cref="CanalException">No new attempt can help: a wrong password, an impossible client id.</exception>
    Task<string> ConnectAsync(string position, CancellationToken cancellationToken);

    /// <summary>The next batch; an empty one when nothing came within a wait.</summary>
    /// <param name="wait">Longest wait.</param>
    /// <param name="cancellationToken">Leaves the fetch: the next one takes its answer.</param>
    /// <exception cref="CanalException">The session ended; nothing that it handed out can be acknowledged any more.</exception>
    ValueTask<CanalBatch> FetchAsync(TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Acknowledges the oldest batch that has no ack yet.</summary>
    /// <exception cref="CanalException">As of <see cref="FetchAsync"/>.</exception>
    ValueTask AckAsync(long batchId, CancellationToken cancellationToken);
}
