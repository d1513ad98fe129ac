using System.Text;
using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Testing;
using Confluent.Kafka;

namespace CanalBridge.UnitTests.Kafka;

/// <summary>What the bridge says of Kafka's failures, and that librdkafka still says what it is read for.</summary>
public sealed class KafkaFaultTextTests
{
    private static readonly BridgeOptions Options = new() { Canal = { Destination = "example" }, Topics = { Prefix = "p" } };

    /// <summary>These texts are no promise of the client's: a new version of its library may word them otherwise.</summary>
    [Theory]
    [InlineData(KafkaFaultText.SeeReports)]
    [InlineData(KafkaFaultText.MessagesTimedOut)]
    [InlineData(KafkaFaultText.FailedDelivery)]
    [InlineData(KafkaFaultText.MessageTooLarge)]
    public void Client_library_holds_the_text(string text)
    {
        string library = Directory.EnumerateFiles(AppContext.BaseDirectory, "librdkafka.so", SearchOption.AllDirectories)
            .First(static file => file.Contains("linux-x64", StringComparison.Ordinal));

        Assert.True(File.ReadAllBytes(library).AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) > 0, $"\"{text}\" is not in {library}");
    }

    [Theory]
    [InlineData(ErrorCode.Local_MsgTimedOut, "Local: Message timed out", null)]
    [InlineData(ErrorCode.Local_Inconsistent, "3 message(s) failed delivery (see individual delivery reports)", null)]
    [InlineData(ErrorCode.Local_TimedOut, "Local: Timed out", "Current transaction failed: 3 message(s) timed out on p.s.t [0]")]
    public void Records_that_no_broker_took_are_named_as_such(ErrorCode code, string reason, string? log)
    {
        string text = Of(new KafkaTxnRequiresAbortException(new Error(code, reason)), new ClientWords(null, log));

        Assert.Contains("the brokers took no record for longer than Kafka:MessageTimeout (00:00:20)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("individual delivery reports", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_login_is_the_cause_whatever_the_call_says() =>
        Assert.Equal(
            "Kafka did not commit the transaction for destination example: Local_TimedOut (Local: Timed out); the login failed: bad password.",
            Of(KafkaFailures.Retriable(), new ClientWords(new Error(ErrorCode.Local_Authentication, "bad password"), null)));

    [Fact]
    public void Cause_from_the_clients_log_is_told_where_the_call_does_not_tell_it()
    {
        KafkaException failure = KafkaFailures.Abortable(ErrorCode.Local_Inconsistent);

        Assert.Contains("cause in the client's log: topic gone", Of(failure, new ClientWords(null, "topic gone")), StringComparison.Ordinal);
        Assert.DoesNotContain("cause in the client's log", Of(failure, new ClientWords(null, $"said: {failure.Error.Reason}")), StringComparison.Ordinal);
    }

    private static string Of(KafkaException failure, in ClientWords said) =>
        KafkaFaultText.OfCall(Options, Reaction.Recycle, failure, "commit the transaction", said);
}
