using CanalBridge.Fetch;
using CanalBridge.Health;
using CanalBridge.Kafka;
using CanalBridge.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Publish;
using CanalBridge.Source;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge;

/// <summary>Keeps one destination running: fence, position, pipeline; after a failure that a new producer mends, once more.</summary>
/// <remarks>The order is the guarantee: read before the fence, the position could still be moved by an older owner.</remarks>
internal sealed class DestinationRunner
{
    private readonly BridgeOptions _options;
    private readonly IProducerFactory _producers;
    private readonly ITopicCatalog _topics;
    private readonly IPositionStore _positions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BridgeMetrics _metrics;
    private readonly Guid _owner = Guid.NewGuid();
    private readonly ProgressLog _progress;
    private readonly SessionFaults _sessionFaults;
    private readonly ProducerHistory _history = new();
    private bool _hasClaimed;
    private bool _hasRead;

    // The topic of the definitions has held a record while this process ran.
    private bool _hasKept;

    // Why the last producer was given up, until its successor has committed: what it had sent is not published yet.
    private string? _unfinished;

    private readonly RetryDelay _delay = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(15));

    public DestinationRunner(BridgeOptions options, IProducerFactory producers, ITopicCatalog topics, IPositionStore positions, TimeProvider time, ILogger logger)
    {
        _options = options;
        _producers = producers;
        _topics = topics;
        _positions = positions;
        _time = time;
        _logger = logger;
        _progress = new ProgressLog(options.Canal.Destination!, time, logger);
        _metrics = new BridgeMetrics(options.Canal.Destination!);
        _sessionFaults = new SessionFaults(time);
        Health = new DestinationHealth(options.Canal.Destination!, _owner, time);
    }

    /// <summary>What the destination is doing and how far it is.</summary>
    public DestinationHealth Health { get; }

    /// <summary>A Kafka transaction was committed.</summary>
    public event Action? Committed;

    /// <summary>Runs until cancelled; then the open transaction is finished and the method returns.</summary>
    /// <exception cref="Exception">A fault that only a person or a restart can mend; nothing is lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _metrics.Begin(SessionFaults.Reasons, BatchMapper.KindsWithoutRows, Enum.GetNames<KafkaStep>());
        SourceTables.Create(_options.Source, _time, _logger)?.Probe();

        // The line is written before anything stops.
        using var stop = new CancellationTokenSource();
        await using CancellationTokenRegistration asked = cancellationToken.Register(() =>
        {
            Log.Stopping(_logger, _options.Canal.Destination!, _options.Delivery.StopGracePeriod);
            Health.Enter(DestinationState.Stopping);
            stop.Cancel();
        });
        try
        {
            await RunUntilStoppedAsync(stop.Token);
        }
        catch (Exception e)
        {
            Health.Failed(e.Message);
            Health.Enter(DestinationState.Failed);
            throw;
        }

        Health.Enter(DestinationState.Stopped);
        if (_unfinished is { } reason)
        {
            Log.StoppedUnfinished(_logger, _options.Canal.Destination!, reason);
        }
        else if (_hasRead)
        {
            Log.Stopped(_logger, _options.Canal.Destination!);
        }
        else
        {
            Log.StoppedUnread(_logger, _options.Canal.Destination!);
        }
    }

    private async Task RunUntilStoppedAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RunIncarnationAsync(cancellationToken);
            }
            catch (KafkaFaultException e) when (_history.MayRecycle(e))
            {
                _history.Recycled(e);
                _metrics.ProducerReplaced(e.Step.ToString());
                Health.Failed(e.Message);
                _unfinished = _hasRead ? e.Message : null;
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                _progress.Trouble();
                Health.Enter(DestinationState.Recovering);
                TimeSpan delay = _delay.Next();
                Log.Recycling(_logger, e.Message, _options.Canal.Destination!, delay);
                await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>The life of one producer.</summary>
    private async Task RunIncarnationAsync(CancellationToken cancellationToken)
    {
        Health.Enter(DestinationState.Fencing);
        ThrowIfTakenOver(cancellationToken);
        var topics = new ProducerTopics(_options, _topics);
        using var publisher = new TransactionalPublisher(
            _producers.Create(topics.SmallestRecordLimit), _options, topics.SmallestRecordLimit, _history, Health, _time, _logger);
        publisher.Fence(cancellationToken);
        Log.FenceUp(_logger, _options.TransactionalId, _options.Canal.Destination!);
        try
        {
            StoredPosition? stored = ReadPosition(cancellationToken);
            IReadOnlyList<KeptDefinition>? kept = _positions.ReadDefinitions(cancellationToken);
            if (kept is null && _hasKept)
            {
                throw PositionLostException.OfDefinitions(_options.Canal.Destination!, _options.TablesTopic);
            }

            _hasKept = kept is not null;
            IReadOnlyList<KeptDefinition> definitions = kept ?? [];
            if (stored?.Binlog is null || stored.Epoch != _options.Delivery.Epoch)
            {
                // They belong to a position that is not taken: statements would be applied twice, or to another server's tables.
                foreach (KeptDefinition definition in definitions)
                {
                    publisher.Keep(definition.Key, null, cancellationToken);
                }

                if (definitions.Count > 0)
                {
                    Log.DefinitionsForgotten(_logger, _options.Canal.Destination!, definitions.Count, _options.TablesTopic);
                }

                definitions = [];
            }
            else
            {
                Log.DefinitionsFound(_logger, _options.Canal.Destination!, definitions.Count, _options.TablesTopic);
            }

            Claim(publisher, stored, cancellationToken);
            await using var pipeline = new Pipeline(_options, publisher, topics, stored, definitions, _owner, _sessionFaults, _progress, Health, _time, _logger);
            pipeline.Committed += () =>
            {
                _delay.Reset();
                _unfinished = null;
                Committed?.Invoke();
            };
            pipeline.CaughtUp += () => _unfinished = null;
            pipeline.Interrupted += () => _unfinished = "It was asked to stop while a batch was on its way.";
            _hasRead = true;
            await pipeline.RunAsync(cancellationToken);
        }
        catch (KafkaFaultException e) when (e.Reaction == Reaction.Fenced)
        {
            _unfinished = e.Message;
            throw WasFenced(publisher, e, cancellationToken);
        }
        finally
        {
            _hasKept |= publisher.HasKept;

            // Disposing sends no abort: an open transaction would hide later records from readers until it times out.
            publisher.AbandonQuietly(cancellationToken);
        }
    }

    /// <summary>
    /// A process that was frozen may meet any failure before it hears that it was fenced; a new producer would throw the successor out.
    /// Between this look and the fence a successor can still come: then it is the older of the two.
    /// </summary>
    private void ThrowIfTakenOver(CancellationToken cancellationToken)
    {
        if (_hasClaimed && AskOwner(_positions.ReadCommitted, cancellationToken) is { } owner && owner != _owner)
        {
            throw TakenOver(KafkaStep.Fence, cause: null);
        }
    }

    private StoredPosition? ReadPosition(CancellationToken cancellationToken)
    {
        _topics.PrepareOwnTopics(cancellationToken);
        StoredPosition? stored = _positions.Read(cancellationToken);
        if (stored is null && _hasClaimed)
        {
            throw new PositionLostException(_options.Canal.Destination!, _options.PositionTopic);
        }

        if (stored?.Epoch < _options.Delivery.Epoch)
        {
            _metrics.EpochChanged();
            Log.EpochBegins(_logger, _options.Canal.Destination!, _options.Delivery.Epoch, stored.Epoch);
        }
        else if (stored is null)
        {
            Log.NoPosition(_logger, _options.Canal.Destination!, _options.PositionTopic);
        }
        else
        {
            Log.PositionFound(_logger, _options.Canal.Destination!, stored.ToString(), stored.Time, stored.Owner == _owner ? "this process" : "an earlier process");
        }

        return stored is null || stored.Epoch <= _options.Delivery.Epoch
            ? stored
            : throw PositionNotComparableException.OfNewerEpoch(stored, _options.Delivery.Epoch);
    }

    /// <summary>Writes our name beside the position, so that a process that wakes up late can tell a take-over from a time-out.</summary>
    private void Claim(TransactionalPublisher publisher, StoredPosition? stored, CancellationToken cancellationToken)
    {
        publisher.Begin();
        StoredPosition claim = stored ?? new StoredPosition { Destination = _options.Canal.Destination!, Owner = _owner, Epoch = _options.Delivery.Epoch };
        publisher.Commit(claim with { Owner = _owner, Time = stored?.Time ?? _time.GetUtcNow() }, cancellationToken);
        _hasClaimed = true;
        Health.Own(stored?.Binlog is null ? null : stored.ToString(), claim.Time);
    }

    /// <summary>Our own long silence (a frozen process, a broker away longer than the time-out) looks like a take-over: the owner's name decides.</summary>
    private KafkaFaultException WasFenced(TransactionalPublisher publisher, KafkaFaultException fault, CancellationToken cancellationToken)
    {
        bool outlivedTimeout = publisher.TransactionAge >= _options.Kafka.TransactionTimeout;
        bool isStillOwner = outlivedTimeout && AskOwner(_positions.Read, cancellationToken) == _owner;
        return FaultPolicy.AfterFencing(outlivedTimeout, isStillOwner) == Reaction.Fenced
            ? TakenOver(fault.Step, fault)
            : KafkaFaultException.OutlivedTimeout(_options, fault);
    }

    /// <summary>Without an answer nothing may be fenced: it could be the successor. So the question is asked until it is answered, or until the process is to stop.</summary>
    private Guid? AskOwner(Func<CancellationToken, StoredPosition?> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return read(cancellationToken)?.Owner;
            }
            catch (KafkaFaultException e) when (FaultPolicy.IsMissingTopic(e.InnerException))
            {
                // The topic was deleted: nobody can be named, and reading the position after the fence ends the bridge.
                return null;
            }
            catch (KafkaFaultException e) when (_history.MayRecycle(e) && !cancellationToken.IsCancellationRequested)
            {
                Health.Beat();
                TimeSpan delay = _delay.Next();
                Log.OwnerUnknown(_logger, e.Message, _options.Canal.Destination!, delay);
                cancellationToken.WaitHandle.WaitOne(delay);
            }
        }
    }

    private KafkaFaultException TakenOver(KafkaStep step, Exception? cause)
    {
        Health.Disown();
        return KafkaFaultException.TakenOver(_options, step, cause);
    }
}
