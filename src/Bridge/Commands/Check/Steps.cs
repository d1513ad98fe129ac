namespace CanalBridge.Commands.Check;

/// <summary>Names of the steps, in the order of the report.</summary>
internal static class Steps
{
    public const string
        Options = "options",
        CanalDns = "canal.dns",
        CanalTcp = "canal.tcp",
        CanalGreeting = "canal.greeting",
        CanalLogin = "canal.login",
        CanalDestination = "canal.destination",
        CanalSubscription = "canal.subscription",
        CanalFilter = "canal.filter",
        CanalRow = "canal.row",
        SourceConnection = "source.connection",
        SourceBinlog = "source.binlog",
        SourceTables = "source.tables",
        RegistryConnection = "registry.connection",
        KafkaDns = "kafka.dns",
        KafkaTcp = "kafka.tcp",
        KafkaConnection = "kafka.connection",
        KafkaLogin = "kafka.authentication",
        KafkaBrokers = "kafka.brokers",
        KafkaPosition = "kafka.position",
        KafkaRights = "kafka.acls",
        KafkaTopics = "kafka.topics",
        KafkaTransaction = "kafka.transaction",
        KafkaRecord = "kafka.record";

    public static IReadOnlyList<string> All { get; } =
    [
        Options,
        CanalDns, CanalTcp, CanalGreeting, CanalLogin, CanalDestination, CanalSubscription, CanalFilter, CanalRow,
        SourceConnection, SourceBinlog, SourceTables,
        RegistryConnection,
        KafkaDns, KafkaTcp, KafkaConnection, KafkaLogin, KafkaBrokers, KafkaPosition, KafkaRights, KafkaTopics, KafkaTransaction, KafkaRecord,
    ];
}
