using System.Diagnostics;
using System.Globalization;
using System.Text;
using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop.Publish;

/// <summary>One producer's life: fence, then transaction after transaction, each with its position, until one fails.</summary>
/// <remarks>
/// One thread at a time. Every failure goes through <see cref="FaultPolicy"/>; what retrying cannot mend ends in a
/// <see cref="KafkaFaultException"/>, after which only <see cref="Dispose"/> is left.
/// </remarks>
internal sealed class TransactionalPublisher : IDisposable
{
    /// <summary>Kafka's calls take no cancellation token: they are made in slices, with a look around in between.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1.5);

    /// <summary>A full queue is how Kafka slows the loop down, and is told only when it stays full.</summary>
    private static readonly TimeSpan QueueFullTold = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan QueueFullPoll = TimeSpan.FromMilliseconds(5);

    /// <summary>A batch of one record is longer than its key, value and headers by less than this: 61 bytes of its own, and lengths.</summary>
    private const int BatchOverhead = 100;

    private readonly ITransactionalProducer _producer;
    private readonly BridgeOptions _options;
    private readonly int _recordLimit;
    private readonly ProducerHistory _history;
    private readonly IWaitWitness _witness;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BridgeMetrics _metrics;
    private readonly ExactLengthArrays _keys = new();
    private readonly ExactLengthArrays _values = new();
    private readonly Message<byte[]?, byte[]?> _message = new();
    private Headers? _sharedHeaders;
    private int _sharedHeaderBytes;
    private long _begunAt;
    private bool _keeps;
    private int _records;

    /// <summary>Key, value and headers of the largest record in the transaction.</summary>
    private long _largest;

    private Activity? _activity;

