using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Testing;
using Confluent.Kafka;

namespace CanalBridge.UnitTests.Kafka;

/// <summary>What follows the faults that are made by name.</summary>
public sealed class KafkaFaultExceptionTests
{
    private static readonly BridgeOptions Options = new() { Canal = { Destination = "example" }, Topics = { Prefix = "p" } };

    [Fact]
    public void Reaction_of_a_fault_made_by_name_is_its_own()
    {
        var limit = new RecordLimit(9_000, "p.s.t");

        Assert.Equal(Reaction.Recycle, KafkaFaultException.TopicMissing("p.s.t").Reaction);
        Assert.Equal(Reaction.Recycle, KafkaFaultException.BatchesTooLarge(limit, 1_000_000).Reaction);
        Assert.Equal(Reaction.Stop, KafkaFaultException.BatchSizeSetTooLarge(limit, 1_000_000).Reaction);
        Assert.Equal(Reaction.Stop, KafkaFaultException.PositionUnreadable("no position", new FormatException()).Reaction);
        Assert.Equal(Reaction.Fenced, KafkaFaultException.TakenOver(Options, KafkaStep.Commit, cause: null).Reaction);
        Assert.Equal(Reaction.RecycleInDoubt, KafkaFaultException.ClientNotMade(KafkaStep.Fence, new InvalidOperationException("no thread")).Reaction);
    }

    [Fact]
    public void What_is_left_of_a_failed_call_follows_its_abort()
    {
        KafkaFaultException fault = KafkaFaultException.OfCall(
            Options, KafkaStep.Commit, default, KafkaFailures.Abortable(ErrorCode.Local_Inconsistent), "commit the transaction", default);

        Assert.Equal((KafkaStep.Commit, Reaction.Recycle), (fault.Step, fault.Reaction));
    }

    [Fact]
    public void Time_out_of_the_coordinator_is_put_down_to_long_work_as_well()
    {
        KafkaFaultException fault = KafkaFaultException.OutlivedTimeout(Options, KafkaFaultException.TakenOver(Options, KafkaStep.Commit, cause: null));

        Assert.Equal((KafkaStep.Commit, Reaction.Recycle), (fault.Step, fault.Reaction));
        Assert.Contains("outlived Kafka:TransactionTimeout (00:00:30)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("frozen", fault.Message, StringComparison.Ordinal);
        Assert.Contains("definitions asked of the source", fault.Message, StringComparison.Ordinal);
    }
}
