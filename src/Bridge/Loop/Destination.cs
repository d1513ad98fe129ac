using CanalBridge.Health;
using CanalBridge.Kafka;
using CanalBridge.Loop.Fetch;
using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Registry;
using CanalBridge.Source;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop;

/// <summary>Keeps one destination running, over any number of producers: fence, position, claim, loop; after a failure that a new producer mends, once more.</summary>
/// <remarks>
/// The order is the guarantee: read before the fence, the position could still be moved by an older owner. A process that was replaced stands by: it
/// acknowledges nothing, and takes over when the owner has been silent for long enough.
/// </remarks>
internal sealed class Destination
{
    private readonly BridgeOptions _options;
    private readonly IProducerFactory _producers;
    private readonly ITopicCatalog _topics;
    private readonly IPositionStore _positions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Guid _owner;
    private readonly DestinationWitness _witness;
    private readonly SessionFaults _sessionFaults;
    private readonly ProducerHistory _history = new();
    private readonly RetryDelay _delay = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(15));
    private bool _hasClaimed;
    private bool _hasRead;

    // The topic of the definitions has held a record while this process ran.
    private bool _hasKept;

    // Whose name stood beside the position when it was read.
    private Guid? _predecessor;

    // Why the last producer was given up, until its successor has committed: what it had sent is not published yet.
    private string? _unfinished;

    public Destination(BridgeOptions options, IProducerFactory producers, ITopicCatalog topics, IPositionStore positions, DestinationWitness witness, TimeProvider time, ILogger logger)
    {
        _options = options;
        _producers = producers;
        _topics = topics;
        _positions = positions;
        _witness = witness;
        _owner = witness.Owner;
        _time = time;
        _logger = logger;
        _sessionFaults = new SessionFaults(time);
        witness.WhenCommitted += () =>
        {
            _delay.Reset();
            _unfinished = null;
        };
        witness.WhenCaughtUp += () => _unfinished = null;
    }

    /// <summary>What the destination is doing and how far it is.</summary>
    public DestinationHealth Health => _witness.Health;

    /// <summary>Runs until cancelled; then the open transaction is finished and the method returns.</summary>
    /// <exception cref="Exception">A fault that only a person or a restart can mend; nothing is lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _witness.Metrics.Begin(SessionFaults.Reasons, BatchMapper.KindsWithoutRows, Enum.GetNames<KafkaStep>());
        SourceTables? source = SourceTables.Create(_options.Source, _time, _logger, _witness);
        var tables = RememberedTables.Of(source);
        using SchemaRegistry? registry = SchemaRegistry.Create(_options, _time, _logger, _witness);

        // The line is written before anything stops.
        using var stop = new CancellationTokenSource();
        await using CancellationTokenRegistration asked = cancellationToken.Register(() =>
        {
            Log.Stopping(_logger, _options.Canal.Destination!, _options.Delivery.StopGracePeriod);
            _witness.Enters(DestinationState.Stopping);
            stop.Cancel();
        });
        try
        {
            source?.Probe(stop.Token);
            while (!stop.IsCancellationRequested)
            {
                await RunOnceAsync(tables, registry, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // While Kafka or the source was waited for.
        }
        catch (Exception e)
        {
            _witness.Failed(e.Message);
            throw;
        }

        _witness.Enters(DestinationState.Stopped);
        TellEnd();
    }

    private async Task RunOnceAsync(RememberedTables? tables, SchemaRegistry? registry, CancellationToken cancellationToken)
    {
        try
        {
            await RunIncarnationAsync(tables, registry, cancellationToken);
        }
        catch (KafkaFaultException e) when (_history.MayRecycle(e))
        {
            _history.Recycled(e);
            _unfinished = _hasRead ? e.Message : null;
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            TimeSpan pause = _delay.Next();
            _witness.ProducerLost(e.Step.ToString(), e.Message, pause);
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (KafkaFaultException e) when (e.Reaction == Reaction.Fenced)
        {
            await StandByAsync(e.Message, cancellationToken);
        }
    }

    /// <summary>Another process owns the destination. What this one had sent was aborted; the other one reads it again.</summary>
    private async Task StandByAsync(string reason, CancellationToken cancellationToken)
    {
        _unfinished = null;
        _hasClaimed = false;
        _witness.IsReplaced(reason);
        var standby = new Standby(_positions, _options.Kafka.TransactionTimeout, _witness, _time);
        Log.StandsBy(_logger, reason, standby.LongestSilence);
        await standby.WaitForSilenceAsync(cancellationToken);
        if (!cancellationToken.IsCancellationRequested)
        {
            Log.TakesOver(_logger, _options.Canal.Destination!, standby.LongestSilence);
        }
    }

    /// <summary>The life of one producer.</summary>
    private async Task RunIncarnationAsync(RememberedTables? tables, SchemaRegistry? registry, CancellationToken cancellationToken)
    {
        _witness.Enters(DestinationState.Fencing);
        ThrowIfReplaced(cancellationToken);
        var topics = new ProducerTopics(_options, _topics);
        using var publisher = new TransactionalPublisher(
            _producers.Create(topics.SmallestRecordLimit), _options, topics.SmallestRecordLimit, _history, _witness.Metrics, _witness, _time, _logger);
        publisher.Fence(cancellationToken);
        Log.FenceUp(_logger, _options.TransactionalId, _options.Canal.Destination!);
        try
        {
            StoredPosition? stored = ReadPosition(cancellationToken);
            IReadOnlyList<KeptDefinition> definitions = ReadDefinitions(stored, publisher, cancellationToken);
            StoredPosition claimed = Claim(publisher, stored, cancellationToken);
            await using var incarnation = new Incarnation(
                _options, _owner, publisher, topics, claimed, definitions, tables, registry, _sessionFaults, _witness, _time, _logger);
            _hasRead = true;
            await incarnation.RunAsync(cancellationToken);
            _unfinished = incarnation.WasInterrupted ? "It was asked to stop while a batch was on its way." : _unfinished;
        }
        catch (KafkaFaultException e) when (e.Reaction == Reaction.Fenced)
        {
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
    private void ThrowIfReplaced(CancellationToken cancellationToken)
    {
        if (_hasClaimed && AskOwner(_positions.ReadCommitted, cancellationToken) is { } owner && owner != _owner)
        {
            throw KafkaFaultException.TakenOver(_options, KafkaStep.Fence, cause: null);
        }
    }

    private StoredPosition? ReadPosition(CancellationToken cancellationToken)
    {
        _topics.PrepareOwnTopics(cancellationToken);
        StoredPosition? stored = _positions.Read(cancellationToken);
        _predecessor = stored?.Owner;
        if (stored is null && _hasClaimed)
        {
            throw new PositionLostException(_options.Canal.Destination!, _options.PositionTopic);
        }

        if (stored?.Epoch < _options.Delivery.Epoch)
        {
            _witness.Metrics.EpochChanged();
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

    private IReadOnlyList<KeptDefinition> ReadDefinitions(StoredPosition? stored, TransactionalPublisher publisher, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeptDefinition>? kept = _positions.ReadDefinitions(cancellationToken);
        if (kept is null && _hasKept)
        {
            throw PositionLostException.OfDefinitions(_options.Canal.Destination!, _options.TablesTopic);
        }

        _hasKept = kept is not null;
        if (stored?.Binlog is not null && stored.Epoch == _options.Delivery.Epoch)
        {
            Log.DefinitionsFound(_logger, _options.Canal.Destination!, kept?.Count ?? 0, _options.TablesTopic);
            return kept ?? [];
        }

        // They belong to a position that is not taken: statements would be applied twice, or to another server's tables.
        foreach (KeptDefinition definition in kept ?? [])
        {
            publisher.Keep(definition.Key, null, cancellationToken);
        }

        if (kept is { Count: > 0 })
        {
            Log.DefinitionsForgotten(_logger, _options.Canal.Destination!, kept.Count, _options.TablesTopic);
        }

        return [];
    }

    /// <summary>Writes our name beside the position, so that a process that wakes up late can tell a take-over from a time-out.</summary>
    private StoredPosition Claim(TransactionalPublisher publisher, StoredPosition? stored, CancellationToken cancellationToken)
    {
        StoredPosition claim = stored is null || stored.Epoch != _options.Delivery.Epoch
            ? new StoredPosition { Destination = _options.Canal.Destination!, Owner = _owner, Epoch = _options.Delivery.Epoch, Time = _time.GetUtcNow() }
            : stored with { Owner = _owner };
        publisher.Begin();
        publisher.Commit(claim, cancellationToken);
        _hasClaimed = true;
        _witness.Owns(claim.Binlog is null ? null : claim.ToString(), claim.Time);
        return claim;
    }

    /// <summary>Our own long silence (a frozen process, a broker away longer than the time-out) looks like a take-over: the owner's name decides.</summary>
    private KafkaFaultException WasFenced(TransactionalPublisher publisher, KafkaFaultException fault, CancellationToken cancellationToken)
    {
        bool outlivedTimeout = publisher.TransactionAge >= _options.Kafka.TransactionTimeout;
        Guid? owner = outlivedTimeout ? AskOwner(_positions.Read, cancellationToken) : null;

        // Before the claim is committed the predecessor's name stands there, or none.
        bool isStillOwner = outlivedTimeout && (owner == _owner || (!_hasClaimed && owner == _predecessor));
        return FaultPolicy.AfterFencing(outlivedTimeout, isStillOwner) == Reaction.Fenced
            ? KafkaFaultException.TakenOver(_options, fault.Step, fault)
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
                _witness.Alive();
                TimeSpan delay = _delay.Next();
                Log.OwnerUnknown(_logger, e.Message, _options.Canal.Destination!, delay);
                cancellationToken.WaitHandle.WaitOne(delay);
            }
        }
    }

    private void TellEnd()
    {
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
}
