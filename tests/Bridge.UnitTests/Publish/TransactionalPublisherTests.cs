using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Publish;
using CanalBridge.Serialization.Output;
using CanalBridge.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Publish;

public sealed class TransactionalPublisherTests : IDisposable
{
    private readonly FakeProducer _producer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeWitness _witness = new();
    private readonly RecordBuffer _records = new();
    private readonly TransactionalPublisher _publisher;

    public TransactionalPublisherTests()
    {
        var options = new BridgeOptions();
        options.Canal.Destination = "example";
        options.Topics.Prefix = "p";
        options.Kafka.BootstrapServers = "kafka:9092";
        _publisher = new TransactionalPublisher(_producer, options, _witness, _time, NullLogger.Instance);
        _publisher.ShareHeaders([new("context", [])]);
        "k"u8.CopyTo(_records.GetSpan(1));
        _records.Advance(1);
        "v"u8.CopyTo(_records.GetSpan(1));
        _records.Advance(1);
        _records.Add("p.s.t", new ByteRange(0, 1), new ByteRange(1, 1));
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _records.Dispose();
    }

    [Fact]
    public void Commit_holds_the_records_and_the_position_together()
    {
        SendOne();

        _publisher.Commit(Position, TestContext.Current.CancellationToken);

        Assert.Equal(["p.s.t", "canal-bridge.p.example.positions"], _producer.Committed.Select(r => r.Topic));
        Assert.Equal(0, _producer.Committed[1].Partition);
        Assert.False(_publisher.IsOpen);
    }

    [Fact]
    public void Row_record_carries_the_context_headers_and_the_position_none()
    {
        SendOne();

        _publisher.Commit(Position, TestContext.Current.CancellationToken);

        Assert.Equal(["context"], _producer.Committed[0].HeaderNames);
        Assert.Empty(_producer.Committed[1].HeaderNames);
    }

    [Fact]
    public void Commit_timeout_is_called_again_and_nothing_is_sent_twice()
    {
        _producer.Fail("Commit", KafkaFailures.Retriable(), KafkaFailures.Retriable());
        SendOne();

        _publisher.Commit(Position, TestContext.Current.CancellationToken);

        Assert.Equal(3, _producer.Calls.Count(c => c == "Commit"));
        Assert.Equal(2, _producer.Committed.Count);
    }

    [Fact]
    public void Commit_without_an_answer_for_longer_than_the_transaction_timeout_is_left_to_the_next_producer()
    {
        _producer.Fail("Commit", [.. Enumerable.Range(0, 100).Select(_ => KafkaFailures.Retriable())]);
        _producer.OnCall = call => _time.Advance(call == "Commit" ? TimeSpan.FromSeconds(1.5) : TimeSpan.Zero);
        SendOne();

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Commit(Position, CancellationToken.None));

