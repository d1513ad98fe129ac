namespace CanalBridge.Kafka;

/// <summary>How a call that failed is going.</summary>
/// <param name="IsOver">The transaction has lasted longer than Kafka:TransactionTimeout, or the process is to end now.</param>
/// <param name="Refusals">Answers that refused the call at once, this one included.</param>
/// <param name="LoginRefused">The client's error handler was told of a refused login, which no call reports.</param>
internal readonly record struct Attempt(bool IsOver = false, int Refusals = 0, bool LoginRefused = false);