    /// <param name="producer">Owned from here on.</param>
    /// <param name="options">All options.</param>
    /// <param name="recordLimit">Smallest limit of the topics known when the producer was made; its batches are no larger.</param>
    /// <param name="history">Earlier producers of the destination.</param>
    /// <param name="metrics">Counts calls and failures.</param>
    /// <param name="witness">Told while Kafka keeps us waiting.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public TransactionalPublisher(
        ITransactionalProducer producer, BridgeOptions options, int recordLimit, ProducerHistory history, BridgeMetrics metrics, IWaitWitness witness, TimeProvider time, ILogger logger)
    {
        _producer = producer;
        _options = options;
        _recordLimit = recordLimit;
        _history = history;
        _witness = witness;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>A transaction is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A table definition was committed.</summary>
    public bool HasKept { get; private set; }

    /// <summary>Bytes in the client's queue, as of its last statistics.</summary>
    public long QueuedBytes => _producer.QueuedBytes;

    /// <summary>How long the transaction has been open; also after it failed.</summary>
    public TimeSpan TransactionAge => _begunAt == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_begunAt);

    /// <summary>Fences older producers of this id. Waits for Kafka as long as it takes.</summary>
    /// <remarks>A login that is refused at the first fence of the process, for half a minute, ends the wait. Between two tries of the login the client itself pauses, up to a second.</remarks>
    public void Fence(CancellationToken cancellationToken)
    {
        var patience = new Patience(_time, _witness, stop: cancellationToken);
        var logins = new LoginRefusals(_time);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                _producer.InitTransactions(Slice);
                _history.Fenced();
                return;
            }
            catch (KafkaException e)
            {
                // The error handler runs only while somebody polls, and it alone is told of a wrong password.
                _producer.Poll(TimeSpan.Zero);
                logins.Look(_producer.LastError);
                var attempt = new Attempt(Refusals: logins.Count, RefusedFor: logins.Elapsed, HasFenced: _history.HasFenced);
                if (FaultPolicy.Decide(KafkaStep.Fence, e, attempt) != Reaction.RetryCall)
                {
                    throw Fault(KafkaStep.Fence, attempt, $"fence {_options.TransactionalId}", e);
                }

                string reason = KafkaFaultText.OfWait(e, _producer.LastError);
                if (patience.Turn($"Waiting for Kafka: {reason}."))
                {
                    Log.WaitingForFence(_logger, _options.Kafka.BootstrapServers!, patience.Elapsed.TotalSeconds, reason);
                }
            }
        }
    }

    /// <summary>Opens a transaction if none is open.</summary>
    public void Begin()
    {
        if (IsOpen)
        {
            return;
        }

        try
        {
            _producer.BeginTransaction();
        }
        catch (KafkaException e)
        {
            throw Fault(KafkaStep.Begin, default, "begin a transaction", e);
        }

        IsOpen = true;
        _begunAt = _time.GetTimestamp();
        _records = 0;
        _largest = 0;
        _activity = BridgeTracing.StartTransaction(_options.Canal.Destination!);
    }

    /// <summary>The open transaction, if any, holds records of a batch.</summary>
    /// <param name="batch">The batch's span; null while nobody listens.</param>
    public void Link(Activity? batch)
    {
        if (batch is not null)
        {
            _activity?.AddLink(new ActivityLink(batch.Context));
        }
    }

    /// <summary>Sets the headers that every row record carries behind its own.</summary>
    public void ShareHeaders(IReadOnlyList<KeyValuePair<string, byte[]>> headers)
    {
        _sharedHeaders = headers.Count == 0 ? null : [];
        _sharedHeaderBytes = headers.Sum(static h => Encoding.UTF8.GetByteCount(h.Key) + h.Value.Length);
        foreach ((string name, byte[] value) in headers)
        {
            _sharedHeaders!.Add(name, value);
        }
    }

    /// <summary>Hands one record to the open transaction; waits while the local queue is full.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partitions">Partitions of its topic.</param>
    /// <param name="cancellationToken">Ends that wait, as a <see cref="KafkaFaultException"/>.</param>
    /// <returns>Bytes that the record takes in the client's memory until the transaction ends.</returns>
    public long Send(in SerializedRecord record, int partitions, CancellationToken cancellationToken)
    {
        _records++;
        _metrics.RecordSize(record.Key.Length + record.Value.Length);

        _message.Key = record.KeyIsNull ? null : _keys.Copy(record.Key);
        _message.Value = record.ValueIsNull ? null : _values.Copy(record.Value);
        _message.Headers = !record.SharesHeaders ? null : record.HeaderName is { } name ? WithShared(name, record.HeaderValue) : _sharedHeaders;
        long cost = CostOf(record);
        switch (record.Placement)
        {
            case RecordPlacement.ByKey:
                Produce(record.Topic, partition: null, cancellationToken);
                return cost;
            case RecordPlacement.FirstPartition:
                Produce(record.Topic, partition: 0, cancellationToken);
                return cost;
            default:
                for (int partition = 0; partition < partitions; partition++)
                {
                    Produce(record.Topic, partition, cancellationToken);
                }

                return cost * partitions;
        }
    }

    /// <summary>Hands over a table definition that belongs to the next position; opens a transaction if none is open.</summary>
    /// <param name="key">Names the table.</param>
    /// <param name="value">The definition; null if it is unknown from here on.</param>
    /// <param name="cancellationToken">As of <see cref="Send"/>.</param>
    public void Keep(byte[] key, byte[]? value, CancellationToken cancellationToken)
    {
        Begin();
        _keeps = true;
        _largest = Math.Max(_largest, key.Length + (value?.Length ?? 0));
        _message.Key = key;
        _message.Value = value;
        _message.Headers = null;
        Produce(_options.TablesTopic, partition: 0, cancellationToken);
    }

    /// <summary>Commits the records sent, with the position that they lead to. On return both are durable.</summary>
    public void Commit(StoredPosition position, CancellationToken cancellationToken)
    {
        _message.Key = StoredPosition.KeyOf(position.Destination);
        _message.Value = position.Serialize();
        _message.Headers = null;
        Produce(_options.PositionTopic, partition: 0, cancellationToken);
        Patience patience = ForTransaction(cancellationToken);
        while (true)
        {
            try
            {
                _producer.CommitTransaction(Slice);
                HasKept |= _keeps;
                _keeps = false;
                _history.Committed(position.ToString());
                End("committed", ("commit", patience.Elapsed));
                return;
            }
            catch (KafkaException e)
            {
                Attempt attempt = InTransaction(patience);
                if (FaultPolicy.Decide(KafkaStep.Commit, e, attempt) != Reaction.RetryCall)
                {
                    throw AbortAndFault(KafkaStep.Commit, attempt, "commit the transaction", e, cancellationToken);
                }

                string reason = KafkaFaultText.OfWait(e, _producer.LastError);
                if (patience.Turn($"Kafka does not confirm the commit: {reason}."))
                {
                    Log.CommitRetried(_logger, _options.Kafka.BootstrapServers!, _options.Canal.Destination!, patience.Elapsed.TotalSeconds, reason);
                }

                _metrics.CommitRetried();
            }
        }
    }

    /// <summary>Gives the open transaction up: nothing of it becomes visible.</summary>
    /// <param name="cancellationToken">The process has to end: Kafka is asked once, and its time-out does the rest.</param>
    public void Abort(CancellationToken cancellationToken = default)
    {
        if (!IsOpen)
        {
            return;
        }

        Patience patience = ForTransaction(cancellationToken);
        int refusals = 0;
        while (true)
        {
            try
            {
                _producer.AbortTransaction(Slice);
                End("aborted", ("abort", patience.Elapsed));
                return;
            }
            catch (KafkaException e)
            {
                bool waits = e is KafkaRetriableException;
                refusals += waits ? 0 : 1;
                var attempt = new Attempt(patience.IsOver, refusals);
                if (FaultPolicy.Decide(KafkaStep.Abort, e, attempt) != Reaction.RetryCall)
                {
                    End("unknown", ("abort", patience.Elapsed));
                    throw Fault(KafkaStep.Abort, attempt, "abort the transaction", e);
                }

                if (!waits)
                {
                    patience.Alive();
                    continue;
                }

                string reason = KafkaFaultText.OfWait(e, _producer.LastError);
                if (patience.Turn($"Kafka does not confirm the abort: {reason}."))
                {
                    Log.AbortWaits(_logger, _options.Kafka.BootstrapServers!, _options.Canal.Destination!, patience.Elapsed.TotalSeconds, reason);
                }
            }
        }
    }

    /// <summary>Serves callbacks; call it while idle, nobody else polls.</summary>
    public void Poll() => _producer.Poll(TimeSpan.Zero);

    /// <summary>Ends an open transaction because of a failure outside Kafka; its own failure is no news then.</summary>
    /// <param name="cancellationToken">As of <see cref="Abort"/>.</param>
    public void AbandonQuietly(CancellationToken cancellationToken)
    {
        try
        {
            Abort(cancellationToken);
        }
        catch (KafkaFaultException e)
        {
            Log.AbortFailed(_logger, _options.Canal.Destination!, e.Message);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _activity?.Dispose();
        _producer.Dispose();
    }

    private void Produce(string topic, int? partition, CancellationToken cancellationToken)
    {
        Patience? patience = null;
        while (true)
        {
            try
            {
                _producer.Produce(topic, partition, _message);
                return;
            }
            catch (KafkaException e)
            {
                // The records before this one have used up a part of the transaction's life.
                patience ??= new Patience(_time, _witness, _options.Kafka.TransactionTimeout - TransactionAge, cancellationToken) { ToldAfter = QueueFullTold };
                Attempt attempt = InTransaction(patience);
                if (FaultPolicy.Decide(KafkaStep.Produce, e, attempt) != Reaction.RetryCall)
                {
                    int size = (_message.Value?.Length ?? 0) + (_message.Key?.Length ?? 0);
                    string full = e.Error.Code == ErrorCode.Local_QueueFull ? " (the local queue, Delivery:MemoryBudgetBytes, stays full)" : "";
                    string attempted = string.Create(CultureInfo.InvariantCulture, $"produce a record of {size} bytes to {topic}{full}");
                    throw AbortAndFault(KafkaStep.Produce, attempt, attempted, e, cancellationToken);
                }

                // The queue drains only by polling: with the background poll off a plain wait never frees anything.
                patience.Turn("Kafka takes records more slowly than they come: the local queue (Delivery:MemoryBudgetBytes) stays full.");
                _producer.Poll(QueueFullPoll);
            }
        }
    }

    /// <summary>Aborts where the reaction asks for it; what remains is to recycle, to stop, or to find out who owns the id.</summary>
    private KafkaFaultException AbortAndFault(KafkaStep step, in Attempt attempt, string attempted, KafkaException cause, CancellationToken cancellationToken)
    {
        if (FaultPolicy.IsTooLarge(step, cause, attempt))
        {
            attempted = string.Create(CultureInfo.InvariantCulture, $"{attempted} (the largest record of the transaction has {_largest} bytes)");
            if (attempt.IsBatchOnly)
            {
                _history.BatchRefused();
            }
        }

        KafkaFaultException fault = Fault(step, attempt, attempted, cause);
        if (fault.Reaction == FaultPolicy.Decide(step, cause, attempt))
        {
            End("unknown");
            return fault;
        }

        try
        {
            Abort(cancellationToken);
        }
        catch (KafkaFaultException e) when (fault.Reaction == Reaction.Recycle)
        {
            // The abort knows better than a Produce whose code hid the fatal one.
            return e.Reaction == Reaction.Recycle ? fault : e;
        }
        catch (KafkaFaultException e)
        {
            Log.AbortFailed(_logger, _options.Canal.Destination!, e.Message);
        }

        return fault;
    }

    private KafkaFaultException Fault(KafkaStep step, in Attempt attempt, string attempted, KafkaException cause)
    {
        _metrics.KafkaFailed(cause.Error.Code.ToString(), step.ToString(), cause.Error.IsFatal);
        return KafkaFaultException.OfCall(_options, step, attempt, cause, attempted, new ClientWords(_producer.LastError, _producer.LastTransactionError));
    }

    private void End(string outcome, (string Name, TimeSpan Took)? call = null)
    {
        IsOpen = false;
        _metrics.TransactionEnded(outcome, call);
        _activity?.SetTag("messaging.batch.message_count", _records);
        _activity?.SetTag("canal_bridge.outcome", outcome);
        if (outcome != "committed")
        {
            _activity?.SetStatus(ActivityStatusCode.Error, outcome);
        }

        _activity?.Dispose();
        _activity = null;
    }

    private long CostOf(in SerializedRecord record)
    {
        int bytes = record.Key.Length + record.Value.Length;
        int headers = 0;
        if (record.SharesHeaders)
        {
            headers = _sharedHeaders?.Count ?? 0;
            bytes += _sharedHeaderBytes;
            if (record.HeaderName is { } name)
            {
                headers++;
                bytes += Encoding.UTF8.GetByteCount(name) + record.HeaderValue.Length;
            }
        }

        _largest = Math.Max(_largest, bytes);
        return bytes + RecordCost.Beside(headers);
    }

    private Headers WithShared(string name, ReadOnlySpan<byte> value)
    {
        var headers = new Headers { { name, value.ToArray() } };
        foreach (IHeader header in _sharedHeaders ?? [])
        {
            headers.Add(header);
        }

        return headers;
    }

    private Attempt InTransaction(Patience patience) => new(
        patience.IsOver,
        HidesTooLarge: KafkaFaultText.SaysTooLarge(_producer.LastTransactionError),
        IsBatchOnly: _largest + BatchOverhead <= _recordLimit && !_history.BatchWasRefusedHere);

    /// <summary>A wait for the end of the transaction.</summary>
    private Patience ForTransaction(CancellationToken cancellationToken) => new(_time, _witness, _options.Kafka.TransactionTimeout, cancellationToken);
}
