namespace CanalBridge.Kafka;

/// <summary>Something asked of Kafka failed for good: what was attempted, why it failed and what follows.</summary>
internal sealed class KafkaFaultException : Exception
{
    public KafkaFaultException(KafkaStep step, Reaction reaction, string message, Exception? innerException)
        : base(message, innerException)
    {
        Step = step;
        Reaction = reaction;
    }

    /// <summary>Where it failed.</summary>
    public KafkaStep Step { get; }

    /// <summary>What is left to do: recycle, fenced or stop.</summary>
    public Reaction Reaction { get; }
}
