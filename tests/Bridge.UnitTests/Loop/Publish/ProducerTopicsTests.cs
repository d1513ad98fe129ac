using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;

namespace CanalBridge.UnitTests.Loop.Publish;

public sealed class ProducerTopicsTests
{
    private readonly TableTopics _catalog = new();
    private readonly BridgeOptions _options = new();

    [Fact]
    public void Topic_is_prepared_once_and_its_partitions_are_remembered()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.Partitions = 3;
        Assert.Equal(3, PartitionsOf(topics, "p.shop.items"));
        _catalog.Partitions = 9;

        Assert.Equal(3, PartitionsOf(topics, "p.shop.items"));

        Assert.Equal(["p.shop.items"], _catalog.Prepared);
    }

    [Fact]
    public void Each_topic_is_prepared()
    {
        var topics = new ProducerTopics(_options, _catalog);

        PartitionsOf(topics, "p.shop.items");
        PartitionsOf(topics, "p.shop.orders");

        Assert.Equal(["p.shop.items", "p.shop.orders"], _catalog.Prepared);
    }

    [Fact]
    public void Another_producer_prepares_its_topics_again()
    {
        PartitionsOf(new ProducerTopics(_options, _catalog), "p.shop.items");

        PartitionsOf(new ProducerTopics(_options, _catalog), "p.shop.items");

        Assert.Equal(2, _catalog.Prepared.Count);
    }

    [Fact]
    public void Topic_that_takes_less_than_the_producer_s_batches_recycles_the_producer()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 500_000;

        var fault = Assert.Throws<KafkaFaultException>(() => PartitionsOf(topics, "p.shop.items"));

        Assert.Equal((KafkaStep.PrepareTopic, Reaction.Recycle), (fault.Step, fault.Reaction));
        Assert.Equal("Topic p.shop.items takes records of at most 500000 bytes, less than the producer's batches of 1000000.", fault.Message);
    }

    [Fact]
    public void Next_producer_fits_the_smaller_limit()
    {
        _catalog.LimitOfNextTopic = 500_000;
        Assert.Throws<KafkaFaultException>(() => PartitionsOf(new ProducerTopics(_options, _catalog), "p.shop.items"));

        var next = new ProducerTopics(_options, _catalog);

        Assert.Equal(500_000, next.SmallestRecordLimit);
        Assert.Equal(1, PartitionsOf(next, "p.shop.items"));
    }

    [Fact]
    public void Topic_that_was_refused_is_not_remembered()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 500_000;
        Assert.Throws<KafkaFaultException>(() => PartitionsOf(topics, "p.shop.items"));

        Assert.Throws<KafkaFaultException>(() => PartitionsOf(topics, "p.shop.items"));
    }

    [Fact]
    public void Topic_that_takes_just_the_producer_s_batches_is_used()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 1_000_000;

        Assert.Equal(1, PartitionsOf(topics, "p.shop.items"));
    }

    [Fact]
    public void Smaller_batches_set_by_the_user_fit_a_smaller_topic()
    {
        _options.Kafka.ProducerSettings["batch.size"] = "100000";
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 100_000;

        Assert.Equal(1, PartitionsOf(topics, "p.shop.items"));
    }

    [Fact]
    public void Larger_batches_set_by_the_user_are_held_against_the_topic()
    {
        _options.Kafka.ProducerSettings["batch.size"] = "2000000";
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 1_048_588;

        var fault = Assert.Throws<KafkaFaultException>(() => PartitionsOf(topics, "p.shop.items"));

        Assert.Contains("batches of 2000000", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:ProducerSettings:batch.size", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Reaction.Stop, fault.Reaction);
    }

    [Fact]
    public void Topics_of_a_batch_are_prepared_in_one_go_and_each_once()
    {
        var topics = new ProducerTopics(_options, _catalog);
        PartitionsOf(topics, "p.shop.items");

        topics.Prepare([("p.shop.items", null), ("p.shop.orders", 6), ("p.shop.carts", null), ("p.shop.orders", 6)], CancellationToken.None);

        Assert.Equal(2, _catalog.Calls);
        Assert.Equal(["p.shop.items", "p.shop.orders", "p.shop.carts"], _catalog.Prepared);
        Assert.Equal([null, 6, null], _catalog.Wanted);
    }

    [Fact]
    public void What_was_prepared_is_known_and_costs_nothing_more()
    {
        var topics = new ProducerTopics(_options, _catalog);
        Assert.False(topics.IsKnown("p.shop.items"));

        topics.Prepare([("p.shop.items", null)], CancellationToken.None);
        topics.Prepare([("p.shop.items", null)], CancellationToken.None);

        Assert.True(topics.IsKnown("p.shop.items"));
        Assert.Equal(1, PartitionsOf(topics, "p.shop.items"));
        Assert.Equal(1, _catalog.Calls);
    }

    [Fact]
    public void Topic_of_a_batch_that_takes_too_little_is_named_and_none_of_them_is_known()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.Limits["p.shop.orders"] = 9_000;

        var fault = Assert.Throws<KafkaFaultException>(() => topics.Prepare([("p.shop.items", null), ("p.shop.orders", null)], CancellationToken.None));

        Assert.Contains("Topic p.shop.orders takes records of at most 9000 bytes", fault.Message, StringComparison.Ordinal);
        Assert.False(topics.IsKnown("p.shop.items"));
    }

    [Fact]
    public void Topics_of_a_source_that_makes_tables_for_ever_are_forgotten_in_the_end()
    {
        var topics = new ProducerTopics(_options, _catalog);
        topics.Prepare([.. Enumerable.Range(0, 25_000).Select(i => ($"p.shop.day{i}", (int?)null))], CancellationToken.None);

        Assert.False(topics.IsKnown("p.shop.day0"));
        Assert.True(topics.IsKnown("p.shop.day24999"));
        Assert.Equal(1, PartitionsOf(topics, "p.shop.day0"));
    }

    private static int PartitionsOf(ProducerTopics topics, string topic) => topics.PartitionsOf(topic, created: null, CancellationToken.None);

    /// <summary>Finds the smallest record limit while it prepares topics, as the real catalog does.</summary>
    private sealed class TableTopics : ITopicCatalog
    {
        public int Partitions { get; set; } = 1;

        public int LimitOfNextTopic { get; set; } = int.MaxValue;

        public Dictionary<string, int> Limits { get; } = [];

        public int Calls { get; private set; }

        public List<string> Prepared { get; } = [];

        public List<int?> Wanted { get; } = [];

        public RecordLimit SmallestRecordLimit { get; private set; } = RecordLimit.None;

        public void PrepareOwnTopics(CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<int> PrepareTableTopics(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken)
        {
            Calls++;
            Wanted.AddRange(topics.Select(static t => t.Partitions));
            foreach ((string topic, _) in topics)
            {
                Prepared.Add(topic);
                int limit = Limits.GetValueOrDefault(topic, LimitOfNextTopic);
                SmallestRecordLimit = limit < SmallestRecordLimit.Bytes ? new RecordLimit(limit, topic) : SmallestRecordLimit;
            }

            return [.. topics.Select(_ => Partitions)];
        }
    }
}
