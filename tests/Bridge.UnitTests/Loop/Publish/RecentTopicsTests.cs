using CanalBridge.Loop.Publish;

namespace CanalBridge.UnitTests.Loop.Publish;

public sealed class RecentTopicsTests
{
    private const int Most = 10_000;

    private readonly RecentTopics<int> _topics = new();

    [Fact]
    public void Topics_met_last_are_remembered_and_memory_does_not_grow()
    {
        for (int i = 0; i < 5 * Most; i++)
        {
            _topics.Set($"t{i}", i);
            Assert.True(_topics.Count <= Most);
        }

        for (int i = (5 * Most) - (Most / 2); i < 5 * Most; i++)
        {
            Assert.True(_topics.TryGet($"t{i}", out int value));
            Assert.Equal(i, value);
        }
    }

    [Fact]
    public void Topic_that_is_met_now_and_then_stays()
    {
        _topics.Set("busy", 7);
        for (int i = 0; i < 5 * Most; i++)
        {
            _topics.Set($"t{i}", i);
            if (i % 1000 == 0)
            {
                Assert.True(_topics.TryGet("busy", out int value));
                Assert.Equal(7, value);
            }
        }
    }

    [Fact]
    public void Forgotten_topic_is_unknown()
    {
        _topics.Set("t", 1);

        Assert.True(_topics.Forget("t"));
        Assert.False(_topics.Forget("t"));
        Assert.False(_topics.TryGet("t", out _));
    }

    [Fact]
    public void Topic_stands_once_with_what_was_set_last()
    {
        _topics.Set("t", 1);
        _topics.Set("t", 2);

        Assert.True(_topics.TryGet("t", out int value));
        Assert.Equal((2, 1), (value, _topics.Count));
    }
}
