using System.Diagnostics;
using Canal.Client;
using CanalBridge.Fetch;
using CanalBridge.Health;
using CanalBridge.Kafka;
using CanalBridge.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Publish;
using CanalBridge.Registry;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Settle;
using CanalBridge.Source;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge;

/// <summary>The loop of one destination: fetch, map, publish, settle.</summary>
/// <remarks>
/// <list type="number">
/// <item>Fetch: a Canal batch, not acknowledged.</item>
/// <item>Map: its rows to records; rows at or before the published position are dropped.</item>
/// <item>Publish: the records and the position in one Kafka transaction, which groups batches by time, size and partitions.</item>
/// <item>Settle: after the commit, and only then, acknowledge the batches to Canal, in order.</item>
/// </list>
/// <para>What a crash leaves behind, and what the restart does, stands in docs/architecture.md.</para>
/// </remarks>
internal sealed class Pipeline : IAsyncDisposable
{
    /// <summary>How much later than asked for an answer may come before the open transaction is committed without it.</summary>
    private static readonly TimeSpan OverdueAnswer = TimeSpan.FromMilliseconds(50);

    /// <summary>A commit that took longer was an outage: its end is told.</summary>
    private static readonly TimeSpan LateCommit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly BridgeOptions _options;
    private readonly TransactionalPublisher _publisher;
    private readonly ProducerTopics _topics;
    private readonly Guid _owner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReplayFilter _replay;
    private readonly BatchFetcher _fetcher;
    private readonly SourceTables? _source;
    private readonly TopicRouter _router;
    private readonly SchemaRegistry? _registry;
    private readonly EntrySerializer _serializer;
    private readonly BatchMapper _mapper;
    private readonly BatchSettler _settler;
    private readonly TransactionGroup _group;
    private readonly RecordBuffer _records = new();
    private readonly SessionFaults _sessionFaults;
    private readonly ProgressLog _progress;
    private readonly DestinationHealth _health;
    private readonly BridgeMetrics _metrics;
    private readonly Interval _heartbeat;
    private readonly RetryDelay _delay = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    /// <summary>False while a batch is between mapping and sending: the position is then ahead of what Kafka was given.</summary>
    private bool _batchIsWhole = true;

    /// <summary>The position stored last has a source transaction under way.</summary>
    private bool _hasStoredTransaction;

    /// <summary>Acks were sent in this session; the next answer tells whether Canal took them.</summary>
    private bool _hasSettled;

    /// <param name="options">All options.</param>
    /// <param name="publisher">Fenced; owned by the caller.</param>
    /// <param name="topics">Topics of the publisher's producer.</param>
    /// <param name="stored">Last committed position; null to take whatever Canal delivers.</param>
    /// <param name="definitions">Table definitions as of that position.</param>
    /// <param name="owner">This process.</param>
    /// <param name="sessionFaults">Decides on failed Canal sessions; knows those of earlier pipelines.</param>
    /// <param name="progress">Told of commits and of lost sessions.</param>
    /// <param name="health">Told what becomes of the rows.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public Pipeline(BridgeOptions options, TransactionalPublisher publisher, ProducerTopics topics, StoredPosition? stored, IReadOnlyList<KeptDefinition> definitions, Guid owner, SessionFaults sessionFaults, ProgressLog progress, DestinationHealth health, TimeProvider time, ILogger logger)
    {
        _options = options;
        _publisher = publisher;
        _topics = topics;
        _owner = owner;
        _progress = progress;
        _health = health;
        _metrics = new BridgeMetrics(options.Canal.Destination!);
        _time = time;
        _logger = logger;
        _replay = new ReplayFilter(stored, options.Delivery.Epoch, options.Source.ServerIdMayChange);
        _sessionFaults = sessionFaults;
        _fetcher = new BatchFetcher(options.Canal, time, logger);
        _fetcher.NoSession += health.Waits;
        _source = SourceTables.Create(options.Source, time, logger);
        _router = new TopicRouter(options.Topics, logger, options.OwnTopics);
        _registry = SchemaRegistry.Create(options, time, logger);
        _serializer = SerializerFactory.Create(options, owner, _router, _source, _registry);
        _mapper = new BatchMapper(options.Canal.Destination!, _serializer, _replay, _metrics, time, logger);
        _settler = new BatchSettler(options.Canal.Destination!, logger);
        _group = new TransactionGroup(options.Delivery, time);
        _heartbeat = new Interval(options.Envelope.HeartbeatInterval, time);
        Restore(definitions, stored?.Epoch == options.Delivery.Epoch ? stored.Transaction : null);
        publisher.ShareHeaders(_serializer.SharedHeaders);
    }

