namespace CanalBridge.Options;

/// <summary>All options; each property is a section of the configuration.</summary>
internal sealed class BridgeOptions
{
    public CanalOptions Canal { get; set; } = new();

    public SourceOptions Source { get; set; } = new();

    public KafkaOptions Kafka { get; set; } = new();

    public TopicOptions Topics { get; set; } = new();

    public DeliveryOptions Delivery { get; set; } = new();

    public EnvelopeOptions Envelope { get; set; } = new();

    public RegistryOptions Registry { get; set; } = new();

    public HttpOptions Http { get; set; } = new();

    public string TransactionalId => Kafka.TransactionalId ?? $"canal-bridge.{Topics.Prefix}.{Canal.Destination}";

    public string PositionTopic => Kafka.PositionTopic ?? $"{TransactionalId}.positions";

    public string TablesTopic => Kafka.TablesTopic ?? $"{TransactionalId}.tables";

    public string TransactionTopic => $"{Topics.Prefix}{Topics.Delimiter}{Envelope.TopicTransaction}";

    public string HeartbeatTopic => $"{Envelope.TopicHeartbeatPrefix}{Topics.Delimiter}{Topics.Prefix}";

    /// <summary>Topics whose records are no rows: no table may share one.</summary>
    public IReadOnlyList<string> OwnTopics =>
    [
        PositionTopic,
        TablesTopic,
        .. Envelope.IncludeSchemaChanges && EnvelopeFormats.Find(Envelope.Format) is { TellsSchemaChanges: true } ? [Topics.Prefix!] : Array.Empty<string>(),
        .. Envelope.ProvideTransactionMetadata ? [TransactionTopic] : Array.Empty<string>(),
        .. Envelope.HeartbeatInterval > TimeSpan.Zero ? [HeartbeatTopic] : Array.Empty<string>(),
    ];

    public TimeSpan MessageTimeout => Kafka.MessageTimeout ?? Kafka.TransactionTimeout * 2 / 3;
}
