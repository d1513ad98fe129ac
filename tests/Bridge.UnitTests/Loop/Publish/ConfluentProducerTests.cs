using CanalBridge.Loop.Publish;
using CanalBridge.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.UnitTests.Loop.Publish;

public sealed class ConfluentProducerTests
{
    [Theory]
    [InlineData("""{ "name": "rdkafka#producer-1", "client_id":"x", "msg_cnt":2, "msg_size":4711, "msg_max": 500000, "brokers":{} }""", 4711)]
    [InlineData("""{"msg_size": 12}""", 12)]
    [InlineData("""{"brokers":{}}""", 0)]
    [InlineData("", 0)]
    public void Size_of_the_queue_is_read_from_the_statistics(string statistics, long expected) =>
        Assert.Equal(expected, ConfluentProducer.QueuedBytesOf(statistics));

    [Fact]
    public async Task Real_client_tells_what_waits_in_its_queue()
    {
        using var producer = new ConfluentProducer(
            new ProducerConfig { BootstrapServers = $"127.0.0.1:{FreePort.Next()}", StatisticsIntervalMs = 20, MessageTimeoutMs = 60_000 }, NullLogger.Instance);
        producer.Produce("t", partition: 0, new Message<byte[]?, byte[]?> { Key = [1], Value = new byte[999] });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));

        while (producer.QueuedBytes == 0)
        {
            producer.Poll(TimeSpan.FromMilliseconds(10));
            await Task.Delay(1, limit.Token);
        }

        // Of the values only.
        Assert.Equal(999, producer.QueuedBytes);
    }
}
