using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CanalBridge.Kafka;

/// <summary>Every failure of Kafka to a reaction: the one place that decides.</summary>
/// <remarks>
/// Each row was seen on a real broker or follows from the client's sources. What is unknown ends the transaction, never passes: an
/// unknown code at commit, while reading or preparing topics stops the process; at produce it aborts, and at begin, at abort or after
/// a fatal code it recycles, because those codes may hide another one and the position read after a new fence is right whatever it was.
/// What earlier producers went through comes from <see cref="ProducerHistory"/>. Three facts shape the table:
/// <see cref="Error.IsFatal"/> is not reliable on Produce; a refused abort is a plain exception that means "call it again"; fencing may come in any exception type.
/// </remarks>
internal static class FaultPolicy
{
    /// <summary>Refused aborts in a row that still mean "call it again".</summary>
    private const int MostRefusals = 2;

    /// <summary>A wrong password is refused about once a second. One refusal may be a token service, or one broker, that is not there yet.</summary>
    private const int MostLoginRefusals = 2;

    /// <summary>So long a login may be refused at the first fence.</summary>
    private static readonly TimeSpan LoginPatience = TimeSpan.FromSeconds(30);

    /// <summary>Decides, with the bounds on repeating a call.</summary>
    public static Reaction Decide(KafkaStep step, Exception failure, in Attempt attempt)
    {
        if (step == KafkaStep.Fence && IsLoginWrong(attempt))
        {
            return Reaction.Stop;
        }

        Reaction reaction = Decide(step, failure);
        if (IsTooLarge(step, failure, attempt))
        {
            return attempt.IsBatchOnly ? Reaction.AbortAndRecycle : Reaction.AbortAndStop;
        }

        if (reaction != Reaction.RetryCall)
        {
            return reaction;
        }

        bool isOver = attempt.IsOver;
        return step switch
        {
            KafkaStep.Produce => isOver ? Reaction.AbortAndRecycle : Reaction.RetryCall,

            // Only commit is accepted now. Its outcome may stay open for ever; then the position read by the next producer decides.
            KafkaStep.Commit => isOver ? Reaction.Recycle : Reaction.RetryCall,

            // A refused abort works at once when called again; one that waits is waiting for a partition's replicas.
            KafkaStep.Abort => (failure is KafkaRetriableException ? isOver : attempt.Refusals > MostRefusals) ? Reaction.Recycle : Reaction.RetryCall,
            _ => Reaction.RetryCall,
        };
    }

    /// <summary>What is left of a reaction when its abort is done.</summary>
    public static Reaction AfterAbort(Reaction reaction) => reaction switch
    {
        Reaction.AbortAndRecycle => Reaction.Recycle,
        Reaction.AbortAndStop => Reaction.Stop,
        _ => reaction,
    };

    /// <summary>Being fenced ends the process, unless it was the coordinator's time-out: nobody else has taken the id then.</summary>
    public static Reaction AfterFencing(bool outlivedTimeout, bool isStillOwner) => outlivedTimeout && isStillOwner ? Reaction.Recycle : Reaction.Fenced;

    /// <summary>Decides by the failure alone.</summary>
    public static Reaction Decide(KafkaStep step, Exception failure) => failure switch
    {
        KafkaException e when IsFenced(e.Error) => Reaction.Fenced,
        KafkaException e => step switch
        {
            KafkaStep.Fence => DecideFence(e),
            KafkaStep.ReadPosition => DecideRead(e.Error),
            KafkaStep.PrepareTopic => DecideTopic(e),
            KafkaStep.Begin => e.Error.IsFatal ? DecideFatal(e.Error) : Reaction.Recycle,
            KafkaStep.Produce => DecideProduce(e.Error),
            KafkaStep.Commit => DecideCommit(e),
            KafkaStep.Abort => DecideAbort(e),
            _ => Reaction.Stop,
        },
        _ => Reaction.Stop,
    };

    /// <summary>Whether a topic could not be read because it is not there.</summary>
    public static bool IsMissingTopic(Exception? failure) =>
        failure is KafkaException { Error.Code: ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition };

    /// <summary>Whether a topic has refused something as too large: a record, or a batch of records. It shows at the commit, or at a record that is sent after it.</summary>
    /// <remarks>A record that the client itself refuses as too large is no batch: that shows at its own Produce, with its own code.</remarks>
    public static bool IsTooLarge(KafkaStep step, Exception failure, in Attempt attempt) => (step, failure) switch
    {
        (KafkaStep.Commit, KafkaException { Error.Code: ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge }) => true,
        (KafkaStep.Produce, KafkaException { Error.Code: ErrorCode.Local_State }) => attempt.HidesTooLarge,
        _ => false,
    };

    /// <summary>Whether what the client's error handler was told is a refused login, which no call reports.</summary>
    public static bool IsRefusedLogin(Error? error) => error?.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed;

