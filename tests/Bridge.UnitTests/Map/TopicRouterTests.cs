using CanalBridge.Map;
using CanalBridge.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace CanalBridge.UnitTests.Map;

public sealed class TopicRouterTests
{
    private readonly FakeLogCollector _logs = new();

    [Fact]
    public void Topic_is_prefix_schema_and_table() =>
        Assert.Equal("p.shop.items", Router().TopicOf("shop", "items"));

    [Fact]
    public void Delimiter_stands_between_the_parts() =>
        Assert.Equal("p-shop-items", Router(delimiter: "-").TopicOf("shop", "items"));

    [Theory]
    [InlineData("my shop", "a/b", "p.my_shop.a_b")]
    [InlineData("shop", "größe", "p.shop.gr__e")]
    [InlineData("shop", "order$2024", "p.shop.order_2024")]
    [InlineData("shop", "v1.items-old_x", "p.shop.v1.items-old_x")]
    public void What_a_topic_name_cannot_hold_is_replaced(string schema, string table, string topic) =>
        Assert.Equal(topic, Router().TopicOf(schema, table));

    [Fact]
    public void Two_tables_that_share_a_topic_are_reported_with_both_names()
    {
        TopicRouter router = Router();
        router.TopicOf("shop", "a b");

        router.TopicOf("shop", "a/b");

        FakeLogRecord line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((3004, LogLevel.Warning), (line.Id.Id, line.Level));
        Assert.Contains("shop.a b and shop.a/b share topic p.shop.a_b", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_two_databases_that_share_a_topic_are_reported()
    {
        TopicRouter router = Router();
        router.TopicOf("shop one", "items");

        router.TopicOf("shop_one", "items");

        Assert.Single(_logs.GetSnapshot());
    }

    [Fact]
    public void The_same_table_twice_is_not_reported()
    {
        TopicRouter router = Router();
        router.TopicOf("shop", "a b");

        router.TopicOf("shop", "a b");

        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void Tables_with_topics_of_their_own_are_not_reported()
    {
        TopicRouter router = Router();

        router.TopicOf("shop", "items");
        router.TopicOf("shop", "Items");
        router.TopicOf("depot", "items");

        Assert.Empty(_logs.GetSnapshot());
    }

    private TopicRouter Router(string delimiter = ".") => new(new TopicOptions { Prefix = "p", Delimiter = delimiter }, new FakeLogger(_logs));
}
