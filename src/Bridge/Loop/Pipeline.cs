using System.Diagnostics;
using Canal.Client;
using CanalBridge.Health;
using CanalBridge.Kafka;
using CanalBridge.Loop.Fetch;
using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Loop.Settle;
using CanalBridge.Options;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;

namespace CanalBridge.Loop;

/// <summary>The loop of one destination: fetch, map, publish, settle.</summary>
/// <remarks>
/// <list type="number">
/// <item>Fetch: a Canal batch, not acknowledged.</item>
/// <item>Map: a batch becomes a value, its records and the position behind them. What was taken before is dropped.</item>
/// <item>Publish: records and position in one Kafka transaction, which groups batches by time, size and partitions.</item>
/// <item>Settle: after the commit, and only then, acknowledge the batches that the position covers, in order.</item>
/// </list>
/// <para>
/// A crash leaves behind, after fetch or map: nothing; after publish: an open transaction, which the next fence aborts; after the commit: batches that come
/// again and are dropped; after settle: nothing to do. A batch whose records were not all sent is never part of a commit: it was not added.
/// </para>
/// </remarks>
internal sealed class Pipeline
{
    /// <summary>How much later than asked for an answer may come before the open transaction is committed without it.</summary>
    private static readonly TimeSpan OverdueAnswer = TimeSpan.FromMilliseconds(50);

    /// <summary>A commit that took longer was an outage: its end is told.</summary>
    private static readonly TimeSpan LateCommit = TimeSpan.FromSeconds(2);

    /// <summary>What repeats known entries passes one long before Canal has nothing more for so long.</summary>
    private static readonly TimeSpan LongestDoubt = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly BridgeOptions _options;
    private readonly IBatchSource _fetcher;
    private readonly SessionFaults _sessionFaults;
    private readonly BatchMapper _mapper;
    private readonly BatchPublisher _publisher;
    private readonly BatchSettler _settler;
    private readonly DestinationWitness _witness;
    private readonly TimeProvider _time;
    private readonly bool _asks;
    private readonly Interval _heartbeat;
    private readonly RetryDelay _delay = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    /// <summary>Acks were sent in this session; the next answer tells whether Canal took them.</summary>
    private bool _hasSettled;

    /// <summary>Since when Canal has nothing that could prove what came again.</summary>
    private long? _doubtSince;

    /// <param name="options">All options.</param>
    /// <param name="fetcher">Step 1.</param>
    /// <param name="sessionFaults">Decides on failed Canal sessions; knows those of earlier pipelines.</param>
    /// <param name="mapper">Step 2.</param>
    /// <param name="publisher">Step 3.</param>
    /// <param name="settler">Step 4.</param>
    /// <param name="witness">Told what happens.</param>
    /// <param name="time">Clock.</param>
    public Pipeline(
        BridgeOptions options, IBatchSource fetcher, SessionFaults sessionFaults, BatchMapper mapper, BatchPublisher publisher, BatchSettler settler,
        DestinationWitness witness, TimeProvider time)
    {
        _options = options;
        _fetcher = fetcher;
        _sessionFaults = sessionFaults;
        _mapper = mapper;
        _publisher = publisher;
        _settler = settler;
        _witness = witness;
        _time = time;
        _asks = options.Source.ConnectionString is not null || options.Envelope.Format == "avro";
        _heartbeat = new Interval(options.Envelope.HeartbeatInterval, time);
    }

    /// <summary>Rows sent since the last commit.</summary>
    public long RowsInFlight => _publisher.Transaction.Rows;

