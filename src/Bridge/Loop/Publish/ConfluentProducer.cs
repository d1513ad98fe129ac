using System.Globalization;
using CanalBridge.Kafka;
using CanalBridge.Telemetry;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop.Publish;

/// <summary>The real producer: the only type that talks to Confluent.Kafka's transactional API.</summary>
internal sealed class ConfluentProducer : ITransactionalProducer
{
    private const string QueueSize = "\"msg_size\":";
    private const int HeadOfStatistics = 4096;

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly ILogger _logger;
    private volatile Error? _lastError;
    private volatile string? _lastTransactionError;
    private long _lastErrorLogged;
    private long _queuedBytes;

    public ConfluentProducer(ProducerConfig config, ILogger logger)
    {
        _logger = logger;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => OnLog(message))
            .SetStatisticsHandler((_, json) => Volatile.Write(ref _queuedBytes, QueuedBytesOf(json)))
            .Build();
    }

    public Error? LastError => _lastError;

    public string? LastTransactionError => _lastTransactionError;

    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    public void InitTransactions(TimeSpan timeout)
    {
        _producer.InitTransactions(timeout);
        AllIsWell();
    }

    public void BeginTransaction() => _producer.BeginTransaction();

    public void Produce(string topic, int? partition, Message<byte[]?, byte[]?> message)
    {
        if (partition is { } number)
        {
            _producer.Produce(new TopicPartition(topic, number), message);
        }
        else
        {
            _producer.Produce(topic, message);
        }
    }

    public void Poll(TimeSpan timeout) => _producer.Poll(timeout);

    public void CommitTransaction(TimeSpan timeout)
    {
        _producer.CommitTransaction(timeout);
        AllIsWell();
    }

    public void AbortTransaction(TimeSpan timeout) => _producer.AbortTransaction(timeout);

    public void Dispose() => _producer.Dispose();

    /// <summary>Member <c>msg_size</c> of librdkafka's statistics (its STATISTICS.md): bytes of all messages in the producer's queues.</summary>
    internal static long QueuedBytesOf(string statistics)
    {
        // It stands before the brokers and topics, which make the rest as long as there are partitions.
        ReadOnlySpan<char> head = statistics.AsSpan(0, Math.Min(statistics.Length, HeadOfStatistics));
        int at = head.IndexOf(QueueSize, StringComparison.Ordinal);
        if (at < 0)
        {
            return 0;
        }

        ReadOnlySpan<char> number = head[(at + QueueSize.Length)..].TrimStart(' ');
        int end = number.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? number : number[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
    }

    private void AllIsWell()
    {
        _lastError = null;
        _lastTransactionError = null;
    }

    /// <summary>Information only, but for a refused login: Init reports that as a time-out for ever, so only the next refusal replaces it.</summary>
    private void OnError(Error error)
    {
        if (!FaultPolicy.IsRefusedLogin(_lastError) || FaultPolicy.IsRefusedLogin(error))
        {
            _lastError = error;
        }

        // One outage gives about 20 of these a second.
        long now = Environment.TickCount64;
        if (error.IsFatal || now - Interlocked.Read(ref _lastErrorLogged) > 30_000)
        {
            Interlocked.Exchange(ref _lastErrorLogged, now);
            Log.KafkaClientError(_logger, error.Code, error.Reason);
        }
    }

    /// <summary>Runs on the library's threads, locks held: hand over, never call back.</summary>
    private void OnLog(LogMessage message)
    {
        if (message.Facility == "TXNERR")
        {
            _lastTransactionError = message.Message;
        }

        if (message.Level <= SyslogLevel.Warning)
        {
            Log.KafkaClientLog(_logger, message.Facility, message.Message);
        }
    }
}
