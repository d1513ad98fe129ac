using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using Confluent.Kafka;

namespace CanalBridge.Commands.Demo;

/// <summary>librdkafka's mock cluster: a broker inside this process. It lives and dies with the client that starts it.</summary>
/// <remarks>
/// It shows what the bridge writes, and proves nothing about transactions: its readers see aborted records and a second writer
/// fences nobody. It creates a topic when it is first asked for, always with four partitions.
/// </remarks>
internal sealed class StandInKafka : ITopicCatalog, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly IProducer<byte[], byte[]> _cluster;
    private readonly IAdminClient _admin;
    private readonly Action<string, int> _onTableTopic;

    private readonly string[] _ownTopics;

    /// <param name="ownTopics">Names of the topics with position and table definitions.</param>
    /// <param name="onTableTopic">Told of each table topic and its number of partitions.</param>
    public StandInKafka(string[] ownTopics, Action<string, int> onTableTopic)
    {
        _ownTopics = ownTopics;
        _onTableTopic = onTableTopic;
        var config = new ProducerConfig { BootstrapServers = "stand-in" };
        config.Set("test.mock.num.brokers", "1");
        _cluster = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        _admin = new DependentAdminClientBuilder(_cluster.Handle).Build();
        BootstrapServers = string.Join(',', _admin.GetMetadata(Timeout).Brokers.Select(b => $"{b.Host}:{b.Port}"));
    }

    /// <summary>Address on loopback.</summary>
    public string BootstrapServers { get; }

    /// <inheritdoc />
    public RecordLimit SmallestRecordLimit => RecordLimit.None;

    /// <inheritdoc />
    public void PrepareOwnTopics(CancellationToken cancellationToken) => Array.ForEach(_ownTopics, topic => Create(topic, cancellationToken));

    /// <inheritdoc />
    public IReadOnlyList<int> PrepareTableTopics(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken) =>
    [
        .. topics.Select(t =>
        {
            int created = Create(t.Topic, cancellationToken);
            _onTableTopic(t.Topic, created);
            return created;
        }),
    ];

    /// <inheritdoc />
    public void Dispose()
    {
        _admin.Dispose();
        _cluster.Dispose();
    }

    private int Create(string topic, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TopicMetadata found = _admin.GetMetadata(topic, Timeout).Topics[0];
            if (found.Error.Code == ErrorCode.NoError && found.Partitions.Count > 0)
            {
                return found.Partitions.Count;
            }
        }
    }
}
