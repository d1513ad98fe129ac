using CanalBridge.Kafka;
using CanalBridge.Options;

namespace CanalBridge.UnitTests.Kafka;

public sealed class KafkaClientConfigTests
{
    private readonly BridgeOptions _options = new() { Canal = { Destination = "shop" }, Kafka = { BootstrapServers = "kafka:9092" }, Topics = { Prefix = "p" } };

    [Fact]
    public void No_second_request_is_sent_to_a_broker_before_the_first_is_answered() =>
        Assert.Equal(1, KafkaClientConfig.Producer(_options, int.MaxValue).MaxInFlight);

    [Fact]
    public void Setting_of_all_clients_comes_after_the_bridges_own_value()
    {
        _options.Kafka.Settings["linger.ms"] = "77";

        Assert.Equal(77, KafkaClientConfig.Producer(_options, int.MaxValue).LingerMs);
    }

    [Fact]
    public void Setting_of_the_producer_comes_after_that_of_all_clients()
    {
        _options.Kafka.Settings["linger.ms"] = "77";
        _options.Kafka.ProducerSettings["linger.ms"] = "78";

        Assert.Equal(78, KafkaClientConfig.Producer(_options, int.MaxValue).LingerMs);
    }

    [Theory]
    [InlineData(null, int.MaxValue, 1_000_000)]
    [InlineData(null, 5000, 5000)]
    [InlineData("2000", 5000, 2000)]
    public void Batches_are_as_large_as_set_else_as_every_topic_takes(string? set, int smallestRecordLimit, int expected)
    {
        if (set is not null)
        {
            _options.Kafka.Settings["batch.size"] = set;
        }

        Assert.Equal(expected, KafkaClientConfig.BatchBytes(_options, smallestRecordLimit));
        Assert.Equal(expected, KafkaClientConfig.Producer(_options, smallestRecordLimit).BatchSize);
    }

    [Theory]
    [InlineData(64, true, 83_886)]
    [InlineData(64, false, 239_674)]
    [InlineData(8, true, 10_485)]
    [InlineData(4096, true, 500_000)]
    public void Messages_in_the_queue_are_bounded_by_the_budget_as_well(int megabytes, bool contextHeaders, int expected)
    {
        var options = new BridgeOptions { Delivery = { MemoryBudgetBytes = megabytes * 1024L * 1024 }, Envelope = { ContextHeaders = contextHeaders } };

        Assert.Equal(expected, KafkaClientConfig.QueueMessages(options));
    }

    [Fact]
    public void Transaction_of_the_default_size_fits_into_the_default_queue()
    {
        var options = new BridgeOptions();

        Assert.True(KafkaClientConfig.QueueMessages(options) > options.Delivery.GroupMaxRecords);
    }
}
