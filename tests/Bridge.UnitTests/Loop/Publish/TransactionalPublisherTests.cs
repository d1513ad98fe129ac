using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using CanalBridge.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Loop.Publish;

public sealed class TransactionalPublisherTests : IDisposable
{
    private const int RecordLimit = 1000;

    private readonly FakeProducer _producer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeWitness _witness = new();
    private readonly ProducerHistory _history = new();
    private readonly RecordBuffer _records = new();
    private readonly TransactionalPublisher _publisher;

    public TransactionalPublisherTests()
    {
        var options = new BridgeOptions();
        options.Canal.Destination = "example";
        options.Topics.Prefix = "p";
        options.Kafka.BootstrapServers = "kafka:9092";
        _publisher = new TransactionalPublisher(_producer, options, RecordLimit, _history, new BridgeMetrics("example"), _witness, _time, NullLogger.Instance);
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
    public void Wrong_password_ends_the_wait_for_the_first_fence_after_half_a_minute()
    {
        RefuseLogins(times: 100);

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Fence(CancellationToken.None));

        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Contains("the login failed", fault.Message, StringComparison.Ordinal);
        Assert.InRange((_time.GetUtcNow() - _time.Start).TotalSeconds, 30, 33);
    }

    [Fact]
    public void Login_that_is_refused_once_does_not_end_the_first_fence()
    {
        _producer.LastError = new Error(ErrorCode.Local_Authentication, "token not fetched");
        _producer.Fail("Init", [.. Enumerable.Range(0, 40).Select(_ => KafkaFailures.Retriable())]);
        _producer.OnCall = call => _time.Advance(call == "Init" ? TimeSpan.FromSeconds(1.5) : TimeSpan.Zero);

        _publisher.Fence(CancellationToken.None);

        Assert.Equal(41, _producer.Calls.Count(c => c == "Init"));
    }

    [Fact]
    public void Refused_login_does_not_end_a_process_that_has_fenced_before()
    {
        _publisher.Fence(CancellationToken.None);
        RefuseLogins(times: 100);

        _publisher.Fence(CancellationToken.None);

        Assert.Equal(102, _producer.Calls.Count(c => c == "Init"));
        Assert.StartsWith("Waiting for Kafka: Local_Authentication", _witness.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_refused_though_no_record_is_too_large_is_left_to_a_new_producer()
    {
        _producer.Fail("Commit", KafkaFailures.Abortable(ErrorCode.MsgSizeTooLarge));
        SendOne();

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Commit(Position, CancellationToken.None));

        Assert.Equal(Reaction.Recycle, fault.Reaction);
        Assert.Contains("Abort", _producer.Calls);
        Assert.Contains("its max.message.bytes was lowered", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Source:TableExcludeList", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_refused_while_records_are_still_sent_is_known_by_the_clients_log()
    {
        SendOne();
        _producer.LastTransactionError = "ProduceRequest for p.s.t [0] with 35 message(s) failed: Broker: Message size too large";
        _producer.Fail("Produce", KafkaFailures.Plain(ErrorCode.Local_State), KafkaFailures.Plain(ErrorCode.Local_State));

        var first = Assert.Throws<KafkaFaultException>(SendOne);
        var second = Assert.Throws<KafkaFaultException>(SendOne);

        Assert.Equal((Reaction.Recycle, Reaction.Stop), (first.Reaction, second.Reaction));
        Assert.Contains("its max.message.bytes was lowered", first.Message, StringComparison.Ordinal);
        Assert.Contains("batch.size", second.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_refused_again_at_the_same_place_stops()
    {
        _publisher.Begin();
        _publisher.Commit(Position, CancellationToken.None);
        _producer.Fail("Commit", KafkaFailures.Abortable(ErrorCode.MsgSizeTooLarge));
        SendOne();
        Assert.Throws<KafkaFaultException>(() => _publisher.Commit(Position, CancellationToken.None));
        _publisher.Begin();
        _publisher.Commit(Position, CancellationToken.None);
        _producer.Fail("Commit", KafkaFailures.Abortable(ErrorCode.MsgSizeTooLarge));
        SendOne();

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Commit(Position, CancellationToken.None));

        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Contains("batch.size", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_refused_at_a_later_place_is_left_to_a_new_producer_again()
    {
        foreach (int offset in (int[])[100, 200])
        {
            _publisher.Begin();
            _publisher.Commit(Position with { Binlog = new("mysql-bin.000001", offset) }, CancellationToken.None);
            _producer.Fail("Commit", KafkaFailures.Abortable(ErrorCode.MsgSizeTooLarge));
            SendOne();

            var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Commit(Position, CancellationToken.None));

            Assert.Equal(Reaction.Recycle, fault.Reaction);
        }
    }

    [Fact]
    public void Record_larger_than_its_topic_takes_stops_at_once()
    {
        new byte[RecordLimit].CopyTo(_records.GetSpan(RecordLimit));
        int start = _records.LengthBytes;
        _records.Advance(RecordLimit);
        _records.Add("p.s.t", new ByteRange(0, 1), new ByteRange(start, RecordLimit));
        _producer.Fail("Commit", KafkaFailures.Abortable(ErrorCode.MsgSizeTooLarge));
        _publisher.Begin();
        _publisher.Send(_records[1], partitions: 1, CancellationToken.None);

        var fault = Assert.Throws<KafkaFaultException>(() => _publisher.Commit(Position, CancellationToken.None));

        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Contains("the largest record of the transaction has 1008 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Source:TableExcludeList", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_costs_its_bytes_its_headers_and_what_the_client_keeps_beside_them()
    {
        _publisher.Begin();

        long cost = _publisher.Send(_records[0], partitions: 1, CancellationToken.None);

        Assert.Equal(RecordCost.Message + 2 + RecordCost.HeaderList + RecordCost.Header + "context".Length, cost);
    }

    [Fact]
    public void Tombstone_costs_too()
    {
        _records.Add("p.s.t", new ByteRange(0, 1), ByteRange.Null);
        _publisher.Begin();

        Assert.True(_publisher.Send(_records[1], partitions: 1, CancellationToken.None) > RecordCost.Message);
    }

    [Fact]
    public void Record_for_every_partition_costs_once_for_each()
    {
        _records.Add("p.s.t", new ByteRange(0, 1), new ByteRange(1, 1), placement: RecordPlacement.EveryPartition);
        _publisher.Begin();
        long one = _publisher.Send(_records[0], partitions: 1, CancellationToken.None);

        long all = _publisher.Send(_records[1], partitions: 3, CancellationToken.None);

        Assert.Equal(3 * one, all);
    }

    [Fact]
    public void Begin_that_fails_is_left_to_a_new_producer()
    {
        _producer.Fail("Begin", KafkaFailures.Plain(ErrorCode.Local_State));

        var fault = Assert.Throws<KafkaFaultException>(_publisher.Begin);

        Assert.Equal((KafkaStep.Begin, Reaction.Recycle), (fault.Step, fault.Reaction));
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

    /// <summary>Each try to fence lasts one and a half seconds, and the error handler is told of a refused login in it.</summary>
    private void RefuseLogins(int times)
    {
        _producer.Fail("Init", [.. Enumerable.Range(0, times).Select(_ => KafkaFailures.Retriable())]);
        _producer.OnCall = call =>
        {
            if (call == "Init")
            {
                _time.Advance(TimeSpan.FromSeconds(1.5));
                _producer.LastError = new Error(ErrorCode.Local_Authentication, "SASL authentication error");
            }
        };
    }

    private void SendOne()
    {
        _publisher.Begin();
        _publisher.Send(_records[0], partitions: 1, CancellationToken.None);
    }
}
