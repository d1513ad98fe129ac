using Canal.Client;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop.Settle;

/// <summary>Step 4: acknowledges batches, one by one and in order, after their commit.</summary>
/// <remarks>The server confirms nothing; a refusal shows at the next fetch. Lost acks cost a replay, never a row.</remarks>
internal sealed class BatchSettler
{
    private readonly string _destination;
    private readonly Func<long, CancellationToken, ValueTask> _ack;
    private readonly ILogger _logger;

    /// <param name="destination">Canal destination.</param>
    /// <param name="ack">Acknowledges one batch in the session that handed it out.</param>
    /// <param name="logger">Log.</param>
    public BatchSettler(string destination, Func<long, CancellationToken, ValueTask> ack, ILogger logger)
    {
        _destination = destination;
        _ack = ack;
        _logger = logger;
    }

    /// <summary>Acknowledges batches, the oldest first.</summary>
    /// <exception cref="CanalException">The session ended; what was not acknowledged comes again and is dropped.</exception>
    public async ValueTask SettleAsync(IReadOnlyList<long> batchIds, CancellationToken cancellationToken)
    {
        foreach (long id in batchIds)
        {
            await _ack(id, cancellationToken);
            Log.Acked(_logger, id, _destination);
        }
    }
}
