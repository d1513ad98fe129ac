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
/// <param name="options">All options.</param>
/// <param name="fetcher">Step 1.</param>
/// <param name="sessionFaults">Decides on failed Canal sessions; knows those of earlier pipelines.</param>
/// <param name="mapper">Step 2.</param>
/// <param name="publisher">Step 3.</param>
/// <param name="settler">Step 4.</param>
/// <param name="witness">Told what happens.</param>
/// <param name="time">Clock.</param>
internal sealed class Pipeline(
    BridgeOptions options, IBatchSource fetcher, SessionFaults sessionFaults, BatchMapper mapper, BatchPublisher publisher, BatchSettler settler,
    DestinationWitness witness, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Settlement _settlement = new(publisher, settler, mapper, witness, time);
    private readonly UnsettledDoubt _doubt = new(mapper, time);
    private readonly bool _asks = options.Source.ConnectionString is not null || options.Envelope.Traits.NeedsRegistry;
    private readonly Heartbeats _heartbeats = new(options, mapper, publisher, time);
    private readonly RetryDelay _delay = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    /// <summary>Rows sent since the last commit.</summary>
    public long RowsInFlight => publisher.Transaction.Rows;

    /// <summary>Stopped while a batch was between fetch and Kafka: it comes again.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Runs until cancelled, over any number of Canal sessions; then finishes the open transaction and returns.</summary>
    /// <exception cref="KafkaFaultException">The producer is of no use any more.</exception>
    /// <exception cref="CanalException">No new Canal session can help.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Asked to stop, no new batch is fetched; what is under way has the grace period to end well.
        using var grace = new CancellationTokenSource();
        await using CancellationTokenRegistration stop = cancellationToken.Register(() => grace.CancelAfter(options.Delivery.StopGracePeriod));
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

        await _settlement.FinishAsync(grace.Token);
    }

    /// <returns>What ended the session and a new one may mend; null when the loop is to stop.</returns>
    private async Task<CanalException?> RunSessionAsync(RecordBuffer records, CancellationToken cancellationToken, CancellationToken grace)
    {
        try
        {
            await ConnectAsync(cancellationToken, grace);
        }
        catch (CanalException e) when (sessionFaults.MayReconnect(e))
        {
            return e;
        }

        mapper.BeginSession();
        _doubt.Reset();
        while (!cancellationToken.IsCancellationRequested)
        {
            witness.Alive();
            CanalBatch? fetched;
            try
            {
                // 1. Fetch. The wait ends when the open transaction is due.
                fetched = await FetchAsync(cancellationToken);
            }
            catch (CanalException e) when (sessionFaults.MayReconnect(e))
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

            publisher.KeepOwnership(grace);
            _heartbeats.SendDue(records, grace);
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
        if (_settlement.HasSettled)
        {
            // The session works in both directions; a batch alone says little, it may come again and again.
            _delay.Reset();
            sessionFaults.Reset();
        }

        _doubt.Reset();
        records.Clear();
        using Activity? span = BridgeTracing.StartBatch(options.Canal.Destination!, batch.Id, batch.Count);

        if (_asks && mapper.MayAsk(batch))
        {
            publisher.CommitEarly(grace);
        }

        // 2. Map.
        MappedBatch mapped;
        try
        {
            mapped = mapper.Map(batch, records, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            WasInterrupted = true;
            throw;
        }

        // 3. Publish. The commit follows when it is due.
        publisher.Publish(mapped, span, grace);
        witness.Took(
            mapped.Rows.Received, mapped.Rows.Filtered, mapped.Rows.Duplicates, records.Count, mapped.Rows.NewestMilliseconds, publisher.Transaction.Rows, publisher.Transaction.Batches);
    }

    private async ValueTask ConnectAsync(CancellationToken cancellationToken, CancellationToken grace)
    {
        witness.Enters(DestinationState.Connecting);
        Task<string> connecting = fetcher.ConnectAsync(mapper.Position, cancellationToken);
        await WaitAsync(connecting, grace);
        witness.SessionOpened(await connecting);
    }

    /// <returns>The next batch, empty when Canal has nothing; null when it has not answered and a commit is due.</returns>
    private async ValueTask<CanalBatch?> FetchAsync(CancellationToken cancellationToken) => publisher.Transaction.IsEmpty
        ? await fetcher.FetchAsync(options.Canal.IdleWait, cancellationToken)
        : await fetcher.FetchWithinAsync(publisher.Transaction.Remaining, time, cancellationToken);

    /// <returns>What ended the session while it was acknowledged; null for nothing.</returns>
    private async ValueTask<CanalException?> SettleDueAsync(CancellationToken grace)
    {
        if (!publisher.Transaction.IsDue)
        {
            return null;
        }

        try
        {
            await _settlement.CommitAndSettleAsync(grace);
            return null;
        }
        catch (CanalException e) when (sessionFaults.MayReconnect(e))
        {
            return e;
        }
    }

    /// <summary>Canal has nothing more for now.</summary>
    /// <returns>The session is to be given up: what came again in it is new after all.</returns>
    private bool IsEndOfSession()
    {
        if (mapper.IsInDoubt)
        {
            return _doubt.IsSettledBySilence();
        }

        if (publisher.Transaction.IsEmpty)
        {
            witness.CaughtUp(publisher.CommittedPlace);
        }

        return false;
    }

    private async Task EndSessionAsync(CanalException failure, CancellationToken cancellationToken, CancellationToken grace)
    {
        witness.SessionLost(failure, SessionFaults.ReasonOf(failure), SessionFaults.CodeOf(failure), SessionFaults.IsOtherConsumer(failure), mapper.Position);

        _settlement.CommitAndForget(grace);
        TimeSpan pause = _delay.Next();
        await WaitAsync(Task.Delay(sessionFaults.Pause > pause ? sessionFaults.Pause : pause, time, cancellationToken), grace);
    }

    /// <summary>Canal may be away for hours, and beside another consumer a pause is long: the destination stays ours meanwhile.</summary>
    private async Task WaitAsync(Task task, CancellationToken grace)
    {
        while (await Task.WhenAny(task, Task.Delay(PollInterval, time, CancellationToken.None)) != task)
        {
            witness.Alive();
            publisher.KeepOwnership(grace);
        }
    }
}
