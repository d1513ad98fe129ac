namespace CanalBridge.Kafka;

/// <summary>How a call that failed is going.</summary>
/// <param name="IsOver">The transaction has lasted longer than Kafka:TransactionTimeout, or the process is to end now.</param>
/// <param name="Refusals">Answers that refused the call at once, this one included; at the fence, refused logins, which no call reports.</param>
/// <param name="RefusedFor">Time since the first refused login of this fence.</param>
/// <param name="HasFenced">A producer of this process has fenced before, so the login is right.</param>
/// <param name="HidesTooLarge">The client's log says that something was too large, which the call does not tell.</param>
/// <param name="IsBatchOnly">No record of the transaction is too large for the topics, and no batch was refused at this place before.</param>
internal readonly record struct Attempt(
    bool IsOver = false, int Refusals = 0, TimeSpan RefusedFor = default, bool HasFenced = false, bool HidesTooLarge = false, bool IsBatchOnly = false);
