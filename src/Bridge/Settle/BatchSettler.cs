using CanalBridge.Fetch;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Settle;

/// <summary>Step 4: acknowledges batches, one by one and in order, after their commit.</summary>
/// <remarks>The server confirms nothing; a refusal shows at the next fetch. Lost acks cost a replay, never a row.</remarks>
internal sealed class BatchSettler
{
    private readonly BatchFetcher _fetcher;
    private readonly string _destination;
    private readonly ILogger _logger;

    public BatchSettler(BatchFetcher fetcher, string destination, ILogger logger)
    {
        _fetcher = fetcher;
        _destination = destination;
        _logger = logger;
    }

    public async ValueTask SettleAsync(IReadOnlyList<long> batchIds, CancellationToken cancellationToken)
    {
        foreach (long id in batchIds)
        {
            await _fetcher.AckAsync(id, cancellationToken);
            Log.Acked(_logger, id, _destination);
        }
    }
}
