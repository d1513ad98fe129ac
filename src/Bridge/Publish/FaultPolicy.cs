using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CanalBridge.Publish;

/// <summary>Where in the life of a Kafka transaction something failed.</summary>
internal enum KafkaStep
{
    /// <summary>InitTransactions, the fence.</summary>
    Fence,

    /// <summary>Reading the stored position.</summary>
    ReadPosition,

    /// <summary>Creating or describing a topic.</summary>
    PrepareTopic,

    /// <summary>BeginTransaction.</summary>
    Begin,

    /// <summary>Produce, as it returns; a delivery that fails later shows at the commit.</summary>
    Produce,

    /// <summary>CommitTransaction.</summary>
    Commit,

    /// <summary>AbortTransaction.</summary>
    Abort,
}

/// <summary>What to do about a failure.</summary>
internal enum Reaction
{
    /// <summary>The same call again; it resumes. Bounded by the transaction time-out, except at the fence.</summary>
    RetryCall,

    /// <summary>Abort, then <see cref="Recycle"/>.</summary>
    AbortAndRecycle,

    /// <summary>A new producer with the same id, the position read again: it decides what was committed.</summary>
    Recycle,

    /// <summary>Somebody else holds the id now, or the coordinator timed the transaction out. Recycle only if still the owner, else stop.</summary>
    Fenced,

    /// <summary>Abort, then <see cref="Stop"/>: a record that Kafka will never take.</summary>
    AbortAndStop,

    /// <summary>End the process with a non-zero exit code.</summary>
    Stop,
}

/// <summary>Every failure of Kafka to a reaction, in one place.</summary>
/// <remarks>
/// Each row was seen on a real broker or follows from the client's sources; anything unknown stops. Three facts shape it:
/// <see cref="Error.IsFatal"/> is not reliable on Produce; a refused abort is a plain exception that means "call it again";
/// fencing may come in any exception type.
/// </remarks>
internal static class FaultPolicy
{
    /// <summary>Decides.</summary>
    public static Reaction Decide(KafkaStep step, Exception failure) => failure switch
    {
        KafkaException e when IsFenced(e.Error) => Reaction.Fenced,
        CreateTopicsException e => DecideTopic(e.Results.Find(r => r.Error.IsError)?.Error ?? e.Error),
        KafkaException e => step switch
        {
            KafkaStep.Fence => DecideFence(e),
            KafkaStep.ReadPosition => DecideRead(e.Error),
            KafkaStep.PrepareTopic => DecideTopic(e.Error),
            KafkaStep.Begin => e.Error.IsFatal ? DecideFatal(e.Error) : Reaction.Stop,
            KafkaStep.Produce => DecideProduce(e.Error),
            KafkaStep.Commit => DecideCommit(e),
            KafkaStep.Abort => DecideAbort(e),
            _ => Reaction.Stop,
        },
        _ => Reaction.Stop,
    };

    private static Reaction DecideFence(KafkaException e) =>
        e is KafkaRetriableException && !e.Error.IsFatal ? Reaction.RetryCall : Reaction.Stop;

    private static Reaction DecideProduce(Error error) => error.Code switch
    {
        ErrorCode.Local_QueueFull => Reaction.RetryCall,

        // The record was not taken and a commit would succeed without it.
        ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.Local_KeySerialization or ErrorCode.Local_ValueSerialization => Reaction.AbortAndStop,

        // The topic changed under us, rights are missing, or the transaction failed in the background.
        ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart
            or ErrorCode.TopicAuthorizationFailed or ErrorCode.Local_State => Reaction.AbortAndRecycle,

        // "Any other code may be the stored fatal one, whatever IsFatal says": the abort tells.
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
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
            or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => Reaction.Stop,
        _ => IsPassing(error.Code) ? Reaction.Recycle : Reaction.Stop,
    };

    private static Reaction DecideTopic(Error error) => error.Code switch
    {
        // Rights may be granted and brokers come back while we wait; each round says what is missing.
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.InvalidReplicationFactor => Reaction.AbortAndRecycle,
        _ => IsPassing(error.Code) ? Reaction.AbortAndRecycle : Reaction.AbortAndStop,
    };

    private static bool IsFenced(Error error) =>
        error.Code is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch;

    private static bool IsPassing(ErrorCode code) => code is
        ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve
        or ErrorCode.Local_WaitCoord or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart
        or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable
        or ErrorCode.NetworkException or ErrorCode.NotController or ErrorCode.OffsetNotAvailable or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress or ErrorCode.KafkaStorageError
        or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.OffsetOutOfRange or ErrorCode.Local_MaxPollExceeded or ErrorCode.Local_Fail;
}
