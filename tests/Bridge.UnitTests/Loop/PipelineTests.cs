using Canal.Client;
using CanalBridge.Kafka;
using CanalBridge.Loop;
using CanalBridge.Loop.Fetch;
using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Loop.Settle;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Telemetry;
using CanalBridge.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Loop;

/// <summary>What comes after what, and when, by a clock that stands still until it is moved.</summary>
public sealed class PipelineTests : IAsyncDisposable
{
    private const string File = "mysql-bin.000003";

    private static readonly TimeSpan GroupInterval = TimeSpan.FromMilliseconds(100), AckInterval = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly FakeProducer _producer = new();
    private readonly FakeBatchSource _source;
    private readonly FakeKafka _kafka = new("positions");
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly EntrySerializer _serializer;
    private readonly TransactionalPublisher _publisher;
    private readonly BridgeOptions _options = new()
    {
        Canal = { Destination = "example", IdleWait = TimeSpan.FromSeconds(1) },
        Kafka = { BootstrapServers = "fake" },
        Topics = { Prefix = "p" },
        Source = { Kind = SourceKind.MySql },
        Delivery = { GroupInterval = GroupInterval, AckInterval = AckInterval },
    };

    private Task? _running;

    public PipelineTests()
    {
        _source = new FakeBatchSource(_time);
        _serializer = SerializerFactory.Create(_options, Guid.Empty, new TopicRouter(_options.Topics, NullLogger.Instance), source: null);
        var witness = new DestinationWitness("example", Guid.Empty, _time, NullLogger.Instance);
        _publisher = new TransactionalPublisher(_producer, _options, int.MaxValue, new ProducerHistory(), witness.Metrics, witness, _time, NullLogger.Instance);
        Start = () =>
        {
            var claimed = new StoredPosition { Destination = "example", Owner = Guid.Empty };
            var mapper = new BatchMapper(
                "example", Guid.Empty, _serializer, new ReplayFilter(claimed, 0, SourceKind.MySql, serverIdMayChange: false), witness.Metrics, _time, NullLogger.Instance);
            var publisher = new BatchPublisher(_options.Delivery, _publisher, new ProducerTopics(_options, _kafka), static _ => null, claimed, witness, _time);
            var settler = new BatchSettler("example", _source.AckAsync, NullLogger.Instance);
            var pipeline = new Pipeline(_options, _source, new SessionFaults(_time), mapper, publisher, settler, witness, _time);
            _running = Task.Run(() => pipeline.RunAsync(_stop.Token));
        };
    }

    private Action Start { get; }

    private int Commits => _producer.Calls.ToArray().Count(static call => call == "Commit");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await (_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _publisher.Dispose();
        _serializer.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Batches_are_committed_together_when_the_oldest_is_as_old_as_the_group_interval_and_then_acknowledged()
    {
        Start();
        _source.Offer(EntryBuilder.Insert(File, 100, 1));
        await UntilSentAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(60));
        _source.Offer(EntryBuilder.Insert(File, 200, 2));
        await UntilSentAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Equal((0, 1), (Commits, _source.Calls.Length));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await UntilAsync(() => _source.Calls is ["connect", "ack 1", "ack 2"]);
        Assert.Equal(1, Commits);
        Assert.Equal(3, _producer.CommittedSnapshot().Length);
    }

    [Fact]
    public async Task Rows_are_committed_though_the_server_keeps_silent_and_acknowledged_when_they_are()
    {
        _source.IsSilent = true;
        Start();
        _source.Offer(EntryBuilder.Insert(File, 100, 1));
        await UntilSentAsync(1);

        await UntilAdvancedAsync(() => _source.Calls is ["connect", "ack 1"], GroupInterval);

        Assert.Equal(1, Commits);
    }

    [Fact]
    public async Task Batch_without_records_waits_for_the_ack_interval()
    {
        Start();
        _source.Offer(EntryBuilder.Entry(File, 100, Canal.Client.Protocol.EntryType.Transactionend, Google.Protobuf.ByteString.Empty));
        await UntilAsync(() => _source.IsResting);
        _time.Advance(AckInterval - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, Commits);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await UntilAsync(() => _source.Calls is ["connect", "ack 1"]);
        Assert.Single(_producer.CommittedSnapshot());
    }

    [Fact]
    public async Task Session_that_ends_leaves_its_batches_without_ack_and_commits_what_was_sent()
    {
        Start();
        _source.Offer(EntryBuilder.Insert(File, 100, 1));
        await UntilSentAsync(1);

        _source.Fail(new CanalConnectionException("cut"));

        await UntilAsync(() => Commits == 1);
        await UntilAdvancedAsync(() => _source.Calls is ["connect", "connect"], TimeSpan.FromMilliseconds(10));
        Assert.Equal(2, _producer.CommittedSnapshot().Length);
    }

    [Fact]
    public async Task Owner_that_waits_for_canal_writes_its_position_every_five_seconds()
    {
        _source.Connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Start();

        await UntilAdvancedAsync(() => Commits == 2, TimeSpan.FromSeconds(1));

        TimeSpan passed = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        Assert.True(passed >= 2 * BatchPublisher.OwnerInterval, $"after {passed}");
        Assert.Empty(_source.Calls);
    }

    [Fact]
    public async Task Owner_to_whom_nothing_comes_writes_its_position_too()
    {
        Start();

        await UntilAdvancedAsync(() => Commits == 1, TimeSpan.FromSeconds(1));

        Assert.True(_time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(1_700_000_000) >= BatchPublisher.OwnerInterval);
        Assert.Single(_producer.CommittedSnapshot());
    }

    [Fact]
    public async Task Stop_commits_what_was_sent_and_acknowledges_it()
    {
        Start();
        _source.Offer(EntryBuilder.Insert(File, 100, 1));
        await UntilSentAsync(1);

        await _stop.CancelAsync();

        await _running!;
        Assert.Equal(["connect", "ack 1"], _source.Calls);
        Assert.Equal(1, Commits);
    }

    [Fact]
    public async Task Heartbeat_has_a_transaction_of_its_own_where_nothing_else_is_sent()
    {
        _options.Envelope.HeartbeatInterval = TimeSpan.FromSeconds(2);
        Start();

        await UntilAdvancedAsync(() => Commits == 1, TimeSpan.FromSeconds(1));

        Assert.Equal([_options.HeartbeatTopic, _options.PositionTopic], _producer.CommittedSnapshot().Select(static record => record.Topic));
    }

    /// <summary>So many records were sent, and the loop waits for more.</summary>
    private Task UntilSentAsync(int records) =>
        UntilAsync(() => _source.IsResting && _producer.Calls.ToArray().Count(static call => call == "Produce") == records);

    private async Task UntilAdvancedAsync(Func<bool> condition, TimeSpan step) => await UntilAsync(() =>
    {
        bool isMet = condition();
        if (!isMet)
        {
            _time.Advance(step);
        }

        return isMet;
    });

    private async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition() && !_running!.IsFaulted)
        {
            await Task.Delay(5, limit.Token);
        }

        Assert.True(condition(), _running!.Exception?.ToString());
    }
}
