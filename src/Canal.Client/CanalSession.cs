using Canal.Client.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Canal.Client;

/// <summary>Reads one destination without gaps: several GETs under way, batches in order, acked in order.</summary>
/// <remarks>
/// <para>
/// A session guards against other consumers and against requests of an earlier connection that the server still executes
/// ("zombies"): at its start everything outstanding is rolled back, the first batch is fetched twice and must come alike under the
/// next id, and from then on ids must be consecutive. Any deviation, and any refusal by the server, ends the session
/// before the batch in question is handed out. Open a new one then; what was not acked comes again.
/// </para>
/// <para>
/// <see cref="FetchAsync(TimeSpan, CancellationToken)"/> and <see cref="RollbackAsync"/> come from one caller at a time; <see cref="AckAsync"/> may run
/// beside them. A cancelled call loses nothing. The session works only inside its calls: there is no background task.
/// </para>
/// </remarks>
public sealed class CanalSession : IAsyncDisposable
{
    private const string OtherConsumer = "another consumer reads the destination: stop it, what it acknowledges is missing here";

    private readonly CanalConnection _connection;
    private readonly CanalClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SessionHistory _history;
    private byte[] _get;
    private readonly SemaphoreSlim _settling = new(1, 1);
    private readonly Lock _sync = new();
    private readonly Queue<Outstanding> _outstanding = new();
    private long _bytesOutstanding;
    private long _lastId;
    private CanalBatch? _probe;
    private bool _verified;
    private CanalBatch? _ready;
    private int _stale;
    private int _depth = 1;
    private bool _idle;
    private bool _waiting;
    private long _lastAnswer;
    private bool _hasHandedOut;
    private bool _isDisposed;

    private CanalSession(CanalConnection connection, CanalClientOptions options, SessionHistory history, ILogger logger, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _history = history;
        _logger = logger;
        _time = time;
        _get = GetPacket.Build(options, history.FetchSize.Current, null);
        _lastAnswer = time.GetTimestamp();
    }

    /// <summary>The server that runs the destination.</summary>
    public CanalEndpoint Endpoint => _connection.Endpoint;

    /// <summary>
    /// True: <see cref="FetchAsync(TimeSpan, CancellationToken)"/> asks for nothing new, hands out what was asked for before, and then waits in vain, keeping
    /// the connection alive. A loop pauses so without losing its session.
    /// </summary>
    public bool HoldGets { get; set; }

    /// <summary>GETs sent whose answer has not been read; each may bring up to <see cref="FetchSize"/>.</summary>
    public int GetsInFlight => _connection.AnswersDue;

    /// <summary>What a GET asks for: <see cref="CanalClientOptions.FetchSize"/>, or less after an answer that was too large or came too slowly.</summary>
    public int FetchSize => _history.FetchSize.Current;

    /// <summary>The session has ended: every further call fails with the reason.</summary>
    public bool HasEnded => _connection.IsBroken;

    /// <summary>Batches handed out and not yet acked.</summary>
    public int BatchesOutstanding
    {
        get
        {
            lock (_sync)
            {
                return _outstanding.Count;
            }
        }
    }

    /// <summary>Their bytes.</summary>
    public long BytesOutstanding
    {
        get
        {
            lock (_sync)
            {
                return _bytesOutstanding;
            }
        }
    }

    /// <summary>
    /// Tries the endpoints in turn, with growing pauses between rounds, until one gives a session. Names are resolved anew each time.
    /// </summary>
    /// <exception cref="ArgumentException">The options cannot be used.</exception>
    /// <exception cref="CanalServerException">A refusal that would come again, such as a wrong password.</exception>
    /// <exception cref="CanalProtocolException">
    /// Five attempts in a row were answered with what cannot be read (no Canal server, a frame that is over the cap even with the smallest fetch size), or met another consumer.
    /// The latter may have gone at the next call: <see cref="CanalException.IsTransient"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; while no server can be reached or none runs the destination it never gives up.</exception>
    public static Task<CanalSession> OpenAsync(
        CanalClientOptions options, ILogger? logger = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        TimeProvider time = timeProvider ?? TimeProvider.System;
        return new SessionOpener(options, new SessionHistory(options, time), logger ?? NullLogger.Instance, time).OpenAsync(cancellationToken);
    }

