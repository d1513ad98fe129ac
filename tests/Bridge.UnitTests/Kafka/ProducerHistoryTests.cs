using CanalBridge.Kafka;
using CanalBridge.Testing;
using Confluent.Kafka;

namespace CanalBridge.UnitTests.Kafka;

public sealed class ProducerHistoryTests
{
    private static readonly KafkaFaultException Doubtful = KafkaFaultException.OfRead("positions", KafkaFailures.Plain(ErrorCode.Unknown));

    private readonly ProducerHistory _history = new();

    [Fact]
    public void Doubtful_failure_is_passing_five_times_in_a_row_before_the_first_commit()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.True(_history.MayRecycle(Doubtful));
            _history.Recycled(Doubtful);
        }

        Assert.False(_history.MayRecycle(Doubtful));
    }

    [Fact]
    public void Doubtful_failure_is_passing_once_a_producer_has_committed()
    {
        _history.Committed("here");
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_history.MayRecycle(Doubtful));
            _history.Recycled(Doubtful);
        }
    }

    [Theory]
    [InlineData(ErrorCode.Local_TimedOut, true)]
    [InlineData(ErrorCode.UnsupportedVersion, false)]
    public void Failure_that_passes_is_recycled_and_one_that_does_not_is_not(ErrorCode code, bool expected)
    {
        KafkaFaultException fault = KafkaFaultException.OfRead("positions", KafkaFailures.Plain(code));
        for (int i = 0; i < 10; i++)
        {
            _history.Recycled(fault);
        }

        Assert.Equal(expected, _history.MayRecycle(fault));
        Assert.True(_history.MayRecycle(Doubtful));
    }

    [Fact]
    public void Refused_batch_is_remembered_until_something_is_committed_behind_it()
    {
        Assert.False(_history.BatchWasRefusedHere);

        _history.BatchRefused();
        Assert.True(_history.BatchWasRefusedHere);
        _history.Committed("a");
        Assert.False(_history.BatchWasRefusedHere);

        _history.BatchRefused();
        _history.Committed("a");
        Assert.True(_history.BatchWasRefusedHere);
    }
}
