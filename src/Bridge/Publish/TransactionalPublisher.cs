using System.Diagnostics;
using System.Globalization;
using System.Text;
using CanalBridge.Map;
using CanalBridge.Options;
using CanalBridge.Serialization;
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

    private static readonly TimeSpan QueueFullPoll = TimeSpan.FromMilliseconds(5);

    private readonly ITransactionalProducer _producer;
    private readonly BridgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ExactLengthArrays _keys = new();
    private readonly ExactLengthArrays _values = new();
    private readonly Message<byte[]?, byte[]?> _message = new();
    private readonly Headers? _contextHeaders;
    private long _begunAt;
    private Activity? _activity;

    /// <param name="producer">Owned from here on.</param>
    /// <param name="options">All options.</param>
    /// <param name="contextHeaders">Headers of every row record; null for none.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public TransactionalPublisher(ITransactionalProducer producer, BridgeOptions options, Headers? contextHeaders, TimeProvider time, ILogger logger)
    {
        _producer = producer;
        _options = options;
        _contextHeaders = contextHeaders;
        _time = time;
        _logger = logger;
    }

    /// <summary>A transaction is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How long the transaction has been open; also after it failed.</summary>
    public TimeSpan TransactionAge => _begunAt == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_begunAt);

    /// <summary>Fences older producers of this id. Waits for Kafka as long as it takes; a refused login ends the wait.</summary>
    public void Fence(CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        long warned = started;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                _producer.InitTransactions(Slice);
                return;
            }
            catch (KafkaException e)
            {
                // The error handler runs only while somebody polls, and it alone is told of a wrong password.
                _producer.Poll(TimeSpan.Zero);
                Reaction reaction = _producer.AuthenticationError is null ? FaultPolicy.Decide(KafkaStep.Fence, e) : Reaction.Stop;
                if (reaction != Reaction.RetryCall)
                {
                    throw Fault(KafkaStep.Fence, reaction, $"fence {_options.TransactionalId}", e);
                }

                if (_time.GetElapsedTime(warned) > TimeSpan.FromSeconds(5))
                {
                    warned = _time.GetTimestamp();
                    Log.WaitingForFence(_logger, _options.Kafka.BootstrapServers!, _time.GetElapsedTime(started).TotalSeconds, e.Error.Reason);
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
        _activity = BridgeTracing.StartTransaction(_options.Canal.Destination!);
    }

    /// <summary>Hands one record to the open transaction.</summary>
    public void Send(string topic, in SerializedRecord record, CancellationToken cancellationToken)
    {
        _message.Key = record.KeyIsNull ? null : _keys.Copy(record.Key);
        _message.Value = record.ValueIsNull ? null : _values.Copy(record.Value);
        _message.Headers = record.KeyChange == KeyChange.None ? _contextHeaders : KeyChangeHeaders(record);
        Produce(topic, partition: null, cancellationToken);
    }

    /// <summary>Commits the records sent, with the position that they lead to. On return both are durable.</summary>
    public void Commit(StoredPosition position, CancellationToken cancellationToken)
    {
        _message.Key = StoredPosition.KeyOf(position.Destination);
        _message.Value = position.Serialize();
        _message.Headers = null;
        Produce(_options.PositionTopic, partition: 0, cancellationToken);
        long started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                _producer.CommitTransaction(Slice);
                End("committed", started);
                return;
            }
            catch (KafkaException e)
            {
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Commit, e);
                if (reaction == Reaction.RetryCall)
                {
                    // Only commit is accepted now. Its outcome may stay open for ever; then the position read by the next producer decides.
                    reaction = RetryOrRecycle(started, cancellationToken);
                    Log.CommitRetried(_logger, _options.Canal.Destination!, _time.GetElapsedTime(started).TotalSeconds, e.Error.Reason);
                    BridgeMetrics.CommitRetries.Add(1);
                }

                if (reaction != Reaction.RetryCall)
                {
                    throw AbortAndFault(KafkaStep.Commit, reaction, "commit the transaction", e);
                }
            }
        }
    }

    /// <summary>Gives the open transaction up: nothing of it becomes visible.</summary>
    public void Abort()
    {
        if (!IsOpen)
        {
            return;
        }

        long started = _time.GetTimestamp();
        int refused = 0;
        while (true)
        {
            try
            {
                _producer.AbortTransaction(Slice);
                End("aborted", started);
                return;
            }
            catch (KafkaException e)
            {
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Abort, e);
                if (reaction == Reaction.RetryCall)
                {
                    // A refused abort works at once when called again; one that waits is waiting for a partition's replicas.
                    bool waits = e is KafkaRetriableException;
                    reaction = waits ? RetryOrRecycle(started, CancellationToken.None) : ++refused < 3 ? Reaction.RetryCall : Reaction.Recycle;
                    if (waits)
                    {
                        Log.AbortWaits(_logger, _options.Canal.Destination!, _time.GetElapsedTime(started).TotalSeconds, e.Error.Reason);
                    }
                }

                if (reaction != Reaction.RetryCall)
                {
                    End("unknown", started);
                    throw Fault(KafkaStep.Abort, reaction, "abort the transaction", e);
                }
            }
        }
    }

    /// <summary>Serves callbacks; call it while idle, nobody else polls.</summary>
    public void Poll() => _producer.Poll(TimeSpan.Zero);

    /// <summary>Ends an open transaction because of a failure outside Kafka; its own failure is no news then.</summary>
    public void AbandonQuietly()
    {
        try
        {
            Abort();
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
                Reaction reaction = FaultPolicy.Decide(KafkaStep.Produce, e);
                if (reaction != Reaction.RetryCall)
                {
                    int size = (_message.Value?.Length ?? 0) + (_message.Key?.Length ?? 0);
                    throw AbortAndFault(KafkaStep.Produce, reaction, string.Create(CultureInfo.InvariantCulture, $"produce a record of {size} bytes to {topic}"), e);
                }

                // The queue drains only by polling: with the background poll off a plain wait never frees anything.
                cancellationToken.ThrowIfCancellationRequested();
                if (TransactionAge > _options.Kafka.TransactionTimeout)
                {
                    throw AbortAndFault(KafkaStep.Produce, Reaction.AbortAndRecycle, $"produce to {topic}: the local queue (Delivery:MemoryBudgetBytes) stays full", e);
                }

                _producer.Poll(QueueFullPoll);
            }
        }
    }

    private Reaction RetryOrRecycle(long started, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || _time.GetElapsedTime(started) > _options.Kafka.TransactionTimeout ? Reaction.Recycle : Reaction.RetryCall;

    /// <summary>Aborts where the reaction asks for it; what remains is to recycle, to stop, or to find out who owns the id.</summary>
    private KafkaFaultException AbortAndFault(KafkaStep step, Reaction reaction, string attempted, KafkaException cause)
    {
        Reaction rest = reaction switch
        {
            Reaction.AbortAndRecycle => Reaction.Recycle,
            Reaction.AbortAndStop => Reaction.Stop,
            _ => reaction,
        };
        KafkaFaultException fault = Fault(step, rest, attempted, cause);
        if (rest == reaction)
        {
            End("unknown", _begunAt);
            return fault;
        }

        try
        {
            Abort();
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
        var text = new StringBuilder($"Kafka did not {attempted} for destination {_options.Canal.Destination}: {cause.Error.Code} ({cause.Error.Reason})");
        if (_producer.AuthenticationError is { } login)
        {
            text.Append(CultureInfo.InvariantCulture, $"; the login failed: {login.Reason}");
        }
        else if (reaction == Reaction.Fenced)
        {
            text.Append(CultureInfo.InvariantCulture, $"; this process was fenced: another one uses the transactional id {_options.TransactionalId}, or the transaction outlived Kafka:TransactionTimeout");
        }
        else if (_producer.LastTransactionError is { } last)
        {
            text.Append(CultureInfo.InvariantCulture, $"; cause in the client's log: {last}");
        }

        if (cause.Error.Code is ErrorCode.MsgSizeTooLarge)
        {
            text.Append(". Raise Kafka:MessageMaxBytes, the topic's max.message.bytes and the broker's message.max.bytes");
        }

        BridgeMetrics.KafkaErrors.Add(1, new("error.type", cause.Error.Code.ToString()), new("canal_bridge.step", step.ToString()));
        return new KafkaFaultException(step, reaction, text.ToString(), cause);
    }

    private void End(string outcome, long started)
    {
        IsOpen = false;
        BridgeMetrics.KafkaTransactions.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        BridgeMetrics.CommitDuration.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        _activity?.SetTag("canal_bridge.outcome", outcome);
        _activity?.Dispose();
        _activity = null;
    }

    private Headers KeyChangeHeaders(in SerializedRecord record)
    {
        var headers = new Headers { { KeyChangeHeader.Name(record.KeyChange), record.OtherKey.ToArray() } };
        foreach (IHeader header in _contextHeaders ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        return headers;
    }
}