    /// <summary>DESCRIBE_CONFIGS is a right of its own, and not every service knows the call: without its answer the bridge works, with the default limit.</summary>
    public static bool RecordLimitMayStayUnknown(KafkaException failure) => !IsPassing(CauseOf(failure).Code);

    /// <summary>The error that says why: where an admin call asked for several things it lies deeper.</summary>
    public static Error CauseOf(KafkaException failure) => failure switch
    {
        CreateTopicsException e => e.Results.Find(static r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists)?.Error,
        DescribeConfigsException e => e.Results.Find(static r => r.Error.IsError)?.Error,
        _ => null,
    } ?? failure.Error;

    private static bool IsLoginWrong(in Attempt attempt) =>
        !attempt.HasFenced && attempt.Refusals > MostLoginRefusals && attempt.RefusedFor >= LoginPatience;

    private static Reaction DecideFence(KafkaException e) =>
        e is KafkaRetriableException && !e.Error.IsFatal ? Reaction.RetryCall : Reaction.Stop;

    private static Reaction DecideProduce(Error error) => error.Code switch
    {
        ErrorCode.Local_QueueFull => Reaction.RetryCall,

        // The record was not taken and a commit would succeed without it.
        ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.Local_KeySerialization or ErrorCode.Local_ValueSerialization => Reaction.AbortAndStop,

        // Any other code may be the stored fatal one, whatever IsFatal says: the abort tells.
        _ => Reaction.AbortAndRecycle,
    };

    private static Reaction DecideCommit(KafkaException e) => e switch
    {
        KafkaRetriableException => Reaction.RetryCall,
        _ when e.Error.IsFatal => DecideFatal(e.Error),
        _ => e.Error.Code switch
        {
            // Records that the topic refuses, now and at every repetition.
            ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp
                or ErrorCode.InvalidMsgSize or ErrorCode.RecordListTooLarge or ErrorCode.PolicyViolation => Reaction.AbortAndStop,
            ErrorCode.Local_Conflict or ErrorCode.Local_PrevInProgress => Reaction.Stop,
            _ when e is KafkaTxnRequiresAbortException => Reaction.AbortAndRecycle,
            ErrorCode.Local_Inconsistent or ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut or ErrorCode.TopicAuthorizationFailed
                or ErrorCode.Local_State => Reaction.AbortAndRecycle,
            _ => Reaction.Stop,
        },
    };

    private static Reaction DecideAbort(KafkaException e) => e switch
    {
        KafkaRetriableException => Reaction.RetryCall,
        _ when e.Error.IsFatal => DecideFatal(e.Error),
        _ => e.Error.Code switch
        {
            ErrorCode.Local_State => Reaction.Recycle,
            ErrorCode.Local_Conflict or ErrorCode.Local_PrevInProgress => Reaction.Stop,
            _ => Reaction.RetryCall,
        },
    };

    /// <summary>The producer is dead and the outcome unknown: the position read after a new fence decides.</summary>
    private static Reaction DecideFatal(Error error) => error.Code switch
    {
        ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TopicAuthorizationFailed
            or ErrorCode.GroupAuthorizationFailed or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => Reaction.Stop,
        ErrorCode.InvalidTransactionTimeout or ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature => Reaction.Stop,
        _ => Reaction.Recycle,
    };

    private static Reaction DecideRead(Error error) => error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => Reaction.Stop,
        var code => DecideLook(code),
    };

    private static Reaction DecideTopic(KafkaException e) => CauseOf(e).Code switch
    {
        // Rights may be granted and brokers come back while we wait; each round says what is missing.
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.InvalidReplicationFactor => Reaction.Recycle,
        var code => DecideLook(code),
    };

    private static Reaction DecideLook(ErrorCode code) => IsPassing(code) ? Reaction.Recycle : IsDoubtful(code) ? Reaction.RecycleInDoubt : Reaction.Stop;

    /// <summary>
    /// Passes where all was well before: a broker's own mishap (UNKNOWN_SERVER_ERROR), a partition that was cut between the question for its end and
    /// the reading, a token that could not be fetched. At a first start it may be a mistake that never passes.
    /// </summary>
    private static bool IsDoubtful(ErrorCode code) =>
        code is ErrorCode.Unknown or ErrorCode.Local_AutoOffsetReset or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed;

    private static bool IsFenced(Error error) =>
        error.Code is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch;

    private static bool IsPassing(ErrorCode code) => code is
        ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve
        or ErrorCode.Local_DestroyBroker or ErrorCode.Local_Outdated or ErrorCode.Local_WaitCoord or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart
        or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable
        or ErrorCode.NetworkException or ErrorCode.NotController or ErrorCode.OffsetNotAvailable or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress or ErrorCode.KafkaStorageError
        or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.OffsetOutOfRange or ErrorCode.Local_MaxPollExceeded or ErrorCode.Local_Fail;
}
