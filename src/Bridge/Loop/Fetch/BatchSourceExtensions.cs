using Canal.Client;

namespace CanalBridge.Loop.Fetch;

/// <summary>Fetches that end in time.</summary>
internal static class BatchSourceExtensions
{
    /// <summary>How much later than asked for an answer may come.</summary>
    private static readonly TimeSpan OverdueAnswer = TimeSpan.FromMilliseconds(50);

    /// <summary>The next batch; null when the server has not answered in time. The next fetch takes that answer.</summary>
    /// <remarks>A server that keeps silent must not hold back rows that were sent and are due to be committed.</remarks>
    /// <inheritdoc cref="IBatchSource.FetchAsync"/>
    public static async ValueTask<CanalBatch?> FetchWithinAsync(this IBatchSource source, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(wait + OverdueAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            return await source.FetchAsync(wait, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
