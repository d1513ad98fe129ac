using CanalBridge.Publish;
using CanalBridge.Testing;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CanalBridge.UnitTests.Publish;

/// <summary>Every row of the decision table: where, what, and the reaction.</summary>
public sealed class FaultPolicyTests
{
    [Theory]
    [InlineData(ErrorCode.Local_QueueFull, "RetryCall")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "AbortAndStop")]
    [InlineData(ErrorCode.Local_KeySerialization, "AbortAndStop")]
    [InlineData(ErrorCode.Local_ValueSerialization, "AbortAndStop")]
    [InlineData(ErrorCode.Local_UnknownPartition, "AbortAndRecycle")]
    [InlineData(ErrorCode.UnknownTopicOrPart, "AbortAndRecycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_State, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_Fatal, "AbortAndRecycle")]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    [InlineData(ErrorCode.InvalidProducerEpoch, "Fenced")]
    public void Produce_failure_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Produce, KafkaFailures.Plain(code)).ToString());

    [Fact]
    public void Commit_without_an_answer_is_called_again() =>
        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Retriable()));

    [Theory]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_Inconsistent, "AbortAndRecycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_TimedOut, "AbortAndRecycle")]
    [InlineData(ErrorCode.InvalidProducerIdMapping, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    [InlineData(ErrorCode.ProducerFenced, "Fenced")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidRecord, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidTimestamp, "AbortAndStop")]
    public void Commit_that_requires_an_abort_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Abortable(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_Inconsistent, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_TimedOut, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_MsgTimedOut, "AbortAndRecycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "AbortAndRecycle")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidRecord, "AbortAndStop")]
    [InlineData(ErrorCode.Local_Conflict, "Stop")]
    [InlineData(ErrorCode.Local_PrevInProgress, "Stop")]
    [InlineData(ErrorCode.Unknown, "Stop")]
    public void Commit_that_fails_plainly_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Plain(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    [InlineData(ErrorCode.InvalidTxnState, "Recycle")]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber, "Recycle")]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.ClusterAuthorizationFailed, "Stop")]
    public void Fatal_commit_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Fatal(code)).ToString());

    [Fact]
    public void Abort_without_an_answer_is_called_again() =>
        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Abort, KafkaFailures.Retriable()));

    [Theory]
    [InlineData(ErrorCode.RequestTimedOut, "RetryCall")]
    [InlineData(ErrorCode.Unknown, "RetryCall")]
    [InlineData(ErrorCode.Local_State, "Recycle")]
    [InlineData(ErrorCode.Local_Conflict, "Stop")]
    public void Refused_abort_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Abort, KafkaFailures.Plain(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.InvalidTxnState, "Recycle")]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "Stop")]
    public void Fatal_abort_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Abort, KafkaFailures.Fatal(code)).ToString());

    [Fact]
    public void Fence_waits_for_a_coordinator() =>
        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Fence, KafkaFailures.Retriable()));

    [Theory]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.InvalidTransactionTimeout, "Stop")]
    [InlineData(ErrorCode.Local_UnsupportedFeature, "Stop")]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    public void Fatal_fence_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Fence, KafkaFailures.Fatal(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_Conflict, "Stop")]
    [InlineData(ErrorCode.Local_State, "Stop")]
    public void Begin_in_the_wrong_order_is_a_bug(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Begin, KafkaFailures.Plain(code)).ToString());

    [Fact]
    public void Begin_on_a_dead_producer_is_recycled() =>
        Assert.Equal(Reaction.Recycle, FaultPolicy.Decide(KafkaStep.Begin, KafkaFailures.Fatal(ErrorCode.InvalidTxnState)));

    [Theory]
    [InlineData(ErrorCode.Local_TimedOut, "Recycle")]
    [InlineData(ErrorCode.Local_Transport, "Recycle")]
    [InlineData(ErrorCode.FencedLeaderEpoch, "Recycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.GroupAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.Unknown, "Stop")]
    public void Position_that_cannot_be_read_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.ReadPosition, KafkaFailures.Plain(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_TimedOut, "AbortAndRecycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "AbortAndRecycle")]
    [InlineData(ErrorCode.InvalidReplicationFactor, "AbortAndRecycle")]
    [InlineData(ErrorCode.PolicyViolation, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidConfig, "AbortAndStop")]
    public void Topic_that_cannot_be_created_is_decided(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.PrepareTopic, new CreateTopicsException([new CreateTopicReport { Topic = "t", Error = new Error(code) }])).ToString());

    [Fact]
    public void Anything_unknown_stops() =>
        Assert.All(Enum.GetValues<KafkaStep>(), step => Assert.Equal(Reaction.Stop, FaultPolicy.Decide(step, new InvalidCastException())));
}