    /// <summary>Stopped while a batch was between fetch and Kafka: it comes again.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Runs until cancelled, over any number of Canal sessions; then finishes the open transaction and returns.</summary>
    /// <exception cref="KafkaFaultException">The producer is of no use any more.</exception>
    /// <exception cref="CanalException">No new Canal session can help.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Asked to stop, no new batch is fetched; what is under way has the grace period to end well.
        using var grace = new CancellationTokenSource();
        await using CancellationTokenRegistration stop = cancellationToken.Register(() => grace.CancelAfter(_options.Delivery.StopGracePeriod));
        using var records = new RecordBuffer();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await RunSessionAsync(records, cancellationToken, grace.Token) is { } failure)
                {
                    await EndSessionAsync(failure, cancellationToken, grace.Token);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        await FinishAsync(grace.Token);
    }

    /// <returns>What ended the session and a new one may mend; null when the loop is to stop.</returns>
    private async Task<CanalException?> RunSessionAsync(RecordBuffer records, CancellationToken cancellationToken, CancellationToken grace)
    {
        try
        {
            await ConnectAsync(cancellationToken, grace);
        }
        catch (CanalException e) when (_sessionFaults.MayReconnect(e))
        {
            return e;
        }

        _mapper.BeginSession();
        _doubtSince = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            _witness.Alive();
            CanalBatch? fetched;
            try
            {
                // 1. Fetch. The wait ends when the open transaction is due.
                fetched = await FetchAsync(cancellationToken);
            }
            catch (CanalException e) when (_sessionFaults.MayReconnect(e))
            {
                return e;
            }

            using (CanalBatch? batch = fetched)
            {
                if (batch is { IsEmpty: false })
                {
                    WorkOff(batch, records, cancellationToken, grace);
                }
            }

            _publisher.KeepOwnership(grace);
            SendHeartbeat(records, grace);
            if (await SettleDueAsync(grace) is { } refused)
            {
                return refused;
            }

            if (fetched is { IsEmpty: true } && IsEndOfSession())
            {
                return new CanalProtocolException("What came again is new after all; it is read again.");
            }
        }

        return null;
    }

    /// <summary>Maps a batch and sends its records.</summary>
    private void WorkOff(CanalBatch batch, RecordBuffer records, CancellationToken cancellationToken, CancellationToken grace)
    {
        if (_hasSettled)
        {
            // The session works in both directions; a batch alone says little, it may come again and again.
            _delay.Reset();
            _sessionFaults.Reset();
        }

        _doubtSince = null;
        records.Clear();
        using Activity? span = BridgeTracing.StartBatch(_options.Canal.Destination!, batch.Id, batch.Count);

        if (_asks && _mapper.MayAsk(batch))
        {
            _publisher.CommitEarly(grace);
        }

        // 2. Map.
        MappedBatch mapped;
        try
        {
            mapped = _mapper.Map(batch, records, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            WasInterrupted = true;
            throw;
        }

        // 3. Publish. The commit follows when it is due.
        _publisher.Publish(mapped, span, grace);
        _witness.Took(
            mapped.Rows.Received, mapped.Rows.Filtered, mapped.Rows.Duplicates, records.Count, mapped.Rows.NewestMilliseconds, _publisher.Transaction.Rows, _publisher.Transaction.Batches);
    }

    private async ValueTask ConnectAsync(CancellationToken cancellationToken, CancellationToken grace)
    {
        _witness.Enters(DestinationState.Connecting);
        Task<string> connecting = _fetcher.ConnectAsync(_mapper.Position, cancellationToken);
        await WaitAsync(connecting, grace);
        _witness.SessionOpened(await connecting);
    }

    /// <returns>The next batch, empty when Canal has nothing; null when it has not answered and a commit is due.</returns>
    private async ValueTask<CanalBatch?> FetchAsync(CancellationToken cancellationToken)
    {
        if (_publisher.Transaction.IsEmpty)
        {
            return await _fetcher.FetchAsync(_options.Canal.IdleWait, cancellationToken);
        }

        // A server that keeps silent must not hold back rows that were sent: the fetch is left when they are due, its answer is read later.
        TimeSpan wait = _publisher.Transaction.Remaining;
        using var due = new CancellationTokenSource(wait + OverdueAnswer, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            return await _fetcher.FetchAsync(wait, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private void SendHeartbeat(RecordBuffer records, CancellationToken cancellationToken)
    {
        if (!_heartbeat.IsDue)
        {
            return;
        }

        records.Clear();
        _mapper.MapHeartbeat(_options.HeartbeatTopic, records);
        _publisher.SendHeartbeat(records, cancellationToken);
        _heartbeat.Restart();
    }

    /// <returns>What ended the session while it was acknowledged; null for nothing.</returns>
    private async ValueTask<CanalException?> SettleDueAsync(CancellationToken grace)
    {
        if (!_publisher.Transaction.IsDue)
        {
            return null;
        }

        PendingCommit commit = Commit(grace);
        try
        {
            await SettleAsync(commit, grace);
            return null;
        }
        catch (CanalException e) when (_sessionFaults.MayReconnect(e))
        {
            return e;
        }
    }

    /// <summary>Closes the open transaction and commits it.</summary>
    private PendingCommit Commit(CancellationToken cancellationToken)
    {
        long begun = _time.GetTimestamp();
        PendingCommit commit = _publisher.Commit(cancellationToken);
        _witness.Committed(
            commit.Rows, commit.Records, commit.Batches.Count, _mapper.Position, commit.Lag(_time.GetUtcNow()), wasLate: _time.GetElapsedTime(begun) > LateCommit);
        return commit;
    }

    /// <summary>4. Settle. Batches whose ack fails come again and are dropped.</summary>
    private async ValueTask SettleAsync(PendingCommit commit, CancellationToken cancellationToken)
    {
        await _settler.SettleAsync(commit.Batches, cancellationToken);
        _witness.Settled(_mapper.Position, _publisher.Transaction.Batches);
        _hasSettled |= commit.Batches.Count > 0;
    }

    /// <summary>Canal has nothing more for now.</summary>
    /// <returns>The session is to be given up: what came again in it is new after all.</returns>
    private bool IsEndOfSession()
    {
        if (_mapper.IsInDoubt)
        {
            _doubtSince ??= _time.GetTimestamp();
            return _time.GetElapsedTime(_doubtSince.Value) > LongestDoubt && _mapper.SettleDoubt();
        }

        if (_publisher.Transaction.IsEmpty)
        {
            _witness.CaughtUp(_publisher.CommittedPlace);
        }

        return false;
    }

    private async Task EndSessionAsync(CanalException failure, CancellationToken cancellationToken, CancellationToken grace)
    {
        _witness.SessionLost(failure, SessionFaults.ReasonOf(failure), SessionFaults.CodeOf(failure), SessionFaults.IsOtherConsumer(failure), _mapper.Position);

        // What was sent is whole: left open, it would hide later records from readers for as long as Canal is away. Its batches cannot be acknowledged any
        // more; they come again and are dropped.
        if (!_publisher.Transaction.IsEmpty)
        {
            Commit(grace);
        }

        _publisher.Transaction.Forget();
        _witness.BatchesForgotten();
        _hasSettled = false;
        TimeSpan pause = _delay.Next();
        await WaitAsync(Task.Delay(_sessionFaults.Pause > pause ? _sessionFaults.Pause : pause, _time, cancellationToken), grace);
    }

    /// <summary>Canal may be away for hours, and beside another consumer a pause is long: the destination stays ours meanwhile.</summary>
    private async Task WaitAsync(Task task, CancellationToken grace)
    {
        while (await Task.WhenAny(task, Task.Delay(PollInterval, _time, CancellationToken.None)) != task)
        {
            _witness.Alive();
            _publisher.KeepOwnership(grace);
        }
    }

    /// <summary>After the last step: what was sent is committed and acknowledged within the grace period.</summary>
    private async ValueTask FinishAsync(CancellationToken grace)
    {
        if (_publisher.Transaction.IsEmpty)
        {
            return;
        }

        PendingCommit commit = Commit(grace);
        try
        {
            await SettleAsync(commit, grace);
        }
        catch (CanalException e)
        {
            // The commit stands; the batches come again and are dropped.
            _witness.AckLostAtStop(e.Message);
        }
    }
}
