using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Testing;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CanalBridge.UnitTests.Kafka;

/// <summary>Every row of the decision table: where, what, and the reaction.</summary>
public sealed class FaultPolicyTests
{
    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed, true)]
    [InlineData(ErrorCode.UnsupportedVersion, true)]
    [InlineData(ErrorCode.Local_TimedOut, false)]
    [InlineData(ErrorCode.NetworkException, false)]
    public void Record_limit_stays_unknown_only_where_asking_again_would_not_help(ErrorCode code, bool expected)
    {
        var failure = new DescribeConfigsException([new DescribeConfigsReport { Error = new Error(code) }]);

        Assert.Equal(expected, FaultPolicy.RecordLimitMayStayUnknown(failure));
    }

    private static Attempt Within => default;
    private static readonly Attempt Beyond = new(IsOver: true);

    [Theory]
    [InlineData(ErrorCode.Local_QueueFull, "RetryCall")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidMsgSize, "AbortAndStop")]
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
    public void Produce_waits_for_the_queue_stops_for_a_record_that_is_never_taken_and_else_aborts(ErrorCode code, string reaction) =>
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
    public void Commit_that_requires_an_abort_gets_it_and_stops_only_for_a_refused_record(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Abortable(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_Inconsistent, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_TimedOut, "AbortAndRecycle")]
    [InlineData(ErrorCode.Local_MsgTimedOut, "AbortAndRecycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "AbortAndRecycle")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidRecord, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidMsg, "AbortAndStop")]
    [InlineData(ErrorCode.InvalidMsgSize, "AbortAndStop")]
    [InlineData(ErrorCode.RecordListTooLarge, "AbortAndStop")]
    [InlineData(ErrorCode.PolicyViolation, "AbortAndStop")]
    [InlineData(ErrorCode.Local_Conflict, "Stop")]
    [InlineData(ErrorCode.Local_PrevInProgress, "Stop")]
    [InlineData(ErrorCode.Unknown, "Stop")]
    public void Commit_that_fails_plainly_stops_unless_an_abort_is_known_to_help(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Plain(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    [InlineData(ErrorCode.InvalidTxnState, "Recycle")]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber, "Recycle")]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.ClusterAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.InvalidTransactionTimeout, "Stop")]
    public void Fatal_commit_recycles_unless_a_right_is_missing(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Fatal(code)).ToString());

    [Fact]
    public void Abort_without_an_answer_is_called_again() =>
        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Abort, KafkaFailures.Retriable()));

    [Theory]
    [InlineData(ErrorCode.RequestTimedOut, "RetryCall")]
    [InlineData(ErrorCode.Unknown, "RetryCall")]
    [InlineData(ErrorCode.Local_State, "Recycle")]
    [InlineData(ErrorCode.Local_Conflict, "Stop")]
    public void Refused_abort_is_called_again_unless_the_state_forbids_it(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Abort, KafkaFailures.Plain(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.InvalidTxnState, "Recycle")]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "Stop")]
    public void Fatal_abort_recycles_unless_a_right_is_missing(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Abort, KafkaFailures.Fatal(code)).ToString());

    [Fact]
    public void Fence_waits_for_a_coordinator() =>
        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Fence, KafkaFailures.Retriable()));

    [Theory]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.InvalidTransactionTimeout, "Stop")]
    [InlineData(ErrorCode.Local_UnsupportedFeature, "Stop")]
    [InlineData(ErrorCode.Local_Fenced, "Fenced")]
    public void Fatal_fence_stops(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Fence, KafkaFailures.Fatal(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_Conflict)]
    [InlineData(ErrorCode.Local_State)]
    [InlineData(ErrorCode.Unknown)]
    public void Begin_that_is_refused_is_recycled(ErrorCode code) =>
        Assert.Equal(Reaction.Recycle, FaultPolicy.Decide(KafkaStep.Begin, KafkaFailures.Plain(code)));

    [Fact]
    public void Begin_on_a_dead_producer_is_recycled() =>
        Assert.Equal(Reaction.Recycle, FaultPolicy.Decide(KafkaStep.Begin, KafkaFailures.Fatal(ErrorCode.InvalidTxnState)));

    [Theory]
    [InlineData(ErrorCode.Local_TimedOut, "Recycle")]
    [InlineData(ErrorCode.Local_Transport, "Recycle")]
    [InlineData(ErrorCode.FencedLeaderEpoch, "Recycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.GroupAuthorizationFailed, "Stop")]
    [InlineData(ErrorCode.Unknown, "RecycleInDoubt")]
    [InlineData(ErrorCode.Local_AutoOffsetReset, "RecycleInDoubt")]
    [InlineData(ErrorCode.Local_Authentication, "RecycleInDoubt")]
    [InlineData(ErrorCode.SaslAuthenticationFailed, "RecycleInDoubt")]
    [InlineData(ErrorCode.UnsupportedVersion, "Stop")]
    [InlineData(ErrorCode.Local_DestroyBroker, "Recycle")] // A broker went away while it was asked.
    public void Position_that_cannot_be_read_is_waited_for_while_the_cause_may_pass(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.ReadPosition, KafkaFailures.Plain(code)).ToString());

    [Theory]
    [InlineData(ErrorCode.Local_TimedOut, "Recycle")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "Recycle")]
    [InlineData(ErrorCode.InvalidReplicationFactor, "Recycle")]
    [InlineData(ErrorCode.Unknown, "RecycleInDoubt")]
    [InlineData(ErrorCode.Local_Authentication, "RecycleInDoubt")]
    [InlineData(ErrorCode.PolicyViolation, "Stop")]
    [InlineData(ErrorCode.InvalidConfig, "Stop")]
    public void Topic_that_cannot_be_created_is_waited_for_while_the_cause_may_pass(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.PrepareTopic, new CreateTopicsException([new CreateTopicReport { Topic = "t", Error = new Error(code) }])).ToString());

    [Fact]
    public void Full_queue_is_waited_for_within_the_transactions_time_out()
    {
        KafkaException full = KafkaFailures.Plain(ErrorCode.Local_QueueFull);

        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Produce, full, Within));
        Assert.Equal(Reaction.AbortAndRecycle, FaultPolicy.Decide(KafkaStep.Produce, full, Beyond));
    }

    [Fact]
    public void Abort_that_is_refused_again_and_again_is_given_up()
    {
        KafkaException refusal = KafkaFailures.Plain(ErrorCode.RequestTimedOut);

        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(KafkaStep.Abort, refusal, Within with { Refusals = 2 }));
        Assert.Equal(Reaction.Recycle, FaultPolicy.Decide(KafkaStep.Abort, refusal, Within with { Refusals = 3 }));
    }

    [Theory]
    [InlineData("Commit")]
    [InlineData("Abort")]
    public void Call_without_an_answer_is_given_up_after_the_transactions_time_out_or_when_the_process_is_to_end(string call)
    {
        KafkaStep step = Enum.Parse<KafkaStep>(call);

        Assert.Equal(Reaction.RetryCall, FaultPolicy.Decide(step, KafkaFailures.Retriable(), Within with { Refusals = 10 }));
        Assert.Equal(Reaction.Recycle, FaultPolicy.Decide(step, KafkaFailures.Retriable(), Beyond));
    }

    [Theory]
    [InlineData(0, 0, false, "RetryCall")]
    [InlineData(1, 60, false, "RetryCall")] // One token that was not fetched, or one broker of three.
    [InlineData(20, 29, false, "RetryCall")]
    [InlineData(3, 30, false, "Stop")]
    [InlineData(100, 3600, true, "RetryCall")]
    public void Fence_waits_without_end_unless_the_first_login_is_refused_again_and_again(int refusals, int seconds, bool hasFenced, string reaction)
    {
        var attempt = new Attempt(IsOver: true, refusals, TimeSpan.FromSeconds(seconds), hasFenced);

        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Fence, KafkaFailures.Retriable(), attempt).ToString());
    }

    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge, "AbortAndRecycle")]
    [InlineData(ErrorCode.RecordListTooLarge, "AbortAndRecycle")]
    [InlineData(ErrorCode.InvalidRecord, "AbortAndStop")]
    public void Batch_that_is_too_large_is_sent_again_in_smaller_ones_where_no_record_is(ErrorCode code, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.Decide(KafkaStep.Commit, KafkaFailures.Abortable(code), Within with { IsBatchOnly = true }).ToString());

    [Fact]
    public void Record_that_produce_refuses_as_too_large_stops_whatever_the_batch() =>
        Assert.Equal(Reaction.AbortAndStop, FaultPolicy.Decide(KafkaStep.Produce, KafkaFailures.Plain(ErrorCode.MsgSizeTooLarge), Within with { IsBatchOnly = true }));

    [Fact]
    public void Cause_of_a_creation_of_several_topics_is_not_one_that_was_there_already()
    {
        var failure = new CreateTopicsException(
        [
            new CreateTopicReport { Topic = "a", Error = new Error(ErrorCode.TopicAlreadyExists) },
            new CreateTopicReport { Topic = "b", Error = new Error(ErrorCode.PolicyViolation) },
        ]);

        Assert.Equal(ErrorCode.PolicyViolation, FaultPolicy.CauseOf(failure).Code);
    }

    [Theory]
    [InlineData(false, false, "Fenced")]
    [InlineData(false, true, "Fenced")]
    [InlineData(true, false, "Fenced")]
    [InlineData(true, true, "Recycle")]
    public void Being_fenced_ends_the_process_unless_it_was_our_own_time_out(bool outlivedTimeout, bool isStillOwner, string reaction) =>
        Assert.Equal(reaction, FaultPolicy.AfterFencing(outlivedTimeout, isStillOwner).ToString());

    [Fact]
    public void After_the_abort_its_second_half_is_left()
    {
        Assert.Equal(Reaction.Recycle, FaultPolicy.AfterAbort(Reaction.AbortAndRecycle));
        Assert.Equal(Reaction.Stop, FaultPolicy.AfterAbort(Reaction.AbortAndStop));
        Assert.Equal(Reaction.Fenced, FaultPolicy.AfterAbort(Reaction.Fenced));
    }

    [Fact]
    public void Failure_of_another_kind_than_Kafkas_stops_at_every_step() =>
        Assert.All(Enum.GetValues<KafkaStep>(), step => Assert.Equal(Reaction.Stop, FaultPolicy.Decide(step, new InvalidCastException())));
}