    /// <summary>A successor of this session, which has ended: as <see cref="OpenAsync"/>, but a server that ended it may be in the middle of a restart and gets <see cref="CanalClientOptions.RestartGrace"/>.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async Task<CanalSession> ReopenAsync(CancellationToken cancellationToken = default)
    {
        await DisposeAsync().ConfigureAwait(false);
        return await new SessionOpener(_options, _history, _logger, _time, lost: Endpoint).OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One attempt at one endpoint.</summary>
    internal static async Task<CanalSession> OpenAtAsync(
        CanalEndpoint endpoint, CanalClientOptions options, SessionHistory history, TimeSpan grace, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        CanalConnection connection = await CanalConnection.ConnectAsync(endpoint, options, time, cancellationToken).ConfigureAwait(false);
        var session = new CanalSession(connection, options, history, logger, time);
        bool opened = false;
        try
        {
            if (grace > TimeSpan.Zero)
            {
                await Task.Delay(grace, time, cancellationToken).ConfigureAwait(false);
            }

            await connection.SubscribeAsync(options.Filter, cancellationToken).ConfigureAwait(false);
            await connection.RollbackAsync(0, cancellationToken).ConfigureAwait(false);
            await session.PostGetAsync(cancellationToken).ConfigureAwait(false);
            CanalBatch first = await session.TakeAsync(cancellationToken).ConfigureAwait(false);
            session._idle = first.IsEmpty;
            session._ready = first.IsEmpty ? null : first;
            opened = true;
            return session;
        }
        finally
        {
            if (!opened)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next batch, waiting for <see cref="CanalClientOptions.IdleWait"/> at most.</summary>
    /// <inheritdoc cref="FetchAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<CanalBatch> FetchAsync(CancellationToken cancellationToken = default) => FetchAsync(_options.IdleWait, cancellationToken);

    /// <summary>
    /// The next batch. Steps: (1) top up the GETs under way; (2) read the oldest answer; (3) when all came back empty, let the
    /// server hold one GET for <paramref name="wait"/>, with nothing behind it.
    /// </summary>
    /// <param name="wait">How long to wait for data; zero: not at all. It also delays acks sent meanwhile, so keep it short.</param>
    /// <param name="cancellationToken">Loses nothing: answers due are read by the next call, and acks still work.</param>
    /// <returns>The batch, the caller's to dispose of and to ack; empty when nothing came, which is no sign of a healthy source.</returns>
    /// <exception cref="CanalException">The session has ended.</exception>
    public async ValueTask<CanalBatch> FetchAsync(TimeSpan wait, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wait.TotalMilliseconds, int.MaxValue, nameof(wait));
        _connection.ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        await DiscardStaleAsync(cancellationToken).ConfigureAwait(false);
        bool mayWait = wait > TimeSpan.Zero;
        while (true)
        {
            // 1. Top up; not while idle, where the waiting GET comes first, and never behind a waiting GET.
            if (!HoldGets && !_waiting && !(_idle && mayWait))
            {
                await TopUpAsync(cancellationToken).ConfigureAwait(false);
            }

            // 2. The oldest answer.
            if (_ready is not null || GetsInFlight > 0)
            {
                bool waited = _waiting;
                CanalBatch batch = await TakeAsync(cancellationToken).ConfigureAwait(false);
                if (!batch.IsEmpty)
                {
                    return HandOut(batch);
                }

                if (GetsInFlight > 0)
                {
                    continue;
                }

                _idle = true;
                if (waited || !mayWait)
                {
                    return batch;
                }
            }

            if (HoldGets)
            {
                await KeepAliveAsync().ConfigureAwait(false);
                await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
                return CanalBatch.Empty;
            }

            // 3. Nothing there and nothing under way.
            await PostWaitingGetAsync(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Acks a batch: the server forgets it and moves the cursor. Sent, not confirmed: a refusal ends the session at the next fetch.</summary>
    /// <param name="batchId">The oldest batch handed out and not acked.</param>
    /// <param name="cancellationToken">Before it is sent; never half sent.</param>
    /// <exception cref="InvalidOperationException">It is not the oldest one. Nothing was sent.</exception>
    /// <exception cref="CanalException">The session has ended; the batch will come again.</exception>
    public async ValueTask AckAsync(long batchId, CancellationToken cancellationToken = default)
    {
        await _settling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _connection.ThrowIfUnusable();
            lock (_sync)
            {
                if (!_outstanding.TryPeek(out Outstanding oldest) || oldest.Id != batchId)
                {
                    throw new InvalidOperationException(
                        $"Batch {batchId} cannot be acked: {(_outstanding.Count == 0 ? "no batch is outstanding" : $"batch {oldest.Id} is the oldest outstanding and goes first")}.");
                }
            }

            await _connection.AckAsync(batchId, cancellationToken).ConfigureAwait(false);
            lock (_sync)
            {
                _bytesOutstanding -= _outstanding.Dequeue().Bytes;
            }
        }
        finally
        {
            _settling.Release();
        }
    }

    /// <summary>Gives every un-acked batch back to the server, also those under way; they come again, cut anew and under new ids.</summary>
    /// <param name="cancellationToken">Before it is sent; never half done.</param>
    /// <exception cref="CanalException">The session has ended.</exception>
    public async ValueTask RollbackAsync(CancellationToken cancellationToken = default)
    {
        await _settling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _connection.RollbackAsync(0, cancellationToken).ConfigureAwait(false);

            // The server executes in order: answers under way belong to what is given back. The next fetch reads past them.
            _stale = GetsInFlight;
            Forget(ref _ready);
            Forget(ref _probe);
            lock (_sync)
            {
                _outstanding.Clear();
                _bytesOutstanding = 0;
            }

            _idle = false;
        }
        finally
        {
            _settling.Release();
        }
    }

    /// <summary>Closes the connection; acks already sent arrive. Never unsubscribes: that would delete the cursor.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _connection.DisposeAsync().ConfigureAwait(false);
        _history.LeaveBehind(_connection.GetsLeftBehind);
        Forget(ref _ready);
        Forget(ref _probe);
        _settling.Dispose();
    }

    private static void Forget(ref CanalBatch? batch)
    {
        batch?.Dispose();
        batch = null;
    }

    private async ValueTask DiscardStaleAsync(CancellationToken cancellationToken)
    {
        while (_stale > 0)
        {
            CanalBatch batch = await ReadAsync(cancellationToken).ConfigureAwait(false);
            _stale--;
            if (!batch.IsEmpty)
            {
                CheckId(batch);
                batch.Dispose();
            }
        }
    }

    private async ValueTask TopUpAsync(CancellationToken cancellationToken)
    {
        int limit = _verified ? _depth : 1;
        while (GetsInFlight < limit && (GetsInFlight == 0 || WindowHasRoom()))
        {
            await PostGetAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool WindowHasRoom() => BytesOutstanding + ((GetsInFlight + 1L) * FetchSize * 1024) <= _options.WindowBytes;

    private ValueTask PostGetAsync(CancellationToken cancellationToken) => _connection.PostGetAsync(_get, TimeSpan.Zero, cancellationToken);

    private async ValueTask PostWaitingGetAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        // The server waits until the fetch size is reached in full, so the smallest one returns first.
        await _connection.PostGetAsync(GetPacket.Build(_options, 1, wait), wait, cancellationToken).ConfigureAwait(false);
        _waiting = true;
    }

    /// <summary>The oldest answer, checked; the session's first batch only after it came twice.</summary>
    private async ValueTask<CanalBatch> TakeAsync(CancellationToken cancellationToken)
    {
        if (_ready is { } ready)
        {
            _ready = null;
            return ready;
        }

        while (true)
        {
            CanalBatch batch = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (batch.IsEmpty)
            {
                _depth = 1;
                return _probe is null ? batch : throw EndTaken(1, $"Batch {_probe.Id} was rolled back and should have come again, but nothing came");
            }

            CheckId(batch);
            Grow();
            _idle = false;
            _depth = Math.Min(_depth + 1, _options.GetsInFlight);
            if (_verified)
            {
                return batch;
            }

            if (_probe is not null)
            {
                FinishProbe(batch);
                return batch;
            }

            // Not cancelled in between: the batch would be outstanding without its repetition asked for.
            _probe = batch;
            await _connection.RollbackAsync(batch.Id, CancellationToken.None).ConfigureAwait(false);
            await PostGetAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask<CanalBatch> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            CanalBatch batch = await _connection.ReadBatchAsync(cancellationToken).ConfigureAwait(false);
            _waiting = false;
            _lastAnswer = _time.GetTimestamp();
            _history.Served();
            return batch;
        }
        catch (CanalServerException e)
        {
            // After any refusal of a GET a batch may be outstanding that never arrived.
            throw Refused(e);
        }
        catch (CanalProtocolException e) when (e.IsOverCap)
        {
            throw OverCap(e);
        }
        catch (CanalConnectionException e) when (e.IsLateAnswer && !_waiting)
        {
            Shrink(e.Message);
            throw;
        }
    }

    private CanalException Refused(CanalServerException refusal)
    {
        if (refusal.IsBatchGone)
        {
            _history.AckRefused(Endpoint, _lastId);
        }

        return _connection.BreakOff(refusal);
    }

    private CanalProtocolException OverCap(CanalProtocolException cause) =>
        Shrink(cause.Message)
            ? new CanalProtocolException($"{cause.Message} The next session asks for less.", cause) { IsOverCap = true, AsksForLess = true }
            : new CanalProtocolException($"{cause.Message} It came with a fetch size of 1, so that less cannot be asked for: raise FrameCapBytes (Canal:FrameCapBytes of canal-bridge) above that length, and memory with it.", cause) { IsOverCap = true };

    private bool Shrink(string reason)
    {
        bool hasShrunk = _history.FetchSize.Shrink();
        if (hasShrunk)
        {
            Log.FetchSizeHalved(_logger, _options.Destination, FetchSize, _options.FetchSize, reason);
        }

        return hasShrunk;
    }

    private void Grow()
    {
        if (_history.FetchSize.Succeed())
        {
            _get = GetPacket.Build(_options, FetchSize, null);
            Log.FetchSizeDoubled(_logger, _options.Destination, FetchSize, _options.FetchSize);
        }
    }

    private void CheckId(CanalBatch batch)
    {
        if (_lastId != 0 && batch.Id != _lastId + 1)
        {
            long id = batch.Id;
            batch.Dispose();

            // Numbers only rise while an instance lives, whoever reads it.
            throw id <= _lastId
                ? End($"Batch {id} came after batch {_lastId}: the server's instance started anew", isHarmless: true)
                : EndTaken(id - _lastId - 1, $"Batch {id} came after batch {_lastId}; expected {_lastId + 1}");
        }

        _lastId = batch.Id;
    }

    private void FinishProbe(CanalBatch batch)
    {
        bool alike = FirstEntry(_probe!).SequenceEqual(FirstEntry(batch));
        _probe!.Dispose();
        _probe = null;
        if (!alike)
        {
            batch.Dispose();
            throw End($"Batch {_lastId - 1} was rolled back, but batch {_lastId} begins with another entry: {OtherConsumer}");
        }

        _verified = true;
        Log.SessionVerified(_logger, _options.Destination, batch.Id);
    }

    private static ReadOnlySpan<byte> FirstEntry(CanalBatch batch)
    {
        foreach (Entries.CanalEntry entry in batch.Entries)
        {
            return entry.Bytes;
        }

        return default;
    }

    /// <summary>Somebody took batches between ours: another consumer, unless the server still had requests of our own.</summary>
    private CanalException EndTaken(long batches, string reason) =>
        _history.Explains(batches)
            ? End($"{reason}: the server still executed requests of an earlier connection of this client, and nothing is lost", isHarmless: true)
            : End($"{reason}: {OtherConsumer}");

    private CanalException End(string reason, bool isHarmless = false) =>
        _connection.BreakOff(new CanalProtocolException($"{reason} (destination {_options.Destination}, client id {_options.ClientId}, at {Endpoint}).") { IsOtherConsumer = !isHarmless, IsHarmless = isHarmless });

    private CanalBatch HandOut(CanalBatch batch)
    {
        if (!_hasHandedOut)
        {
            _hasHandedOut = true;
            if (_history.ShowsOtherConsumer(Endpoint, batch.Id))
            {
                long id = batch.Id;
                batch.Dispose();
                throw End($"The server refused an ack, as it did not know the batch any more, and went on to batch {id} with the same numbers: {OtherConsumer}");
            }
        }

        lock (_sync)
        {
            _outstanding.Enqueue(new Outstanding(batch.Id, batch.SizeBytes));
            _bytesOutstanding += batch.SizeBytes;
        }

        return batch;
    }

    private async ValueTask KeepAliveAsync()
    {
        if (_time.GetElapsedTime(_lastAnswer) < _options.ServerIdleTimeout / 3)
        {
            return;
        }

        // The only request that is answered and touches no batch. Not cancelled: its answer would be taken for a GET's.
        try
        {
            await _connection.SubscribeAsync(_options.Filter, CancellationToken.None).ConfigureAwait(false);
        }
        catch (CanalServerException e)
        {
            throw Refused(e);
        }

        _lastAnswer = _time.GetTimestamp();
    }

    private readonly record struct Outstanding(long Id, int Bytes);
}
