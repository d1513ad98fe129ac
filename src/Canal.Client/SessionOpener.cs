using Microsoft.Extensions.Logging;

namespace Canal.Client;

/// <summary>Tries the endpoints in turn until one gives a session.</summary>
/// <param name="options">Valid options.</param>
/// <param name="history">What earlier sessions left.</param>
/// <param name="logger">Log.</param>
/// <param name="time">Clock.</param>
/// <param name="lost">Server of a session that was lost; null at the first opening.</param>
internal sealed class SessionOpener(CanalClientOptions options, SessionHistory history, ILogger logger, TimeProvider time, CanalEndpoint? lost = null)
{
    /// <summary>Damage on the way heals with a new connection; what comes back this often is in the data.</summary>
    private const int MostProtocolFailures = 5;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(30);

    private readonly Backoff _backoff = new(options.ReconnectDelay, options.ReconnectDelayMax);
    private readonly HashSet<CanalEndpoint> _wereAway = lost is { } endpoint ? [endpoint] : [];
    private long _lastWarning;
    private int _protocolFailures;

    public async Task<CanalSession> OpenAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            CanalEndpoint endpoint = options.Endpoints[(attempt - 1) % options.Endpoints.Count];
            try
            {
                TimeSpan grace = _wereAway.Contains(endpoint) ? options.RestartGrace : lost is null ? options.FirstGrace : TimeSpan.Zero;
                CanalSession session = await CanalSession.OpenAtAsync(endpoint, options, history, grace, logger, time, cancellationToken).ConfigureAwait(false);
                Log.SessionOpen(logger, options.Destination, endpoint, options.ClientId);
                return session;
            }
            catch (CanalException e) when (e.IsTransient)
            {
                ThrowIfLasting(e);
                if (e is CanalConnectionException or CanalServerException { IsDestinationNotRunning: true })
                {
                    _wereAway.Add(endpoint);
                }

                Report(endpoint, attempt, e);
                options.AttemptFailed?.Invoke(endpoint, e);
            }

            if (attempt % options.Endpoints.Count == 0)
            {
                await Task.Delay(_backoff.Next(), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void ThrowIfLasting(CanalException failure)
    {
        // What the next attempt does differently says nothing about the attempt after it.
        if (failure is CanalProtocolException { AsksForLess: true } or CanalProtocolException { IsHarmless: true })
        {
            return;
        }

        _protocolFailures = failure is CanalProtocolException ? _protocolFailures + 1 : 0;
        if (_protocolFailures >= MostProtocolFailures && failure is CanalProtocolException last)
        {
            // Another consumer may be stopped; bytes that cannot be read stay so.
            throw new CanalProtocolException($"{last.Message} This came at {MostProtocolFailures} attempts in a row; giving up.", last)
            {
                IsOtherConsumer = last.IsOtherConsumer,
                IsOverCap = last.IsOverCap,
                IsLasting = !last.IsOtherConsumer,
            };
        }
    }

    private void Report(CanalEndpoint endpoint, int attempt, CanalException failure)
    {
        if (attempt <= options.Endpoints.Count || time.GetElapsedTime(_lastWarning) >= WarningInterval)
        {
            _lastWarning = time.GetTimestamp();
            Log.AttemptFailed(logger, options.Destination, endpoint, attempt, failure.Message);
        }
        else
        {
            Log.AttemptFailedAgain(logger, options.Destination, endpoint, attempt, failure.Message);
        }
    }
}
