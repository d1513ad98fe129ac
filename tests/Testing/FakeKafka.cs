using System.Text;
using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Positions;

namespace CanalBridge.Testing;

/// <summary>A cluster as the bridge sees it, without a broker: what each producer committed, in order, and the position in it.</summary>
internal sealed class FakeKafka(string positionTopic) : IProducerFactory, ITopicCatalog, IPositionStore
{
    private readonly Lock _sync = new();
    private readonly List<FakeProducer> _producers = [];

    /// <summary>Prepares the n-th producer, counted from 0, before it is handed out.</summary>
    public Action<int, FakeProducer>? OnProducer { get; set; }

    /// <summary>The position topic was deleted.</summary>
    public bool PositionIsLost { get; set; }

    /// <summary>The topic of the definitions was deleted.</summary>
    public bool DefinitionsAreLost { get; set; }

    /// <summary>Called with what is stored when the position is read; its answer is the reader's.</summary>
    public Func<StoredPosition?, StoredPosition?>? OnRead { get; set; }

    public RecordLimit SmallestRecordLimit => RecordLimit.None;

    public int ProducersMade
    {
        get
        {
            lock (_sync)
            {
                return _producers.Count;
            }
        }
    }

    /// <summary>Committed records of the table topics, over all producers.</summary>
    public IReadOnlyList<FakeRecord> Rows => [.. All().Where(r => r.Topic != positionTopic && r.Topic != TablesTopic)];

    /// <summary>Table definitions that were committed and still hold, by key.</summary>
    public IReadOnlyDictionary<string, string> Definitions => All().Where(r => r.Topic == TablesTopic).GroupBy(r => Encoding.UTF8.GetString(r.Key!))
        .Where(g => g.Last().Value is not null).ToDictionary(g => g.Key, g => Encoding.UTF8.GetString(g.Last().Value!));

    private string TablesTopic => positionTopic.Replace(".positions", ".tables", StringComparison.Ordinal);

    public ITransactionalProducer Create(int smallestRecordLimit)
    {
        var producer = new FakeProducer();
        lock (_sync)
        {
            OnProducer?.Invoke(_producers.Count, producer);
            _producers.Add(producer);
        }

        return producer;
    }

    public void PrepareOwnTopics(CancellationToken cancellationToken)
    {
    }

    public IReadOnlyList<int> PrepareTableTopics(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken) =>
        [.. topics.Select(static _ => 1)];

    public StoredPosition? Read(CancellationToken cancellationToken)
    {
        StoredPosition? stored = !PositionIsLost && All().LastOrDefault(r => r.Topic == positionTopic) is { } record ? StoredPosition.Parse(record.Value) : null;
        return OnRead is { } read ? read(stored) : stored;
    }

    public StoredPosition? ReadCommitted(CancellationToken cancellationToken) => Read(cancellationToken);

    public IReadOnlyList<KeptDefinition>? ReadDefinitions(CancellationToken cancellationToken) =>
        DefinitionsAreLost || !All().Exists(r => r.Topic == TablesTopic) ? null : [.. Definitions.Select(d => new KeptDefinition(Encoding.UTF8.GetBytes(d.Key), Encoding.UTF8.GetBytes(d.Value)))];

    private List<FakeRecord> All()
    {
        lock (_sync)
        {
            return [.. _producers.SelectMany(p => p.CommittedSnapshot())];
        }
    }
}
