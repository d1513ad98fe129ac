using System.Diagnostics;
using System.Globalization;
using System.Text;
using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Publish;

/// <summary>One producer's life: fence, then transaction after transaction, each with its position, until one fails.</summary>
/// <remarks>
/// One thread at a time. Every failure goes through <see cref="FaultPolicy"/>; what retrying cannot mend ends in a
/// <see cref="KafkaFaultException"/>, after which only <see cref="Dispose"/> is left.
/// </remarks>
internal sealed class TransactionalPublisher : IDisposable
{
    /// <summary>Kafka's calls take no cancellation token: they are made in slices, with a look around in between.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan WarnInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan QueueFullPoll = TimeSpan.FromMilliseconds(5);

    private readonly ITransactionalProducer _producer;
    private readonly BridgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BridgeMetrics _metrics;
    private readonly ExactLengthArrays _keys = new();
    private readonly ExactLengthArrays _values = new();
    private readonly Message<byte[]?, byte[]?> _message = new();
    private Headers? _sharedHeaders;
    private long _begunAt;
    private bool _keeps;
    private int _records;
    private Activity? _activity;

    /// <param name="producer">Owned from here on.</param>
    /// <param name="options">All options.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public TransactionalPublisher(ITransactionalProducer producer, BridgeOptions options, TimeProvider time, ILogger logger)
    {
        _producer = producer;
        _options = options;
        _time = time;
        _logger = logger;
        _metrics = new BridgeMetrics(options.Canal.Destination!);
    }

    /// <summary>A call to Kafka has no answer yet and is made again: the caller is alive.</summary>
    public event Action? Waiting;

    /// <summary>Such a wait is told in the log: with what Kafka, or the client, says.</summary>
    public event Action<string>? Late;

    /// <summary>A transaction is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A table definition was committed.</summary>
    public bool HasKept { get; private set; }

    /// <summary>Bytes in the client's queue, as of its last statistics.</summary>
    public long QueuedBytes => _producer.QueuedBytes;

