using System.Globalization;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Kafka;

/// <summary>Options to client configurations: the one place that knows librdkafka's settings and why they are what they are.</summary>
internal static class KafkaClientConfig
{
    /// <summary>Size of a producer batch where the topics take it.</summary>
    private const int LargestBatchBytes = 1_000_000;

    /// <summary>How often the client tells the size of its queue, milliseconds.</summary>
    private const int StatisticsInterval = 5000;

    /// <summary>Most messages in the queue, whatever the budget.</summary>
    private const int MostMessages = 500_000;

    /// <summary>Size of the producer's batches: what is set, else as large as every topic takes.</summary>
    public static int BatchBytes(BridgeOptions options, int smallestRecordLimit) =>
        (options.Kafka.ProducerSettings.TryGetValue("batch.size", out string? set) || options.Kafka.Settings.TryGetValue("batch.size", out set)) && int.TryParse(set, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes)
            ? bytes
            : Math.Min(LargestBatchBytes, smallestRecordLimit);

    /// <summary>The transactional producer of a destination.</summary>
    /// <param name="options">All options.</param>
    /// <param name="smallestRecordLimit">Smallest max.message.bytes of the topics: a refused batch is not split by the client, so none may be larger.</param>
    public static ProducerConfig Producer(BridgeOptions options, int smallestRecordLimit)
    {
        var config = new ProducerConfig(Own(options.Kafka))
        {
            TransactionalId = options.TransactionalId,
            TransactionTimeoutMs = (int)options.Kafka.TransactionTimeout.TotalMilliseconds,
            MessageTimeoutMs = (int)options.MessageTimeout.TotalMilliseconds,
            // Above transaction.timeout.ms + 100 the client refuses to start.
            SocketTimeoutMs = (int)Math.Min(10_000, options.Kafka.TransactionTimeout.TotalMilliseconds),
            // Commit flushes in steps of 10 ms that end early only while nobody else takes the delivery reports.
            EnableBackgroundPoll = false,
            // One at a time: where a partition is just getting its leader, the broker may refuse a producer's first batch and take the second, whose sequence it has
            // nothing to compare with. The repeated first is then out of order, which the client takes for a duplicate: its records are gone, and the commit succeeds.
            MaxInFlight = 1,
            EnableDeliveryReports = true,
            DeliveryReportFields = "none",
            LingerMs = 5,
            MessageMaxBytes = options.Kafka.MessageMaxBytes,
            BatchSize = BatchBytes(options, smallestRecordLimit),
            QueueBufferingMaxMessages = QueueMessages(options),
            QueueBufferingMaxKbytes = (int)Math.Min(int.MaxValue, options.Delivery.MemoryBudgetBytes / 1024),
            RetryBackoffMs = 10,
            TopicMetadataPropagationMaxMs = 5000,
            AllowAutoCreateTopics = false,
            StatisticsIntervalMs = StatisticsInterval,
            // Java's partitioner: a key lands where Debezium would have put it.
            Partitioner = Partitioner.Murmur2Random,
            CompressionType = Enum.Parse<CompressionType>(options.Kafka.Compression, ignoreCase: true),
        };

        // The user's word comes after ours, and the producer's own settings after those of all clients.
        Set(config, options.Kafka.Settings);
        Set(config, options.Kafka.ProducerSettings);
        return config;
    }

    /// <summary>Messages that the producer's queue takes.</summary>
    /// <remarks>
    /// queue.buffering.max.kbytes counts values alone: tombstones and small rows could fill the queue with many times the budget in keys, headers and
    /// the client's own structures. So these have the budget as their bound too. The default budget (64 MiB) leaves 83,886 messages with the four
    /// context headers, more than a transaction of the default size (Delivery:GroupMaxRecords, 50,000). The queue never holds more than the open
    /// transaction, so nothing gets slower.
    /// </remarks>
    internal static int QueueMessages(BridgeOptions options) =>
        (int)Math.Min(MostMessages, options.Delivery.MemoryBudgetBytes / (options.Envelope.ContextHeaders ? RecordCost.UsualWithHeaders : RecordCost.Message));

    /// <summary>The consumers' group: nothing is committed under it, but a broker with an authorizer wants the right Describe on it.</summary>
    public static string GroupId(BridgeOptions options) => $"{options.TransactionalId}.reader";

    /// <summary>A short-lived consumer that reads one partition by hand.</summary>
    public static ConsumerConfig Consumer(BridgeOptions options, IsolationLevel isolation) => new(Common(options.Kafka))
    {
        GroupId = GroupId(options),
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,
        IsolationLevel = isolation,
        FetchWaitMaxMs = 10,
        AutoOffsetReset = AutoOffsetReset.Error,
        AllowAutoCreateTopics = false,
    };

    /// <summary>Creates and describes topics.</summary>
    public static AdminClientConfig Admin(BridgeOptions options) => new(Common(options.Kafka)) { AllowAutoCreateTopics = false };

    private static ClientConfig Common(KafkaOptions kafka)
    {
        ClientConfig config = Own(kafka);
        Set(config, kafka.Settings);
        return config;
    }

    /// <summary>What the bridge sets for every client.</summary>
    private static ClientConfig Own(KafkaOptions kafka)
    {
        var config = new ClientConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            SecurityProtocol = Enum.Parse<SecurityProtocol>(kafka.SecurityProtocol.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 1000,
            SocketKeepaliveEnable = true,
            LogConnectionClose = false,
            EnableMetricsPush = false,
        };
        if (kafka.SaslMechanism is { Length: > 0 } mechanism)
        {
            config.Set("sasl.mechanisms", mechanism);
            config.SaslUsername = kafka.SaslUsername;
            config.SaslPassword = kafka.SaslPassword;
        }

        return config;
    }

    private static void Set(ClientConfig config, Dictionary<string, string> settings)
    {
        foreach ((string name, string value) in settings)
        {
            config.Set(name, value);
        }
    }
}