        Assert.Equal(Reaction.Recycle, fault.Reaction);
        Assert.DoesNotContain("Abort", _producer.Calls);
        Assert.InRange(_producer.Calls.Count(c => c == "Commit"), 20, 22);
    }

    [Fact]
    public void Late_commit_is_a_sign_of_life_each_time_and_told_once()
    {
        _producer.Fail("Commit", KafkaFailures.Retriable(), KafkaFailures.Retriable(), KafkaFailures.Retriable());
        SendOne();

        _publisher.Commit(Position, TestContext.Current.CancellationToken);

        Assert.Equal(3, _witness.Turns);
        Assert.Equal(["Kafka does not confirm the commit: Local_TimedOut."], _witness.Reasons);
    }

    [Fact]
    public void Queue_that_stays_full_is_told_after_a_while()
    {
        _producer.Fail("Produce", [.. Enumerable.Range(0, 7).Select(_ => KafkaFailures.Plain(ErrorCode.Local_QueueFull))]);
        _producer.OnCall = call => _time.Advance(call == "Poll" ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);

        SendOne();

        Assert.Equal(7, _witness.Turns);
        Assert.Contains("Delivery:MemoryBudgetBytes", Assert.Single(_witness.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Full_queue_ends_the_transaction_when_that_has_used_up_its_life()
    {
        _publisher.Begin();
        _time.Advance(TimeSpan.FromSeconds(25));
        _producer.Fail("Produce", [.. Enumerable.Range(0, 100).Select(_ => KafkaFailures.Plain(ErrorCode.Local_QueueFull))]);
        _producer.OnCall = call => _time.Advance(call == "Poll" ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);

        var fault = Assert.Throws<KafkaFaultException>(SendOne);

        Assert.Equal(Reaction.Recycle, fault.Reaction);
        Assert.Equal(6, _producer.Calls.Count(c => c == "Poll"));
    }

    [Fact]
    public void Wait_for_the_fence_is_told()
    {
        _producer.LastError = new Error(ErrorCode.Local_AllBrokersDown, "1/1 brokers are down");
        _producer.Fail("Init", KafkaFailures.Retriable(), KafkaFailures.Retriable());

        _publisher.Fence(TestContext.Current.CancellationToken);

        Assert.Equal((2, 1), (_witness.Turns, _witness.Reasons.Count));
        Assert.Equal("Waiting for Kafka: Local_AllBrokersDown, 1/1 brokers are down.", _witness.Reasons[0]);
    }

    [Fact]
    public void Produce_that_throws_never_lets_a_commit_pass()
    {
        _producer.Fail("Produce", KafkaFailures.Plain(ErrorCode.MsgSizeTooLarge));

        var fault = Assert.Throws<KafkaFaultException>(SendOne);

        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Contains("Abort", _producer.Calls);
        Assert.Contains("record of 2 bytes to p.s.t", fault.Message, StringComparison.Ordinal);
        Assert.Contains("max.message.bytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Full_queue_is_polled_and_the_same_record_sent_again()
    {
        _producer.Fail("Produce", KafkaFailures.Plain(ErrorCode.Local_QueueFull), KafkaFailures.Plain(ErrorCode.Local_QueueFull));

        SendOne();

        Assert.Equal(["Begin", "Produce", "Poll", "Produce", "Poll", "Produce"], _producer.Calls);
    }

    [Fact]
    public void Abort_tells_what_a_failed_produce_hid()
    {
        _producer.Fail("Produce", KafkaFailures.Plain(ErrorCode.Local_Fatal)).Fail("Abort", KafkaFailures.Fatal(ErrorCode.Local_Fenced));

        var fault = Assert.Throws<KafkaFaultException>(SendOne);

        Assert.Equal(Reaction.Fenced, fault.Reaction);
        Assert.Contains("taken over", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_abort_is_called_again_and_then_left_to_the_next_producer()
    {
        _producer.Fail("Abort", [.. Enumerable.Range(0, 5).Select(_ => KafkaFailures.Plain(ErrorCode.Unknown))]);
        SendOne();

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Abort());

        Assert.Equal(Reaction.Recycle, fault.Reaction);
        Assert.Equal(3, _producer.Calls.Count(c => c == "Abort"));
    }

    [Fact]
    public void Stopping_process_asks_for_the_abort_once()
    {
        _producer.Fail("Commit", KafkaFailures.Retriable()).Fail("Produce").Fail("Abort", KafkaFailures.Retriable(), KafkaFailures.Retriable());
        SendOne();

        Assert.Throws<KafkaFaultException>(() => _publisher.Abort(new CancellationToken(canceled: true)));

        Assert.Single(_producer.Calls, call => call == "Abort");
    }

    [Fact]
    public void Fence_waits_for_kafka_and_is_called_again()
    {
        _producer.Fail("Init", KafkaFailures.Retriable(), KafkaFailures.Retriable());

        _publisher.Fence(TestContext.Current.CancellationToken);

        Assert.Equal(["Init", "Poll", "Init", "Poll", "Init"], _producer.Calls);
    }

    [Fact]
    public void Wrong_password_ends_the_wait_for_the_fence()
    {
        _producer.LastError = new Error(ErrorCode.Local_Authentication, "SASL authentication error");
        _producer.Fail("Init", KafkaFailures.Retriable());

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Fence(CancellationToken.None));

        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Contains("the login failed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fence_can_be_cancelled_between_calls()
    {
        using var stop = new CancellationTokenSource();
        _producer.Fail("Init", KafkaFailures.Retriable(), KafkaFailures.Retriable());
        _producer.OnCall = _ => stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => _publisher.Fence(stop.Token));
    }

    private static StoredPosition Position => new() { Destination = "example", Owner = Guid.NewGuid() };

    private void SendOne()
    {
        _publisher.Begin();
        _publisher.Send(_records[0], partitions: 1, CancellationToken.None);
    }
}
