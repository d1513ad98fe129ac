using Confluent.Kafka;

namespace CanalBridge.Testing;

/// <summary>Failures as the client throws them.</summary>
internal static class KafkaFailures
{
    public static KafkaException Plain(ErrorCode code) => new(new Error(code));

    public static KafkaException Fatal(ErrorCode code) => new(new Error(code, $"fatal {code}", isFatal: true));

    public static KafkaRetriableException Retriable(ErrorCode code = ErrorCode.Local_TimedOut) => new(new Error(code));

    public static KafkaTxnRequiresAbortException Abortable(ErrorCode code) => new(new Error(code));
}