    /// <summary>How long the transaction has been open; also after it failed.</summary>
    public TimeSpan TransactionAge => _begunAt == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_begunAt);

    /// <summary>Fences older producers of this id. Waits for Kafka as long as it takes; a refused login ends the wait.</summary>
    public void Fence(CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        long? warned = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Waiting?.Invoke();
            try
            {
                _producer.InitTransactions(Slice);
                return;
            }
            catch (KafkaException e)
            {
                // The error handler runs only while somebody polls, and it alone is told of a wrong password.
                _producer.Poll(TimeSpan.Zero);
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Fence, e, Attempt(started) with { LoginRefused = FaultPolicy.IsRefusedLogin(_producer.LastError) });
                if (reaction != Reaction.RetryCall)
                {
                    throw Fault(KafkaStep.Fence, reaction, $"fence {_options.TransactionalId}", e);
                }

                if (IsTimeToWarn(ref warned))
                {
                    Late?.Invoke($"Waiting for Kafka: {Reason(e)}.");
                    Log.WaitingForFence(_logger, _options.Kafka.BootstrapServers!, _time.GetElapsedTime(started).TotalSeconds, Reason(e));
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
            throw Fault(KafkaStep.Begin, FaultPolicy.Decide(KafkaStep.Begin, e), "begin a transaction", e);
        }

        IsOpen = true;
        _begunAt = _time.GetTimestamp();
        _records = 0;
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
        foreach ((string name, byte[] value) in headers)
        {
            _sharedHeaders!.Add(name, value);
        }
    }

    /// <summary>Hands one record to the open transaction; waits while the local queue is full.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partitions">Partitions of its topic.</param>
    /// <param name="cancellationToken">Ends that wait, as a <see cref="KafkaFaultException"/>.</param>
    public void Send(in SerializedRecord record, int partitions, CancellationToken cancellationToken)
    {
        _records++;
        _metrics.RecordSize(record.Key.Length + record.Value.Length);

        _message.Key = record.KeyIsNull ? null : _keys.Copy(record.Key);
        _message.Value = record.ValueIsNull ? null : _values.Copy(record.Value);
        _message.Headers = !record.SharesHeaders ? null : record.HeaderName is { } name ? WithShared(name, record.HeaderValue) : _sharedHeaders;
        switch (record.Placement)
        {
            case RecordPlacement.ByKey:
                Produce(record.Topic, partition: null, cancellationToken);
                break;
            case RecordPlacement.FirstPartition:
                Produce(record.Topic, partition: 0, cancellationToken);
                break;
            default:
                for (int partition = 0; partition < partitions; partition++)
                {
                    Produce(record.Topic, partition, cancellationToken);
                }

                break;
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
        long started = _time.GetTimestamp();
        long? warned = null;
        while (true)
        {
            try
            {
                _producer.CommitTransaction(Slice);
                HasKept |= _keeps;
                _keeps = false;
                End("committed", "commit", started);
                return;
            }
            catch (KafkaException e)
            {
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Commit, e, Attempt(started) with { IsStopping = cancellationToken.IsCancellationRequested });
                if (reaction != Reaction.RetryCall)
                {
                    throw AbortAndFault(KafkaStep.Commit, reaction, "commit the transaction", e, cancellationToken);
                }

                Waiting?.Invoke();

                if (IsTimeToWarn(ref warned))
                {
                    Late?.Invoke($"Kafka does not confirm the commit: {Reason(e)}.");
                    Log.CommitRetried(_logger, _options.Kafka.BootstrapServers!, _options.Canal.Destination!, _time.GetElapsedTime(started).TotalSeconds, Reason(e));
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

        long started = _time.GetTimestamp();
        long? warned = null;
        int refusals = 0;
        while (true)
        {
            try
            {
                _producer.AbortTransaction(Slice);
                End("aborted", "abort", started);
                return;
            }
            catch (KafkaException e)
            {
                bool waits = e is KafkaRetriableException;
                refusals += waits ? 0 : 1;
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Abort, e, Attempt(started) with { Refusals = refusals, IsStopping = cancellationToken.IsCancellationRequested });
                if (reaction != Reaction.RetryCall)
                {
                    End("unknown", "abort", started);
                    throw Fault(KafkaStep.Abort, reaction, "abort the transaction", e);
                }

                Waiting?.Invoke();

                if (waits && IsTimeToWarn(ref warned))
                {
                    Late?.Invoke($"Kafka does not confirm the abort: {Reason(e)}.");
                    Log.AbortWaits(_logger, _options.Kafka.BootstrapServers!, _options.Canal.Destination!, _time.GetElapsedTime(started).TotalSeconds, Reason(e));
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
        while (true)
        {
            try
            {
                _producer.Produce(topic, partition, _message);
                return;
            }
            catch (KafkaException e)
            {
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Produce, e, Attempt(_begunAt) with { IsStopping = cancellationToken.IsCancellationRequested });
                if (reaction != Reaction.RetryCall)
                {
                    int size = (_message.Value?.Length ?? 0) + (_message.Key?.Length ?? 0);
                    string full = e.Error.Code == ErrorCode.Local_QueueFull ? " (the local queue, Delivery:MemoryBudgetBytes, stays full)" : "";
                    throw AbortAndFault(KafkaStep.Produce, reaction, string.Create(CultureInfo.InvariantCulture, $"produce a record of {size} bytes to {topic}{full}"), e, cancellationToken);
                }

                // The queue drains only by polling: with the background poll off a plain wait never frees anything.
                Waiting?.Invoke();
                _producer.Poll(QueueFullPoll);
            }
        }
    }

    /// <summary>Aborts where the reaction asks for it; what remains is to recycle, to stop, or to find out who owns the id.</summary>
    private KafkaFaultException AbortAndFault(KafkaStep step, Reaction reaction, string attempted, KafkaException cause, CancellationToken cancellationToken)
    {
        Reaction rest = FaultPolicy.AfterAbort(reaction);
        KafkaFaultException fault = Fault(step, rest, attempted, cause);
        if (rest == reaction)
        {
            End("unknown", call: null, started: 0);
            return fault;
        }

        try
        {
            Abort(cancellationToken);
        }
        catch (KafkaFaultException e) when (rest == Reaction.Recycle)
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

    private KafkaFaultException Fault(KafkaStep step, Reaction reaction, string attempted, KafkaException cause)
    {
        var text = new StringBuilder($"Kafka did not {attempted} for destination {_options.Canal.Destination}: {cause.Error.Code} ({cause.Error.Reason.Replace(" (see individual delivery reports)", "", StringComparison.Ordinal)})");
        if (FaultPolicy.IsRefusedLogin(_producer.LastError) && _producer.LastError is { } login)
        {
            text.Append(CultureInfo.InvariantCulture, $"; the login failed: {login.Reason}");
        }
        else if (reaction == Reaction.Fenced)
        {
            text.Append(CultureInfo.InvariantCulture, $"; another producer has taken over the transactional id {_options.TransactionalId}, or the transaction outlived Kafka:TransactionTimeout");
        }
        else if (_producer.LastTransactionError is { } last && !last.Contains(cause.Error.Reason, StringComparison.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"; cause in the client's log: {last}");
        }

        if (cause.Error.Code is ErrorCode.Local_MsgTimedOut || $"{_producer.LastTransactionError}{cause.Error.Reason}" is { } reasons
            && (reasons.Contains("message(s) timed out", StringComparison.Ordinal) || reasons.Contains("failed delivery", StringComparison.Ordinal)))
        {
            text.Append(CultureInfo.InvariantCulture, $"; the brokers took no record for longer than Kafka:MessageTimeout ({_options.MessageTimeout:c}): unreachable, overloaded, or a partition is below min.insync.replicas");
        }

        if (cause.Error.Code is ErrorCode.MsgSizeTooLarge)
        {
            text.Append(CultureInfo.InvariantCulture, $". Raise Kafka:MessageMaxBytes (it is {_options.Kafka.MessageMaxBytes}), the topic's max.message.bytes and the broker's message.max.bytes, or leave the table out with Source:TableExcludeList (a statement: Envelope:IncludeSchemaChanges)");
        }

        text.Append('.');
        _metrics.KafkaFailed(cause.Error.Code.ToString(), step.ToString(), cause.Error.IsFatal);
        return new KafkaFaultException(step, reaction, text.ToString(), cause);
    }

    private void End(string outcome, string? call, long started)
    {
        IsOpen = false;
        _metrics.TransactionEnded(outcome, call is null ? null : (call, _time.GetElapsedTime(started)));
        _activity?.SetTag("messaging.batch.message_count", _records);
        _activity?.SetTag("canal_bridge.outcome", outcome);
        if (outcome != "committed")
        {
            _activity?.SetStatus(ActivityStatusCode.Error, outcome);
        }

        _activity?.Dispose();
        _activity = null;
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

    /// <summary>The calls only say that they timed out; the client's callbacks know more.</summary>
    private string Reason(KafkaException e) => _producer.LastError is { } cause ? $"{cause.Code}, {cause.Reason}" : e.Error.Code.ToString();

    /// <summary>At the first late answer, then now and then: an outage must not flood the log.</summary>
    private bool IsTimeToWarn(ref long? warned)
    {
        bool isTime = warned is not { } last || _time.GetElapsedTime(last) >= WarnInterval;
        warned = isTime ? _time.GetTimestamp() : warned;
        return isTime;
    }

    private Attempt Attempt(long started) => new(_time.GetElapsedTime(started), _options.Kafka.TransactionTimeout);
}
