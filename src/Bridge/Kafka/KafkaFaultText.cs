using System.Globalization;
using System.Text;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Kafka;

/// <summary>Sentences about what failed in Kafka, and librdkafka's own English where only that tells the cause.</summary>
/// <remarks>The texts of the client stand in its library under these words; a test looks for them there.</remarks>
internal static class KafkaFaultText
{
    /// <summary>Part of an error's text that sends the reader to reports which nobody sees here.</summary>
    internal const string SeeReports = " (see individual delivery reports)";

    /// <summary>Records were not delivered within message.timeout.ms: stands in the client's log.</summary>
    internal const string MessagesTimedOut = "message(s) timed out";

    /// <summary>Records were not delivered: the text of a commit.</summary>
    internal const string FailedDelivery = "failed delivery";

    /// <summary>A broker refused a batch as too large: stands in the client's log.</summary>
    internal const string MessageTooLarge = "Broker: Message size too large";

    private const string BatchTooLarge =
        ". A topic takes less than a batch of records, though no record is too large: its max.message.bytes was lowered. "
        + "The next producer reads it anew and makes smaller batches";

    /// <summary>A call of the producer.</summary>
    /// <param name="options">All options.</param>
    /// <param name="reaction">What follows.</param>
    /// <param name="cause">The failure.</param>
    /// <param name="attempted">What was attempted, as in <c>did not …</c>.</param>
    /// <param name="said">What the client has said beside it.</param>
    public static string OfCall(BridgeOptions options, Reaction reaction, KafkaException cause, string attempted, in ClientWords said)
    {
        string reason = cause.Error.Reason.Replace(SeeReports, "", StringComparison.Ordinal);
        var text = new StringBuilder($"Kafka did not {attempted} for destination {options.Canal.Destination}: {cause.Error.Code} ({reason})");
        if (FaultPolicy.IsRefusedLogin(said.LastError) && said.LastError is { } login)
        {
            text.Append(CultureInfo.InvariantCulture, $"; the login failed: {login.Reason}");
        }
        else if (reaction == Reaction.Fenced)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"; another producer has taken over the transactional id {options.TransactionalId}, or the transaction outlived Kafka:TransactionTimeout");
        }
        else if (said.LastTransactionError is { } last && !last.Contains(cause.Error.Reason, StringComparison.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"; cause in the client's log: {last}");
        }

        if (IsUndelivered(cause.Error, said.LastTransactionError))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"; the brokers took no record for longer than Kafka:MessageTimeout ({options.MessageTimeout:c}): ");
            text.Append("unreachable, overloaded, or a partition is below min.insync.replicas");
        }

        bool isTooLarge = cause.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge;
        if (isTooLarge || (cause.Error.Code == ErrorCode.Local_State && SaysTooLarge(said.LastTransactionError)))
        {
            text.Append(reaction == Reaction.Recycle ? BatchTooLarge : RecordTooLarge(options));
        }

        return text.Append('.').ToString();
    }

    /// <summary>A topic takes less than the producer's batches.</summary>
    public static string OfBatches(in RecordLimit limit, int batchBytes) =>
        $"Topic {limit.Topic} takes records of at most {limit.Bytes} bytes, less than the producer's batches of {batchBytes}.";

    /// <summary>Why a call waits. The calls only say that they timed out; the client's callbacks know more.</summary>
    public static string OfWait(KafkaException e, Error? lastError) => lastError is { } cause ? $"{cause.Code}, {cause.Reason}" : e.Error.Code.ToString();

    /// <summary>Whether the client's log tells of something that was too large.</summary>
    public static bool SaysTooLarge(string? lastTransactionError) => lastTransactionError?.Contains(MessageTooLarge, StringComparison.Ordinal) == true;

    private static string RecordTooLarge(BridgeOptions options) =>
        $". Raise Kafka:MessageMaxBytes (it is {options.Kafka.MessageMaxBytes}), the topic's max.message.bytes and the broker's message.max.bytes, "
        + "or leave the table out with Source:TableExcludeList (a statement: Envelope:IncludeSchemaChanges). Where no record is that large, batches are: "
        + "let the bridge read the topic's limit (the right DescribeConfigs), or set Kafka:ProducerSettings:batch.size to it";

    /// <summary>Whether the brokers took no record for too long.</summary>
    private static bool IsUndelivered(Error error, string? lastTransactionError)
    {
        string said = $"{lastTransactionError}{error.Reason}";
        return error.Code == ErrorCode.Local_MsgTimedOut
            || said.Contains(MessagesTimedOut, StringComparison.Ordinal) || said.Contains(FailedDelivery, StringComparison.Ordinal);
    }
}
