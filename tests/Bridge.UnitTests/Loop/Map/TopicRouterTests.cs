using CanalBridge.Loop.Map;
using CanalBridge.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace CanalBridge.UnitTests.Loop.Map;

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
    public void Table_that_was_dropped_shares_its_topic_with_nobody()
    {
        TopicRouter router = Router();
        router.TopicOf("shop", "a b");
        router.Forget("shop", "a b");

        router.TopicOf("shop", "a/b");

        Assert.Empty(_logs.GetSnapshot());
        router.Forget("shop", null);
        router.TopicOf("shop", "a b");
        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void Third_table_of_a_topic_is_reported_also_when_the_first_was_dropped()
    {
        TopicRouter router = Router();
        router.TopicOf("shop", "a b");
        router.TopicOf("shop", "a/b");
        router.Forget("shop", "a b");

        router.TopicOf("shop", "a?b");

        Assert.Contains("shop.a/b and shop.a?b share", _logs.GetSnapshot()[^1].Message, StringComparison.Ordinal);
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

    [Theory]
    [InlineData(@"shop\.orders_(\d+)", "orders", "shop", "orders_7", "orders")]
    [InlineData(@"shop\.orders_(\d+)", "{prefix}.{schema}.orders", "shop", "ORDERS_7", "p.shop.orders")]
    [InlineData(@"shop_(\w+)\.(.*)", "{prefix}-{2}-{1}", "shop_eu", "items", "p-items-eu")]
    [InlineData(@"shop\.a,shop\.b", "both {table}!", "shop", "b", "both_b_")]
    [InlineData(@"shop\.a", "x", "shop", "ab", "p.shop.ab")]
    public void Route_names_the_topic_of_its_tables(string tables, string topic, string schema, string table, string expected) =>
        Assert.Equal(expected, Routed(("r", tables, topic, null)).TopicOf(schema, table));

    [Fact]
    public void Route_to_a_topic_of_the_bridge_itself_is_refused_at_its_first_table()
    {
        var options = new TopicOptions { Prefix = "p", Routes = { ["r"] = new RouteOptions { Tables = ".*", Topic = "p.{table}" } } };
        var router = new TopicRouter(options, new FakeLogger(_logs), ["p.transaction"]);

        var refusal = Assert.Throws<OptionsValidationException>(() => router.TopicOf("shop", "transaction"));

        Assert.Contains("shop.transaction would go to p.transaction by Topics:Routes:r", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Route_that_leaves_nothing_of_a_name_is_passed_over() =>
        Assert.Equal("p.shop.items", Routed(("r", @"shop\.items(.*)", "{1}", null)).TopicOf("shop", "items"));

    [Fact]
    public void What_belongs_to_no_table_is_not_routed() => Assert.Equal("p", Routed(("r", ".*", "all", null)).TopicOf("", ""));

    [Fact]
    public void First_route_by_name_that_matches_decides() =>
        Assert.Equal("first", Routed(("b", ".*", "second", null), ("a", @"shop\..*", "first", null)).TopicOf("shop", "items"));

    [Fact]
    public void Partitions_of_a_route_are_those_of_its_topics_alone()
    {
        TopicRouter router = Routed(("r", @"shop\.items", "{prefix}.{table}", 12));

        string routed = router.TopicOf("shop", "items"), usual = router.TopicOf("shop", "orders");

        Assert.Equal((12, null), (router.PartitionsOf(routed), router.PartitionsOf(usual)));
    }

    [Fact]
    public void Tables_that_a_route_sends_to_one_topic_are_told_with_the_route()
    {
        TopicRouter router = Routed(("r", ".*", "all", null));
        router.TopicOf("shop", "a");

        router.TopicOf("shop", "b");

        FakeLogRecord line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((3013, LogLevel.Warning), (line.Id.Id, line.Level));
    }

    private TopicRouter Routed(params (string Name, string Tables, string Topic, int? Partitions)[] routes)
    {
        var options = new TopicOptions { Prefix = "p" };
        foreach ((string name, string tables, string topic, int? partitions) in routes)
        {
            options.Routes[name] = new RouteOptions { Tables = tables, Topic = topic, Partitions = partitions };
        }

        return new TopicRouter(options, new FakeLogger(_logs));
    }

    private TopicRouter Router(string delimiter = ".") => new(new TopicOptions { Prefix = "p", Delimiter = delimiter }, new FakeLogger(_logs));
}