    /// <summary>A Kafka transaction was committed.</summary>
    public event Action? Committed;

    /// <summary>Canal has nothing more, and everything that it gave is committed.</summary>
    public event Action? CaughtUp;

    /// <summary>Stopped while a batch was between fetch and Kafka: the open transaction is given up.</summary>
    public event Action? Interrupted;

    /// <summary>Runs until cancelled, over any number of Canal sessions; then finishes the open transaction and returns.</summary>
    /// <exception cref="KafkaFaultException">The producer is of no use any more.</exception>
    /// <exception cref="CanalException">No new Canal session can help.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Asked to stop, no new batch is fetched; what is under way has the grace period to end well.
        _source?.Stop = cancellationToken;
        _source?.Asking += _health.Beat;
        _registry?.Stop = cancellationToken;
        _registry?.Asking += _health.Beat;
        using var grace = new CancellationTokenSource();
        await using CancellationTokenRegistration stop = cancellationToken.Register(() => grace.CancelAfter(_options.Delivery.StopGracePeriod));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(cancellationToken);
                _replay.BeginSession();
                while (!cancellationToken.IsCancellationRequested)
                {
                    await StepAsync(cancellationToken, grace.Token);
                }
            }
            catch (CanalException e) when (_batchIsWhole && _sessionFaults.MayReconnect(e))
            {
                Log.CanalSessionLost(_logger, _options.Canal.Destination!, e.Message);
                _health.Failed(e.Message);
                _metrics.SessionLost(SessionFaults.ReasonOf(e), SessionFaults.CodeOf(e));
                if (SessionFaults.IsOtherConsumer(e))
                {
                    // Rows are missing: the next answer is no recovery.
                    Log.OtherConsumer(_logger, _options.Canal.Destination!, Position);
                }
                else
                {
                    _progress.Trouble();
                }

                // What was sent is whole: left open, it would hide later records from readers for as long as Canal is away. Its
                // batches cannot be acknowledged any more; they come again and are dropped.
                Commit(grace.Token);
                _group.Clear();
                _health.Settled();
                _hasSettled = false;
                await Task.Delay(_delay.Next(), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        await FinishAsync(grace.Token);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_group.IsEmpty)
        {
            _metrics.RowsReturned(_group.Rows);
            _health.Returned(_group.Rows);
        }

        await _fetcher.DisposeAsync();
        _serializer.Dispose();
        _registry?.Dispose();
        _records.Dispose();
    }

    private void Restore(IReadOnlyList<KeptDefinition> definitions, string? transaction)
    {
        RestoreTransaction(transaction);
        try
        {
            foreach (KeptDefinition definition in definitions)
            {
                _serializer.RestoreDefinition(definition.Key, definition.Value);
            }
        }
        catch (FormatException e)
        {
            throw KafkaFaultException.PositionUnreadable($"A record of {_options.TablesTopic} is no table definition: {e.Message}. Start the bridge that wrote it, or empty the topic: keys and defaults are then unknown until the next statement on each table.", e);
        }
    }

    private void RestoreTransaction(string? transaction)
    {
        try
        {
            if (transaction is not null)
            {
                _hasStoredTransaction = true;
                _serializer.RestoreTransaction(transaction);
            }
        }
        catch (FormatException e)
        {
            throw KafkaFaultException.PositionUnreadable($"The position in {_options.PositionTopic} has no readable transaction: {e.Message}. Start the bridge that wrote it.", e);
        }
    }

    /// <summary>The position that everything sent so far leads to.</summary>
    private StoredPosition StoredNow => _replay.Position(_options.Canal.Destination!, _owner, _time.GetUtcNow()) with { Transaction = _serializer.OpenTransaction };

    private string Position => _replay.Last?.ToString() ?? "Canal's own cursor";

    private async ValueTask StepAsync(CancellationToken cancellationToken, CancellationToken grace)
    {
        _health.Beat();

        // 1. Fetch. The wait ends when the open transaction is due.
        using CanalBatch? batch = await FetchAsync(cancellationToken);
        if (batch is not null && _hasSettled)
        {
            // The session works in both directions; a batch alone says little, it may come again and again.
            _delay.Reset();
            _sessionFaults.Reset();
        }

        if (batch is null || batch.IsEmpty)
        {
            _publisher.Poll();
        }
        else
        {
            // 2. Map. From here to the end of 3 a failure must not be followed by a commit.
            _batchIsWhole = false;
            _records.Clear();
            using Activity? span = BridgeTracing.StartBatch(_options.Canal.Destination!, batch.Id, batch.Count);
            MappedBatch mapped = _mapper.Map(batch, _records);

            // 3. Publish. A batch without records rides along, or needs no transaction at all.
            _group.AddBatch(batch.Id, _records.LengthBytes, mapped.New);
            Took(mapped);
            Send(grace);
            foreach ((byte[] key, byte[]? value) in _serializer.TakeChangedDefinitions())
            {
                _publisher.Keep(key, value, grace);
            }

            if (_replay.TakeInstanceRestarted() || (_hasStoredTransaction && _serializer.OpenTransaction is null))
            {
                // The new batch numbers, and that a transaction has ended, must be known to the next process, even if no row comes before it.
                _publisher.Begin();
            }

            _publisher.Link(span);
            _batchIsWhole = true;
        }

        _health.Queued(_publisher.QueuedBytes);
        if (_heartbeat.IsDue)
        {
            SendHeartbeat(grace);
        }

        if (_group.IsDue)
        {
            await CommitAndSettleAsync(grace);
            _progress.AllIsWell(Position);
        }
        else if (batch is { IsEmpty: true } && _group.IsEmpty)
        {
            _progress.Idle(Position);
            _health.CaughtUp(_replay.Last?.ToString());
            CaughtUp?.Invoke();
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _health.Enter(DestinationState.Connecting);
        Task connecting = _fetcher.ConnectAsync(Position, cancellationToken);
        while (await Task.WhenAny(connecting, Task.Delay(PollInterval, _time, CancellationToken.None)) != connecting)
        {
            // Canal may be away for hours: the client's callbacks are served meanwhile.
            _publisher.Poll();
            _health.Beat();
        }

        await connecting;
        _health.Connected(_fetcher.Session.Endpoint.ToString());
    }

    private void Took(in MappedBatch batch)
    {
        TimeSpan lag = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(batch.NewestMilliseconds);
        _health.Took(
            batch.Rows, batch.Filtered, batch.Duplicates, _records.Count, batch.NewestMilliseconds == 0 ? null : lag < TimeSpan.Zero ? TimeSpan.Zero : lag, _group.Rows, _group.BatchIds.Count);
    }

    /// <returns>The next batch, empty when Canal has nothing; null when it has not answered and what was sent is due.</returns>
    private async ValueTask<CanalBatch?> FetchAsync(CancellationToken cancellationToken)
    {
        if (_group.IsEmpty)
        {
            return await _fetcher.FetchAsync(_options.Canal.IdleWait, cancellationToken);
        }

        // A server that keeps silent must not hold back rows that were sent: the fetch is left when they are due, its answer is read later.
        TimeSpan wait = _group.Remaining;
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

    /// <summary>Record by record; what depends on the topic alone is done once for a run of records of one topic.</summary>
    private void Send(CancellationToken cancellationToken)
    {
        if (_records.Count == 0)
        {
            return;
        }

        long begun = _time.GetTimestamp();
        for (int i = 0; i < _records.Count;)
        {
            string topic = _records[i].Topic;

            // A topic that is not there yet is made first, which takes its time.
            _health.Beat();
            int partitions = _topics.PartitionsOf(topic, _router.PartitionsOf(topic), cancellationToken);
            int first = i;
            _publisher.Begin();
            while (i < _records.Count && ReferenceEquals(_records[i].Topic, topic))
            {
                _publisher.Send(_records[i++], partitions, cancellationToken);
            }

            _group.AddRecords(topic, i - first, partitions);
        }

        _metrics.RecordsSent(_records.Count, _time.GetElapsedTime(begun));
    }

    /// <summary>It rides in the open transaction, or has one of its own, which writes the position anew.</summary>
    private void SendHeartbeat(CancellationToken cancellationToken)
    {
        bool isAlone = !_publisher.IsOpen;
        _records.Clear();
        _mapper.MapHeartbeat(_options.HeartbeatTopic, _records);
        for (int i = 0; i < _records.Count; i++)
        {
            int partitions = _topics.PartitionsOf(_options.HeartbeatTopic, _router.PartitionsOf(_options.HeartbeatTopic), cancellationToken);
            _publisher.Begin();
            _publisher.Send(_records[i], partitions, cancellationToken);
        }

        if (isAlone && _publisher.IsOpen)
        {
            CommitPosition(cancellationToken);
        }

        _heartbeat.Restart();
    }

    private async ValueTask CommitAndSettleAsync(CancellationToken cancellationToken)
    {
        Commit(cancellationToken);

        // 4. Settle. Batches whose ack fails come again and are dropped: the group is done with either way.
        try
        {
            await _settler.SettleAsync(_fetcher.Session, _group.BatchIds, cancellationToken);
        }
        finally
        {
            _group.Clear();
            _health.Settled();
        }

        _hasSettled = true;
    }

    private void Commit(CancellationToken cancellationToken)
    {
        if (_publisher.IsOpen)
        {
            long begun = _time.GetTimestamp();
            CommitPosition(cancellationToken);
            if (_time.GetElapsedTime(begun) > LateCommit)
            {
                _progress.Trouble();
            }

            Committed?.Invoke();
            Log.Committed(_logger, _group.Records, _group.BatchIds.Count, _options.Canal.Destination!, Position);
        }

        if (_group.IsEmpty)
        {
            return;
        }

        TimeSpan lag = _replay.Lag(_time.GetUtcNow());
        if (_group.Records > 0)
        {
            _metrics.RowsCommitted(_group.Rows, lag);
            _health.Committed(_group.Rows, Position, lag);
            _progress.Committed(_group.Records, Position, lag);
        }
        else
        {
            // Only rows that are left out, or that were published before: up to them nothing is late.
            _health.Passed(lag);
        }
    }

    private void CommitPosition(CancellationToken cancellationToken)
    {
        StoredPosition position = StoredNow;
        _publisher.Commit(position, cancellationToken);
        _hasStoredTransaction = position.Transaction is not null;
    }

    /// <summary>After the last step: what was sent is committed and acknowledged within the grace period; half a batch never.</summary>
    private async ValueTask FinishAsync(CancellationToken grace)
    {
        if (!_batchIsWhole)
        {
            Interrupted?.Invoke();
            return;
        }

        if (_group.IsEmpty)
        {
            return;
        }

        try
        {
            await CommitAndSettleAsync(grace);
        }
        catch (CanalException e)
        {
            // The commit stands; the batches come again and are dropped.
            Log.AckLostAtStop(_logger, _options.Canal.Destination!, e.Message);
        }
    }
}
