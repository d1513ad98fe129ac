using System.Text;
using Canal.Client;
using Canal.Client.Protocol;
using Canal.Client.Testing;
using CanalBridge.Health;
using CanalBridge.Kafka;
using CanalBridge.Loop;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Telemetry;
using CanalBridge.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace CanalBridge.UnitTests.Loop;

/// <summary>The loop between a Canal server on loopback and a fake cluster: what is committed, what is acked, what is repeated.</summary>
public sealed class DestinationTests : IAsyncDisposable
{
    private const string File = "mysql-bin.000003";
    private const int Stopped = 9002, Stopping = 9005, StoppedUnfinished = 9006, StoppedUnread = 9007, SessionLost = 2002, Recovered = 4015, StandsBy = 4025;
    private readonly FakeLogCollector _logs = new();
    private readonly FakeCanalServer _canal = new("example");
    private readonly FakeKafka _kafka = new("canal-bridge.p.example.positions");
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly BridgeOptions _options;

    public DestinationTests() => _options = new BridgeOptions
    {
        Canal = { Endpoints = _canal.Endpoint.ToString(), Destination = "example", IdleWait = TimeSpan.FromMilliseconds(5) },
        Kafka = { BootstrapServers = "fake" },
        Topics = { Prefix = "p" },
        Delivery = { GroupInterval = TimeSpan.FromMilliseconds(1) },
    };

    public async ValueTask DisposeAsync()
    {
        await _canal.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Rows_are_committed_in_order_and_then_acked()
    {
        _canal.Append([EntryBuilder.Insert(File, 100, 1, 2)]);
        _canal.Append([EntryBuilder.Insert(File, 200, 3)]);
        _canal.Complete();

        await RunUntilDrainedAsync();

        Assert.Equal([1, 2, 3], Ids());
        Assert.Equal("mysql-bin.000003:200 row 0 (server id 1, epoch 0)", _kafka.Read(CancellationToken.None)!.ToString());
    }

    [Fact]
    public async Task What_was_committed_but_not_acked_is_not_published_again()
    {
        _canal.Append([EntryBuilder.Insert(File, 100, 1, 2)]);
        _canal.Append([EntryBuilder.Insert(File, 200, 3)]);
        _canal.Complete();
        await RunUntilDrainedAsync();
        await using var again = new FakeCanalServer("example");
        again.Append([EntryBuilder.Insert(File, 100, 1, 2), EntryBuilder.Insert(File, 200, 3), EntryBuilder.Insert(File, 300, 4)]);
        again.Complete();
        _options.Canal.Endpoints = again.Endpoint.ToString();

        await RunUntilDrainedAsync(again);

        Assert.Equal([1, 2, 3, 4], Ids());
    }

    [Fact]
    public async Task Commit_that_requires_an_abort_leaves_the_batch_unacked_and_the_next_producer_publishes_it_once()
    {
        _kafka.OnProducer = (number, producer) => FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_Inconsistent));
        _canal.Append([EntryBuilder.Insert(File, 100, 1, 2)]);
        _canal.Complete();

        await RunUntilDrainedAsync();

