using CanalBridge.Kafka;

namespace CanalBridge.UnitTests.Kafka;

public sealed class OwnTopicRulesTests
{
    [Theory]
    [InlineData("compact", "604800000", "-1", null)]
    [InlineData("compact,delete", "-1", "-1", null)]
    [InlineData("delete", "604800000", "-1", "its records are deleted (retention.ms=604800000), and a destination that is quiet for so long loses its position")]
    [InlineData("compact, delete", "1000", "-1", "its records are deleted (retention.ms=1000), and a destination that is quiet for so long loses its position")]
    [InlineData("delete", "-1", "1048576", "its records are deleted (retention.bytes=1048576), and a destination that is quiet for so long loses its position")]
    [InlineData("delete", "-1", "-1", "it grows without end")]
    [InlineData("delete", null, null, "its records are deleted (retention.ms=unknown), and a destination that is quiet for so long loses its position")]
    [InlineData("", null, null, "it grows without end")]
    public void Topic_that_is_not_compacted_alone_loses_what_it_holds_or_grows(string policy, string? age, string? bytes, string? consequence) =>
        Assert.Equal(consequence, OwnTopicRules.Consequence("position", policy, age, bytes));
}
