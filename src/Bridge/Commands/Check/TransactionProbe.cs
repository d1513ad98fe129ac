using CanalBridge.Kafka;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Commands.Check;

/// <summary>Transactions under an id of the check's own: the bridge's is never used, so no bridge is fenced.</summary>
/// <remarks>Every transaction is aborted: what it wrote is never seen by a read-committed consumer; while it is open, the records behind it are not either. Blocks; Kafka's answers are waited for no longer than told.</remarks>
internal sealed class TransactionProbe(BridgeOptions options)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Life of a transaction that is left open by a killed check: for so long the topic's later records would stay hidden.</summary>
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(10);

    /// <summary>Kept for the abort. Shorter than the moment that a step gets that was told to end.</summary>
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(2);

    /// <summary>Why the transaction failed: the client writes it to its log only, while the record waits in its queue.</summary>
    private volatile string? _cause;

    /// <summary>The id.</summary>
    public static string IdOf(BridgeOptions options) => $"{options.TransactionalId}.check";

    /// <summary>Asks the coordinator for the id, with the bridge's own transaction time-out, and begins nothing.</summary>
    /// <exception cref="KafkaException">Refused, or no answer in time.</exception>
    public void Claim(TimeSpan limit)
    {
        using IProducer<byte[]?, byte[]?> producer = Build(options.Kafka.TransactionTimeout);
        producer.InitTransactions(limit);
    }

    /// <summary>Writes one record, waits until Kafka has it, and aborts.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="key">Key of the record.</param>
    /// <param name="value">Its value.</param>
    /// <param name="limit">Of all of it; the last part is kept for the abort, since an open transaction holds back the topic's readers.</param>
    /// <param name="cancellationToken">Ends the waiting for the record, not the abort.</param>
    /// <exception cref="KafkaException">Refused, or no answer in time.</exception>
    public void WriteAndAbort(string topic, byte[] key, byte[] value, TimeSpan limit, CancellationToken cancellationToken)
    {
        using IProducer<byte[]?, byte[]?> producer = Build(OpenLimit);
        long started = TimeProvider.System.GetTimestamp();
        TimeSpan Left() => AtLeastSlice(limit - AbortLimit - TimeProvider.System.GetElapsedTime(started));

        producer.InitTransactions(Left());
        cancellationToken.ThrowIfCancellationRequested();
        producer.BeginTransaction();
        Error? delivery = null;
        KafkaException? refusal = null, notAborted;
        try
        {
            producer.Produce(topic, new Message<byte[]?, byte[]?> { Key = key, Value = value }, report => delivery = report.Error);
            do
            {
                producer.Poll(Slice);
            }
            while (delivery is null && _cause is null && !cancellationToken.IsCancellationRequested && Left() > Slice);
        }
        catch (KafkaException e)
        {
            refusal = e;
        }
        finally
        {
            notAborted = Abort(producer);
        }

        // What the record met is the news: it is mostly why the abort fails too.
        if (_cause is { } cause)
        {
            throw new KafkaException(new Error(cause.Contains("authorization", StringComparison.OrdinalIgnoreCase) ? ErrorCode.TopicAuthorizationFailed : ErrorCode.Local_Fail, cause));
        }

        if (refusal is not null)
        {
            throw new KafkaException(refusal.Error, refusal);
        }

        if (delivery is not { IsError: false })
        {
            throw new KafkaException(delivery ?? new Error(ErrorCode.Local_TimedOut, $"no answer for {(limit - AbortLimit).TotalSeconds} s"));
        }

        if (notAborted is not null)
        {
            throw new KafkaException(new Error(notAborted.Error.Code, $"written, but its transaction was not aborted: {notAborted.Error.Reason}"), notAborted);
        }
    }

    private static TimeSpan AtLeastSlice(TimeSpan time) => time > Slice ? time : Slice;

    /// <summary>A transaction whose record was refused is aborted by a second call where the first is refused too.</summary>
    /// <returns>Why the transaction may be open still; null for a producer that is dead, since the coordinator aborts then.</returns>
    private static KafkaException? Abort(IProducer<byte[]?, byte[]?> producer)
    {
        long started = TimeProvider.System.GetTimestamp();
        KafkaException? failure = null;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                producer.AbortTransaction(AtLeastSlice(AbortLimit - TimeProvider.System.GetElapsedTime(started)));
                return null;
            }
            catch (KafkaException e)
            {
                if (e.Error.IsFatal)
                {
                    return null;
                }

                failure = e;
            }
        }

        return failure;
    }

    private IProducer<byte[]?, byte[]?> Build(TimeSpan timeout)
    {
        ProducerConfig config = KafkaClientConfig.Producer(options, int.MaxValue);
        config.TransactionalId = IdOf(options);
        config.TransactionTimeoutMs = (int)timeout.TotalMilliseconds;
        config.MessageTimeoutMs = (int)Math.Min(5_000, timeout.TotalMilliseconds);
        config.SocketTimeoutMs = (int)Math.Min(10_000, timeout.TotalMilliseconds);
        config.DeliveryReportFields = "status";
        config.LingerMs = 0;
        return new ProducerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler((_, message) => _cause = message.Facility == "TXNERR" ? message.Message : _cause).Build();
    }
}
