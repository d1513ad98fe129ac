using Confluent.Kafka;

namespace CanalBridge.Kafka;

/// <summary>What the client has said beside a failed call: the calls often say only that they timed out.</summary>
/// <param name="LastError">What its error handler was told last; null for nothing.</param>
/// <param name="LastTransactionError">Last cause in its log (facility TXNERR); null for none.</param>
internal readonly record struct ClientWords(Error? LastError, string? LastTransactionError);