        Assert.Equal([1, 2], Ids());
        Assert.Equal(2, _kafka.ProducersMade);
    }

    [Fact]
    public async Task Lost_canal_session_is_opened_again_and_nothing_comes_twice()
    {
        for (int i = 0; i < 50; i++)
        {
            _canal.Append([EntryBuilder.Insert(File, 100 + i, i)]);
        }

        Task running = StartAsync();
        await UntilAsync(() => _kafka.Rows.Count > 0);
        _canal.CutConnections();
        _canal.Complete();
        await FinishAsync(running, _canal);

        Assert.Equal(Enumerable.Range(0, 50), Ids());
        Assert.Equal(1, _kafka.ProducersMade);
    }

    [Fact]
    public async Task Rows_of_a_run_are_all_accounted_for()
    {
        _canal.Append([EntryBuilder.Insert(File, 100, 1, 2)]);
        _canal.Append([EntryBuilder.Insert(File, 200, 3)]);
        _canal.Complete();

        DestinationSnapshot end = await RunUntilDrainedAsync();

        Assert.Equal(new RowBalance(Received: 3, Committed: 3, Filtered: 0, Duplicates: 0, Returned: 0, InFlight: 0), end.Rows);
        Assert.Equal((DestinationState.Stopped, true, 0), (end.State, end.IsOwner, end.UnackedBatches));
    }

    [Fact]
    public async Task Rows_of_an_aborted_transaction_are_returned_and_counted_again_when_they_come_again()
    {
        _kafka.OnProducer = (number, producer) => FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_Inconsistent));
        _canal.Append([EntryBuilder.Insert(File, 100, 1, 2)]);
        _canal.Complete();

        DestinationSnapshot end = await RunUntilDrainedAsync();

        Assert.Equal(new RowBalance(Received: 4, Committed: 2, Filtered: 0, Duplicates: 0, Returned: 2, InFlight: 0), end.Rows);
        Assert.Contains("Local_Inconsistent", end.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_a_table_that_is_left_out_are_filtered()
    {
        _options.Source.TableExcludeList = ".*";
        _canal.Append([EntryBuilder.Insert(File, 100, 1, 2)]);
        _canal.Complete();

        DestinationSnapshot end = await RunUntilDrainedAsync();

        Assert.Equal(new RowBalance(Received: 2, Committed: 0, Filtered: 2, Duplicates: 0, Returned: 0, InFlight: 0), end.Rows);
    }

    [Fact]
    public async Task Process_that_was_replaced_owns_nothing_and_stands_by()
    {
        _kafka.OnProducer = (number, producer) => FailSecondCommit(number, producer, KafkaFailures.Fatal(ErrorCode.Local_Fenced));
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);
        var runner = Destination();

        Task running = Task.Run(() => runner.RunAsync(_stop.Token));

        await UntilAsync(() => runner.Health.Read().State == DestinationState.Standby);
        Assert.False(runner.Health.Read().IsOwner);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Replaced_process_takes_no_producer_and_acknowledges_nothing_while_its_successor_writes()
    {
        _kafka.OnProducer = (number, producer) => FailSecondCommit(number, producer, KafkaFailures.Fatal(ErrorCode.Local_Fenced));
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        await StandByAndStopAsync();

        Assert.Equal(1, _kafka.ProducersMade);
        Assert.Equal(0, _canal.BatchesAcked);
    }

    [Fact]
    public async Task Malformed_entry_ends_the_bridge_before_anything_of_its_batch_is_published()
    {
        _canal.Append([EntryBuilder.Insert(File, 100, 1), [0x0a, 0x7f, 0x01]]);

        await Assert.ThrowsAsync<CanalProtocolException>(StartAsync);

        Assert.Empty(_kafka.Rows);
        Assert.Equal(0, _canal.BatchesAcked);
    }

    [Fact]
    public async Task Value_that_fits_no_type_ends_the_bridge_before_anything_of_its_batch_is_published()
    {
        byte[] entry = EntryBuilder.Insert(File, 100, 1);
        int digit = entry.AsSpan().IndexOf("n1"u8);
        Assert.True(digit > 0);
        Canal.Client.Protocol.Entry parsed = Canal.Client.Protocol.Entry.Parser.ParseFrom(entry);
        Canal.Client.Protocol.RowChange change = Canal.Client.Protocol.RowChange.Parser.ParseFrom(parsed.StoreValue);
        change.RowDatas[0].AfterColumns[0].Value = "no number";
        parsed.StoreValue = Google.Protobuf.MessageExtensions.ToByteString(change);
        _canal.Append([EntryBuilder.Insert(File, 90, 7), Google.Protobuf.MessageExtensions.ToByteArray(parsed)]);

        var refusal = await Assert.ThrowsAsync<CanalBridge.Loop.Map.RowRefusedException>(StartAsync);

        Assert.Contains("mysql-bin.000003:100", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no number", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_kafka.Rows);
    }

    [Fact]
    public async Task Stop_finishes_the_open_transaction_and_acks_it()
    {
        Task running = await StartWithOneRowInAnOpenTransactionAsync();
        await _stop.CancelAsync();
        await running;

        Assert.Equal([1], Ids());
        await UntilAsync(() => _canal.BatchesAcked == 1);
    }

    [Fact]
    public async Task Rows_that_were_sent_become_visible_while_canal_is_away()
    {
        Task running = await StartWithOneRowInAnOpenTransactionAsync();
        _canal.RefusesConnections = true;
        _canal.CutConnections();
        await UntilAsync(() => _kafka.Rows.Count == 1);
        await _stop.CancelAsync();
        await running;

        Assert.Equal([1], Ids());
        Assert.Equal(0, _canal.BatchesAcked);
    }

    [Fact]
    public async Task Rows_that_were_sent_become_visible_while_canal_keeps_silent()
    {
        _options.Canal.ResponseTimeout = TimeSpan.FromMinutes(10);
        Task running = await StartWithOneRowInAnOpenTransactionAsync(groupSeconds: 1);
        _canal.AnswerDelay = TimeSpan.FromMinutes(5);

        await UntilAsync(() => _kafka.Rows.Count == 1);

        await _stop.CancelAsync();
        await running;
        Assert.Equal([1], Ids());
    }

    [Fact]
    public async Task Position_that_vanishes_while_the_process_runs_ends_it()
    {
        _kafka.OnProducer = (number, producer) =>
        {
            FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_TimedOut));
            _kafka.PositionIsLost = number == 1;
        };
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        var fault = await Assert.ThrowsAsync<CanalBridge.Positions.PositionLostException>(StartAsync);

        Assert.Equal(ExitCode.Position, ExitCode.Of(fault));
        Assert.Equal(0, _canal.BatchesAcked);
    }

    [Fact]
    public async Task New_batch_numbers_of_a_restarted_instance_are_stored_even_without_a_row()
    {
        for (int i = 0; i < 5; i++)
        {
            _canal.Append([EntryBuilder.Insert(File, 100 + i, i)]);
        }

        _canal.Complete();
        await RunUntilDrainedAsync();
        long before = _kafka.Read(CancellationToken.None)!.BatchId;
        await using var anew = new FakeCanalServer("example");
        anew.Append([EntryBuilder.Insert(File, 104, 4)]);
        anew.Complete();
        _options.Canal.Endpoints = anew.Endpoint.ToString();

        await RunUntilDrainedAsync(anew);

        Assert.InRange(_kafka.Read(CancellationToken.None)!.BatchId, 1, before - 1);
        Assert.Equal(Enumerable.Range(0, 5), Ids());
    }

    [Fact]
    public async Task Definition_is_committed_before_its_batch_is_acked_even_without_a_row()
    {
        _canal.Append([EntryBuilder.Ddl(File, 50, "CREATE TABLE items (id INT, name VARCHAR(20) NOT NULL DEFAULT 'x', PRIMARY KEY (id))")]);
        _canal.Complete();

        await RunUntilDrainedAsync();

        Assert.Equal("""{"schema":"shop","table":"items"}""", Assert.Single(_kafka.Definitions).Key);
        Assert.Equal("mysql-bin.000003:50 row 0 (server id 1, epoch 0)", _kafka.Read(CancellationToken.None)!.ToString());
    }

    [Fact]
    public async Task Definition_is_known_after_a_restart_and_gone_with_its_table()
    {
        _canal.Append([EntryBuilder.Ddl(File, 50, "CREATE TABLE items (id INT, name VARCHAR(20), PRIMARY KEY (name, id))")]);
        _canal.Complete();
        await RunUntilDrainedAsync();
        await using var again = new FakeCanalServer("example");
        again.Append([EntryBuilder.Ddl(File, 50, "CREATE TABLE items (id INT, name VARCHAR(20), PRIMARY KEY (name, id))"), EntryBuilder.Insert(File, 100, 1), EntryBuilder.Ddl(File, 150, "DROP TABLE items", EventType.Erase)]);
        again.Complete();
        _options.Canal.Endpoints = again.Endpoint.ToString();

        await RunUntilDrainedAsync(again);

        Assert.Equal("""{"name":"n1","id":1}""", Encoding.UTF8.GetString(Assert.Single(_kafka.Rows, static row => row.Topic == "p.shop.items").Key!));
        Assert.Empty(_kafka.Definitions);
    }

    [Fact]
    public async Task Definitions_of_an_earlier_epoch_are_forgotten()
    {
        _canal.Append([EntryBuilder.Ddl(File, 50, "CREATE TABLE items (id INT, name VARCHAR(20), PRIMARY KEY (name, id))")]);
        _canal.Complete();
        await RunUntilDrainedAsync();
        _options.Delivery.Epoch = 1;
        await using var again = new FakeCanalServer("example");
        again.Append([EntryBuilder.Insert(File, 100, 1)]);
        again.Complete();
        _options.Canal.Endpoints = again.Endpoint.ToString();

        await RunUntilDrainedAsync(again);

        Assert.Equal("""{"id":1}""", Encoding.UTF8.GetString(Assert.Single(_kafka.Rows, static row => row.Topic == "p.shop.items").Key!));
        Assert.Empty(_kafka.Definitions);
    }

    [Fact]
    public async Task Position_topic_that_was_deleted_does_not_keep_the_process_asking_for_the_owner()
    {
        _kafka.OnProducer = (number, producer) =>
        {
            FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_TimedOut));
            _kafka.OnRead = number == 1
                ? _ => null
                : stored => stored is null ? null : throw KafkaFaultException.OfRead("positions", KafkaFailures.Plain(ErrorCode.Local_UnknownPartition));
        };
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        await Assert.ThrowsAsync<PositionLostException>(StartAsync);
    }

    [Fact]
    public async Task Definitions_that_vanish_while_the_process_runs_end_it()
    {
        _kafka.OnProducer = (number, producer) =>
        {
            FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_TimedOut), commit: 3);
            _kafka.DefinitionsAreLost = number == 1;
        };
        _canal.Append([EntryBuilder.Ddl(File, 50, "CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(20))")]);
        Task running = StartAsync();
        await UntilAsync(() => _kafka.Definitions.Count == 1);
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        var fault = await Assert.ThrowsAsync<PositionLostException>(() => running);

        Assert.Contains("canal-bridge.p.example.tables", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_that_failed_for_another_reason_does_not_fence_its_successor()
    {
        var successor = Guid.NewGuid();
        _kafka.OnProducer = (number, producer) => FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_TimedOut));
        _kafka.OnRead = stored => stored is null ? null : stored with { Owner = successor };
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        await StandByAndStopAsync();

        Assert.Equal(1, _kafka.ProducersMade);
    }

    [Fact]
    public async Task Stored_epoch_newer_than_ours_ends_the_bridge()
    {
        _options.Delivery.Epoch = 3;
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);
        _canal.Complete();
        await RunUntilDrainedAsync();
        _options.Delivery.Epoch = 2;

        var refusal = await Assert.ThrowsAsync<CanalBridge.Positions.PositionNotComparableException>(StartAsync);

        Assert.Contains("set Delivery:Epoch=3 to go on", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_with_everything_committed_says_so_after_the_line_that_it_was_asked_to()
    {
        Task running = await StartWithOneRowInAnOpenTransactionAsync();
        await _stop.CancelAsync();
        await running;

        Assert.Equal([Stopping, Stopped], Logged(Stopping, Stopped, StoppedUnfinished));
    }

    [Fact]
    public async Task Stop_with_a_queue_that_stays_full_says_that_the_transaction_is_unfinished()
    {
        _options.Delivery.StopGracePeriod = TimeSpan.FromMilliseconds(20);
        FakeProducer producer = null!;
        _kafka.OnProducer = (_, made) =>
        {
            producer = made;
            int produced = 0;

            // The first record is the claim.
            made.OnCall = call =>
            {
                if (call == "Produce" && ++produced > 1)
                {
                    made.Fail("Produce", KafkaFailures.Plain(ErrorCode.Local_QueueFull));
                }
            };
        };
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);
        Task running = StartAsync();
        await UntilAsync(() => producer?.Calls.ToArray().Contains("Poll") == true);

        await _stop.CancelAsync();
        await running;

        Assert.Equal([Stopping, StoppedUnfinished], Logged(Stopping, Stopped, StoppedUnfinished));
        Assert.Empty(_kafka.Rows);
    }

    [Fact]
    public async Task Stop_before_kafka_answered_claims_nothing()
    {
        _kafka.OnProducer = (_, producer) =>
        {
            producer.OnCall = call =>
            {
                if (call == "Init")
                {
                    producer.Fail("Init", KafkaFailures.Retriable());
                    _stop.Cancel();
                }
            };
        };

        await StartAsync();

        Assert.Equal([Stopping, StoppedUnread], Logged(Stopping, Stopped, StoppedUnfinished, StoppedUnread));
    }

    [Fact]
    public async Task Lost_canal_session_is_told_as_recovered_only_when_canal_is_back()
    {
        Task running = await StartWithOneRowInAnOpenTransactionAsync();
        _canal.RefusesConnections = true;
        _canal.CutConnections();
        await UntilAsync(() => _kafka.Rows.Count == 1);
        int[] away = Logged(SessionLost, Recovered);
        _canal.RefusesConnections = false;
        await UntilAsync(() => Logged(Recovered).Length == 1);
        await _stop.CancelAsync();
        await running;

        Assert.Equal([SessionLost], away);
    }

    [Fact]
    public async Task Canal_that_was_never_reached_is_the_last_error()
    {
        _canal.RefusesConnections = true;
        var runner = Destination();
        Task running = Task.Run(() => runner.RunAsync(_stop.Token));

        await UntilAsync(() => runner.Health.Read().LastError is not null);
        DestinationSnapshot health = runner.Health.Read();
        await _stop.CancelAsync();
        await running;

        Assert.Equal(DestinationState.Connecting, health.State);
        Assert.Contains(_canal.Endpoint.ToString(), health.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_while_a_new_producer_is_due_says_that_the_transaction_is_unfinished()
    {
        _kafka.OnProducer = (number, producer) =>
        {
            FailSecondCommit(number, producer, KafkaFailures.Abortable(ErrorCode.Local_Inconsistent));
            if (number == 1)
            {
                producer.OnCall = _ => _stop.Cancel();
            }
        };
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        await StartAsync();

        Assert.Equal([Stopping, StoppedUnfinished], Logged(Stopping, Stopped, StoppedUnfinished));
    }

    [Fact]
    public async Task Process_that_outlived_its_transaction_fences_nobody_before_it_knows_who_owns_the_destination()
    {
        var successor = Guid.NewGuid();
        int asked = 0;
        _options.Kafka.TransactionTimeout = TimeSpan.FromTicks(1);
        _kafka.OnProducer = (number, producer) => FailSecondCommit(number, producer, KafkaFailures.Fatal(ErrorCode.Local_Fenced));
        _kafka.OnRead = stored => stored is null ? null
            : ++asked < 3 ? throw KafkaFaultException.OfRead("positions", KafkaFailures.Plain(ErrorCode.Local_TimedOut))
            : stored with { Owner = successor };
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);

        await StandByAndStopAsync();

        Assert.Equal((1, true), (_kafka.ProducersMade, asked >= 3));
    }

    [Fact]
    public async Task Doubtful_failure_at_the_first_start_is_tried_again()
    {
        int asked = 0;
        _kafka.OnRead = stored => ++asked < 3 ? throw KafkaFaultException.OfRead("positions", KafkaFailures.Plain(ErrorCode.Unknown)) : stored;
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);
        _canal.Complete();

        await RunUntilDrainedAsync();

        Assert.Equal([1], Ids());
        Assert.Equal(3, _kafka.ProducersMade);
    }

    private static void FailSecondCommit(int number, FakeProducer producer, Exception failure, int commit = 2)
    {
        int commits = 0;
        producer.OnCall = call =>
        {
            // The first commit is the claim.
            if (number == 0 && call == "Commit" && ++commits == commit)
            {
                producer.Fail("Commit", failure);
            }
        };
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private async Task<Task> StartWithOneRowInAnOpenTransactionAsync(int groupSeconds = 5)
    {
        _options.Delivery.GroupInterval = TimeSpan.FromSeconds(groupSeconds);
        FakeProducer producer = null!;
        _kafka.OnProducer = (_, made) => producer = made;
        _canal.Append([EntryBuilder.Insert(File, 100, 1)]);
        Task running = StartAsync();

        // The claim is the first record, the row the second.
        await UntilAsync(() => producer?.Calls.ToArray().Count(c => c == "Produce") == 2);
        return running;
    }

    private Task StartAsync() =>
        Task.Run(() => Destination().RunAsync(_stop.Token));

    private async Task StandByAndStopAsync()
    {
        Task running = StartAsync();
        await UntilAsync(() => Logged(StandsBy).Length == 1);
        await _stop.CancelAsync();
        await running;
    }

    private Destination Destination()
    {
        var logger = new FakeLogger(_logs);
        return new Destination(_options, _kafka, _kafka, _kafka, new DestinationWitness("example", Guid.NewGuid(), TimeProvider.System, logger), TimeProvider.System, logger);
    }

    private int[] Logged(params int[] ids) => [.. _logs.GetSnapshot().Select(r => r.Id.Id).Where(ids.Contains)];

    private Task<DestinationSnapshot> RunUntilDrainedAsync() => RunUntilDrainedAsync(_canal);

    private async Task<DestinationSnapshot> RunUntilDrainedAsync(FakeCanalServer canal)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var runner = Destination();
        Task running = Task.Run(() => runner.RunAsync(stop.Token));
        await Task.WhenAny(canal.Drained, running);
        await stop.CancelAsync();
        await running;
        Assert.True(canal.Drained.IsCompleted);
        return runner.Health.Read();
    }

    private async Task FinishAsync(Task running, FakeCanalServer canal)
    {
        await Task.WhenAny(canal.Drained, running);
        await _stop.CancelAsync();
        await running;
    }

    private IEnumerable<int> Ids() => _kafka.Rows.Select(r => int.Parse(
        Encoding.UTF8.GetString(r.Key!).Replace("{\"id\":", "", StringComparison.Ordinal).TrimEnd('}'), System.Globalization.CultureInfo.InvariantCulture));
}
