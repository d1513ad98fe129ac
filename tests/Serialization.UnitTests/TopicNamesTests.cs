using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("bridge", ".", "shop", "orders", "bridge.shop.orders")]
    [InlineData("bridge", "-", "shop", "orders", "bridge-shop-orders")]
    [InlineData("bridge", ".", "my db", "a.b", "bridge.my_db.a.b")]
    [InlineData("bridge", ".", "Größe", "\U0001F642", "bridge.Gr__e.__")]
    [InlineData("bridge", ".", "shop", "", "bridge.shop")]
    [InlineData(".", "/", "", "", "_")]
    [InlineData("..", ".", "", "", "__")]
    public void Characters_that_a_topic_cannot_hold_are_replaced(string prefix, string delimiter, string schema, string table, string topic) =>
        Assert.Equal(topic, TopicNames.ForTable(prefix, delimiter, schema, table));

    [Fact]
    public void Name_is_cut_at_249_characters() => Assert.Equal(249, TopicNames.ForTable("bridge", ".", new string('a', 64), new string('b', 300)).Length);
}
