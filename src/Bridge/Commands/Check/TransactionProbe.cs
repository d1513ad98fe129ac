using CanalBridge.Kafka;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Commands.Check;

/// <summary>Transactions under an id of the check's own: the bridge's is never used, so no bridge is fenced.</summary>
/// <remarks>Every transaction is aborted: what it wrote is never seen by a read-committed consumer. Blocks; Kafka's answers are waited for no longer than told.</remarks>
internal sealed class TransactionProbe(BridgeOptions options)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Life of a transaction that is left open by a killed check: for so long the topic's later records would stay hidden.</summary>
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(10);

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
    /// <exception cref="KafkaException">Refused, or no answer in time.</exception>
    public void WriteAndAbort(string topic, byte[] key, byte[] value, TimeSpan limit)
    {
        using IProducer<byte[]?, byte[]?> producer = Build(OpenLimit);
        long started = TimeProvider.System.GetTimestamp();
        TimeSpan Left()
        {
            TimeSpan left = limit - TimeProvider.System.GetElapsedTime(started);
            return left > Slice ? left : Slice;
        }

        producer.InitTransactions(Left());
        producer.BeginTransaction();
        Error? delivery = null;
        try
        {
            producer.Produce(topic, new Message<byte[]?, byte[]?> { Key = key, Value = value }, report => delivery = report.Error);
            while (delivery is null && _cause is null && TimeProvider.System.GetElapsedTime(started) < limit)
            {
                producer.Poll(Slice);
            }
        }
        finally
        {
            Abort(producer, Left());
        }

        if (_cause is { } cause)
        {
            throw new KafkaException(new Error(cause.Contains("authorization", StringComparison.OrdinalIgnoreCase) ? ErrorCode.TopicAuthorizationFailed : ErrorCode.Local_Fail, cause));
        }

        if (delivery is not { IsError: false })
        {
            throw new KafkaException(delivery ?? new Error(ErrorCode.Local_TimedOut, $"no answer for {limit.TotalSeconds} s"));
        }
    }

    /// <summary>A transaction whose record was refused is aborted by a second call where the first is refused too.</summary>
    private static void Abort(IProducer<byte[]?, byte[]?> producer, TimeSpan limit)
    {
        try
        {
            producer.AbortTransaction(limit);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            producer.AbortTransaction(limit);
        }
        catch (KafkaException)
        {
            // The producer is dead; the coordinator aborts. What the record met is the news.
        }
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
