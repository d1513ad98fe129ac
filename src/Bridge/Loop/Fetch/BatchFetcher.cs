using Canal.Client;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop.Fetch;

/// <summary>Step 1: batches without ack, from whichever server runs the destination.</summary>
internal sealed class BatchFetcher : IBatchSource, IAsyncDisposable
{
    /// <summary>
    /// What <see cref="CanalOptions.FirstGrace"/> is at the start of a process: Canal may have been started with it, and a subscription in the middle of its start was seen to
    /// make it forget its cursor. Half of the grace after a lost session: a bridge that was killed beside a sound Canal pays it too.
    /// </summary>
    public static readonly TimeSpan StartGrace = TimeSpan.FromMilliseconds(500);

    private readonly CanalClientOptions _client;
    private readonly CanalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BridgeMetrics _metrics;
    private CanalSession? _session;
    private int _failedAttempts;

    public BatchFetcher(CanalOptions options, BridgeMetrics metrics, TimeProvider time, ILogger logger)
    {
        _options = options;
        _client = CanalClientSettings.From(options);
        _time = time;
        _logger = logger;
        _metrics = metrics;
        _client.AttemptFailed = (_, failure) => OnAttemptFailed(failure);
    }

    /// <summary>No server gives a session, and the attempts go on: what the last one met.</summary>
    public event Action<string>? NoSession;

    /// <inheritdoc />
    /// <remarks>Tries the endpoints until one accepts.</remarks>
    public async Task<string> ConnectAsync(string position, CancellationToken cancellationToken)
    {
        _failedAttempts = 0;
        _client.FirstGrace = _options.FirstGrace;
        _session = _session is { } ended
            ? await ended.ReopenAsync(cancellationToken)
            : await CanalSession.OpenAsync(_client, _logger, _time, cancellationToken);
        _options.FirstGrace = TimeSpan.Zero;
        _metrics.SessionOpened();
        string endpoint = _session.Endpoint.ToString();
        Log.Reading(_logger, _options.Destination!, endpoint, position);
        return endpoint;
    }

    /// <summary>The open session.</summary>
    public CanalSession Session => _session ?? throw new InvalidOperationException("No Canal session is open.");

    /// <inheritdoc />
    /// <remarks>No wait is longer than Canal:IdleWait.</remarks>
    public ValueTask<CanalBatch> FetchAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        Session.FetchAsync(wait < _options.IdleWait ? wait : _options.IdleWait, cancellationToken);

    /// <inheritdoc />
    public ValueTask AckAsync(long batchId, CancellationToken cancellationToken) => Session.AckAsync(batchId, cancellationToken);

    /// <summary>Ends the session; the server keeps the cursor and delivers again what was not acknowledged.</summary>
    public async ValueTask CloseAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            if (session.HasEnded)
            {
                // The next producer's fetcher does not know this server: it may be in the middle of a restart.
                _options.FirstGrace = _client.RestartGrace;
            }

            await session.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>A standby refuses and the next server is tried: only a whole round over them that fails is trouble, and more news than what ended the last session.</summary>
    private void OnAttemptFailed(CanalException failure)
    {
        if (++_failedAttempts >= _client.Endpoints.Count)
        {
            _metrics.SessionRefused(SessionFaults.CodeOf(failure));
            NoSession?.Invoke(failure.Message);
        }
    }
}
