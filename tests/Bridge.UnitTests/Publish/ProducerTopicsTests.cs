using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Publish;

namespace CanalBridge.UnitTests.Publish;

public sealed class ProducerTopicsTests
{
    private readonly TableTopics _catalog = new();
    private readonly BridgeOptions _options = new();

    [Fact]
    public void Topic_is_prepared_once_and_its_partitions_are_remembered()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.Partitions = 3;
        Assert.Equal(3, topics.PartitionsOf("p.shop.items"));
        _catalog.Partitions = 9;

        Assert.Equal(3, topics.PartitionsOf("p.shop.items"));

        Assert.Equal(["p.shop.items"], _catalog.Prepared);
    }

    [Fact]
    public void Each_topic_is_prepared()
    {
        var topics = new ProducerTopics(_options, _catalog);

        topics.PartitionsOf("p.shop.items");
        topics.PartitionsOf("p.shop.orders");

        Assert.Equal(["p.shop.items", "p.shop.orders"], _catalog.Prepared);
    }

    [Fact]
    public void Another_producer_prepares_its_topics_again()
    {
        new ProducerTopics(_options, _catalog).PartitionsOf("p.shop.items");

        new ProducerTopics(_options, _catalog).PartitionsOf("p.shop.items");

        Assert.Equal(2, _catalog.Prepared.Count);
    }

    [Fact]
    public void Topic_that_takes_less_than_the_producer_s_batches_recycles_the_producer()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 500_000;

        var fault = Assert.Throws<KafkaFaultException>(() => topics.PartitionsOf("p.shop.items"));

        Assert.Equal((KafkaStep.PrepareTopic, Reaction.Recycle), (fault.Step, fault.Reaction));
        Assert.Equal("Topic p.shop.items takes records of at most 500000 bytes, less than the producer's batches of 1000000.", fault.Message);
    }

    [Fact]
    public void Next_producer_fits_the_smaller_limit()
    {
        _catalog.LimitOfNextTopic = 500_000;
        Assert.Throws<KafkaFaultException>(() => new ProducerTopics(_options, _catalog).PartitionsOf("p.shop.items"));

        var next = new ProducerTopics(_options, _catalog);

        Assert.Equal(500_000, next.SmallestRecordLimit);
        Assert.Equal(1, next.PartitionsOf("p.shop.items"));
    }

    [Fact]
    public void Topic_that_was_refused_is_not_remembered()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 500_000;
        Assert.Throws<KafkaFaultException>(() => topics.PartitionsOf("p.shop.items"));

        Assert.Throws<KafkaFaultException>(() => topics.PartitionsOf("p.shop.items"));
    }

    [Fact]
    public void Topic_that_takes_just_the_producer_s_batches_is_used()
    {
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 1_000_000;

        Assert.Equal(1, topics.PartitionsOf("p.shop.items"));
    }

    [Fact]
    public void Smaller_batches_set_by_the_user_fit_a_smaller_topic()
    {
        _options.Kafka.ProducerSettings["batch.size"] = "100000";
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 100_000;

        Assert.Equal(1, topics.PartitionsOf("p.shop.items"));
    }

    [Fact]
    public void Larger_batches_set_by_the_user_are_held_against_the_topic()
    {
        _options.Kafka.ProducerSettings["batch.size"] = "2000000";
        var topics = new ProducerTopics(_options, _catalog);
        _catalog.LimitOfNextTopic = 1_048_588;

        var fault = Assert.Throws<KafkaFaultException>(() => topics.PartitionsOf("p.shop.items"));

        Assert.Contains("batches of 2000000", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:ProducerSettings:batch.size", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Reaction.Stop, fault.Reaction);
    }

    /// <summary>Finds the smallest record limit while it prepares topics, as the real catalog does.</summary>
    private sealed class TableTopics : ITopicCatalog
    {
        public int Partitions { get; set; } = 1;

        public int LimitOfNextTopic { get; set; } = int.MaxValue;

        public List<string> Prepared { get; } = [];

        public int SmallestRecordLimit { get; private set; } = int.MaxValue;

        public void PrepareOwnTopics() => throw new NotSupportedException();

        public int PrepareTableTopic(string topic, int? partitions = null)
        {
            Prepared.Add(topic);
            SmallestRecordLimit = Math.Min(SmallestRecordLimit, LimitOfNextTopic);
            return Partitions;
        }
    }
}
