using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Kafka;

/// <summary>Something asked of Kafka failed for good: what was attempted, why it failed and what follows.</summary>
/// <remarks>Made here alone: what follows is chosen by <see cref="FaultPolicy"/> or beside the text of the fault, and elsewhere only compared.</remarks>
internal sealed class KafkaFaultException : Exception
{
    private KafkaFaultException(KafkaStep step, Reaction reaction, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Step = step;
        Reaction = reaction;
    }

    /// <summary>Where it failed.</summary>
    public KafkaStep Step { get; }

    /// <summary>What is left to do: recycle, fenced or stop.</summary>
    public Reaction Reaction { get; }

    /// <summary>A call of the producer. What remains of the reaction is what follows its abort.</summary>
    /// <param name="options">All options.</param>
    /// <param name="step">Which call.</param>
    /// <param name="attempt">How the call was going.</param>
    /// <param name="cause">Its failure.</param>
    /// <param name="attempted">What was attempted, as in <c>did not …</c>.</param>
    /// <param name="said">What the client has said beside it.</param>
    public static KafkaFaultException OfCall(
        BridgeOptions options, KafkaStep step, in Attempt attempt, KafkaException cause, string attempted, in ClientWords said)
    {
        Reaction reaction = FaultPolicy.AfterAbort(FaultPolicy.Decide(step, cause, attempt));
        return new(step, reaction, KafkaFaultText.OfCall(options, reaction, cause, attempted, said), cause);
    }

    /// <summary>What was committed last cannot be read.</summary>
    public static KafkaFaultException OfRead(string topic, KafkaException cause) => new(
        KafkaStep.ReadPosition,
        FaultPolicy.Decide(KafkaStep.ReadPosition, cause),
        $"Cannot read what was committed last from {topic}: {cause.Error.Code} ({cause.Error.Reason}).",
        cause);

    /// <summary>What was committed last is none of the bridge's: going on would lose or repeat.</summary>
    /// <param name="message">What was read, and the remedy.</param>
    /// <param name="cause">What is wrong with it.</param>
    public static KafkaFaultException PositionUnreadable(string message, FormatException cause) => new(KafkaStep.ReadPosition, Reaction.Stop, message, cause);

    /// <summary>A topic cannot be looked at, or not be created.</summary>
    public static KafkaFaultException OfTopic(string topic, KafkaException cause)
    {
        Error error = FaultPolicy.CauseOf(cause);
        Reaction reaction = FaultPolicy.Decide(KafkaStep.PrepareTopic, cause);
        return new(KafkaStep.PrepareTopic, reaction, $"Cannot prepare topic {topic}: {error.Code} ({error.Reason}).", cause);
    }

    /// <summary>A topic does not exist and the bridge may not create it: it may be made while we wait.</summary>
    public static KafkaFaultException TopicMissing(string topic) => new(
        KafkaStep.PrepareTopic, Reaction.Recycle, $"Topic {topic} does not exist and Topics:Create is false; create it, or let the bridge do so.");

    /// <summary>A topic takes less than the producer's batches: a new producer has smaller ones.</summary>
    public static KafkaFaultException BatchesTooLarge(in RecordLimit limit, int batchBytes) => new(
        KafkaStep.PrepareTopic, Reaction.Recycle, KafkaFaultText.OfBatches(limit, batchBytes));

    /// <summary>The same, but the size is the user's own: a new producer would have it again.</summary>
    public static KafkaFaultException BatchSizeSetTooLarge(in RecordLimit limit, int batchBytes) => new(
        KafkaStep.PrepareTopic,
        Reaction.Stop,
        $"{KafkaFaultText.OfBatches(limit, batchBytes)} Lower Kafka:ProducerSettings:batch.size, or raise the topic's max.message.bytes.");

    /// <summary>A client could not be made although its settings are right: no thread, no memory, no file descriptor is left.</summary>
    /// <param name="step">What it was to be made for.</param>
    /// <param name="cause">The library's words.</param>
    public static KafkaFaultException ClientNotMade(KafkaStep step, Exception cause) => new(
        step, Reaction.RecycleInDoubt, $"No Kafka client could be made ({cause.Message}). Are threads, memory or file descriptors used up?", cause);

    /// <summary>Another process owns the destination.</summary>
    /// <param name="options">All options.</param>
    /// <param name="step">Where that showed.</param>
    /// <param name="cause">The call that was refused; null where the owner's name has told it.</param>
    public static KafkaFaultException TakenOver(BridgeOptions options, KafkaStep step, Exception? cause) => new(
        step,
        Reaction.Fenced,
        $"Another process has taken over destination {options.Canal.Destination} (transactional id {options.TransactionalId}); "
        + "this one has stopped writing and acknowledging, and nothing is lost.",
        cause);

    /// <summary>The coordinator ended our transaction by its time-out, and nobody else has taken the id.</summary>
    /// <param name="options">All options.</param>
    /// <param name="fault">The call that was refused.</param>
    public static KafkaFaultException OutlivedTimeout(BridgeOptions options, KafkaFaultException fault) => new(
        fault.Step,
        Reaction.Recycle,
        $"The transaction of destination {options.Canal.Destination} outlived Kafka:TransactionTimeout ({options.Kafka.TransactionTimeout:c}); "
        + "nobody else has taken over. The process or a broker was frozen, or work inside the transaction took that long: "
        + "definitions asked of the source, schemas of the registry, a queue that stays full.",
        fault);
}
