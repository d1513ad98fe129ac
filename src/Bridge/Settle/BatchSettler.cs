using Canal.Client;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Settle;

/// <summary>Step 4: acknowledges batches, one by one and in order, after their commit.</summary>
/// <remarks>The server confirms nothing; a refusal shows at the next fetch. Lost acks cost a replay, never a row.</remarks>
internal sealed class BatchSettler
{
    private readonly string _destination;
    private readonly ILogger _logger;

    public BatchSettler(string destination, ILogger logger)
    {
        _destination = destination;
        _logger = logger;
    }

    /// <summary>Acknowledges batches of the session that handed them out, the oldest first.</summary>
    /// <exception cref="CanalException">The session ended; what was not acknowledged comes again and is dropped.</exception>
    public async ValueTask SettleAsync(CanalSession session, IReadOnlyList<long> batchIds, CancellationToken cancellationToken)
    {
        foreach (long id in batchIds)
        {
            await session.AckAsync(id, cancellationToken);
            Log.Acked(_logger, id, _destination);
        }
    }
}
