using Canal.Client;
using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace CanalBridge.IntegrationTests;

/// <summary>The publisher and the position store on a real broker: what no fake can show.</summary>
public sealed class KafkaBrokerTests(SharedPeers shared)
{
    [Fact]
    public async Task Position_is_found_behind_commits_and_aborts()
    {
        BridgeOptions options = await OptionsAsync();
        using TransactionalPublisher publisher = Fenced(options);
        using IConsumer<string, Ignore> reader = new ConsumerBuilder<string, Ignore>(KafkaClientConfig.Consumer(options, IsolationLevel.ReadUncommitted)).Build();
        reader.Assign(new TopicPartitionOffset(options.PositionTopic, 0, Offset.Beginning));
        var random = new Random(3);
        StoredPosition? last = null;
        for (int i = 0; i < 60; i++)
        {
            publisher.Begin();
            if (random.Next(3) == 0)
            {
                WriteAndAbort(publisher, reader, options.PositionTopic, Guid.NewGuid().ToString());
            }
            else
            {
                last = At(options, i);
                publisher.Commit(last, TestContext.Current.CancellationToken);
            }
        }

        for (int i = 0; i < 30; i++)
        {
            publisher.Begin();
            WriteAndAbort(publisher, reader, options.PositionTopic, "somebody-else");
        }

        Assert.Equal(last, Store(options).Read(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Position_of_an_empty_topic_is_none()
    {
        BridgeOptions options = await OptionsAsync();
        using TransactionalPublisher publisher = Fenced(options);

        Assert.Null(Store(options).Read(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Second_publisher_fences_the_first_and_its_open_transaction_is_gone()
    {
        BridgeOptions options = await OptionsAsync();
        using TransactionalPublisher first = Fenced(options);
        first.Begin();
        SendTo(first, options.PositionTopic, "open");
        first.Poll();

        using TransactionalPublisher second = Fenced(options);

        var fault = Assert.Throws<KafkaFaultException>(() => first.Commit(At(options, 1), CancellationToken.None));
        Assert.Equal(Reaction.Fenced, fault.Reaction);
        Assert.Null(Store(options).Read(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Record_over_the_producers_limit_stops_and_nothing_of_its_transaction_is_visible()
    {
        BridgeOptions options = await OptionsAsync();
        using TransactionalPublisher publisher = Fenced(options);
        publisher.Begin();
        SendTo(publisher, options.PositionTopic, "before");

        var fault = Assert.Throws<KafkaFaultException>(() => SendTo(publisher, options.PositionTopic, "big", new byte[2_000_000]));

        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Contains("MsgSizeTooLarge", fault.Message, StringComparison.Ordinal);
        Assert.Null(Store(options).Read(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Null_key_into_a_compacted_topic_stops()
    {
        BridgeOptions options = await OptionsAsync();
        using TransactionalPublisher publisher = Fenced(options);
        publisher.Begin();
        SendTo(publisher, options.PositionTopic, key: null);

        var fault = Assert.Throws<KafkaFaultException>(() => publisher.Commit(At(options, 1), CancellationToken.None));

        Assert.Equal(Reaction.Stop, fault.Reaction);
    }

    [Fact]
    public async Task Small_topic_limit_shrinks_the_producers_batches()
    {
        BridgeOptions options = await OptionsAsync();
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(options)).Build();
        string topic = $"{options.TransactionalId}.small";
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1, Configs = new Dictionary<string, string> { ["max.message.bytes"] = "10000" } }]);
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);

        catalog.PrepareTableTopics([(topic, null)], TestContext.Current.CancellationToken);
        using TransactionalPublisher publisher = Fenced(options, catalog.SmallestRecordLimit.Bytes);
        publisher.Begin();
        for (int i = 0; i < 300; i++)
        {
            SendTo(publisher, topic, $"k{i}", new byte[700]);
        }

        publisher.Commit(At(options, 1), TestContext.Current.CancellationToken);
        Assert.Equal(new RecordLimit(10_000, topic), catalog.SmallestRecordLimit);
    }

    [Fact]
    public async Task Limit_lowered_under_a_producer_is_met_by_the_next_one_with_smaller_batches()
    {
        BridgeOptions options = await OptionsAsync();
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(options)).Build();
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);
        string topic = $"{options.TransactionalId}.lowered";
        var first = new ProducerTopics(options, catalog);
        first.Prepare([(topic, 1)], TestContext.Current.CancellationToken);
        var history = new ProducerHistory();
        using TransactionalPublisher before = Fenced(options, first.SmallestRecordLimit, history);
        var lowered = new ConfigEntry { Name = "max.message.bytes", Value = "10000", IncrementalOperation = AlterConfigOpType.Set };
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>> { [resource] = [lowered] });
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        // The refusal shows at the commit, or at a record that is sent after it.
        var fault = Assert.Throws<KafkaFaultException>(() =>
        {
            SendRows(before, topic);
            before.Commit(At(options, 1), TestContext.Current.CancellationToken);
        });
        var second = new ProducerTopics(options, catalog);
        var shrink = Assert.Throws<KafkaFaultException>(() => second.Prepare([(topic, 1)], TestContext.Current.CancellationToken));
        var third = new ProducerTopics(options, catalog);
        third.Prepare([(topic, 1)], TestContext.Current.CancellationToken);
        using TransactionalPublisher after = Fenced(options, third.SmallestRecordLimit, history);
        SendRows(after, topic);
        after.Commit(At(options, 1), TestContext.Current.CancellationToken);

        Assert.Equal((Reaction.Recycle, Reaction.Recycle), (fault.Reaction, shrink.Reaction));
        Assert.Contains("its max.message.bytes was lowered", fault.Message, StringComparison.Ordinal);
        Assert.Equal(10_000, third.SmallestRecordLimit);

        static void SendRows(TransactionalPublisher publisher, string topic)
        {
            // Random bytes: what counts at the broker is a batch as it was compressed.
            var random = new Random(5);
            publisher.Begin();
            for (int i = 0; i < 300; i++)
            {
                byte[] value = new byte[700];
                random.NextBytes(value);
                SendTo(publisher, topic, $"k{i}", value);
            }
        }
    }

    [Fact]
    public async Task Topics_of_a_batch_are_made_together_and_found_again()
    {
        BridgeOptions options = await OptionsAsync();
        options.Topics.Partitions = 2;
        var logs = new FakeLogCollector();
        using var catalog = new TopicCatalog(options, new FakeWitness(), TimeProvider.System, new FakeLogger(logs));
        catalog.PrepareTableTopics([($"{options.TransactionalId}.t3", null)], TestContext.Current.CancellationToken);
        (string Topic, int? Partitions)[] topics = [.. Enumerable.Range(0, 60).Select(i => ($"{options.TransactionalId}.t{i}", i % 2 == 0 ? 3 : (int?)null))];

        IReadOnlyList<int> made = catalog.PrepareTableTopics(topics, TestContext.Current.CancellationToken);
        IReadOnlyList<int> found = catalog.PrepareTableTopics(topics, TestContext.Current.CancellationToken);

        Assert.Equal(topics.Select(static t => t.Partitions ?? 2), made);
        Assert.Equal(made, found);
        Assert.Equal(60, logs.GetSnapshot().Count(static r => r.Id.Id == 4008));
        Assert.NotNull(catalog.SmallestRecordLimit.Topic);
    }

    [Fact]
    public async Task Topic_that_cannot_be_made_is_named_and_the_others_are_made()
    {
        BridgeOptions options = await OptionsAsync();
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(options)).Build();
        string good = $"{options.TransactionalId}.good", bad = $"{options.TransactionalId}.bad";

        var fault = Assert.Throws<KafkaFaultException>(
            () => catalog.PrepareTableTopics([(good, 1), (bad, 20_000)], TestContext.Current.CancellationToken));

        Assert.Contains($"Cannot prepare topic {bad}: PolicyViolation", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Reaction.Stop, fault.Reaction);
        Assert.Equal(ErrorCode.NoError, admin.GetMetadata(good, TimeSpan.FromSeconds(10)).Topics[0].Error.Code);
    }

    [Fact]
    public async Task Own_topic_whose_records_are_deleted_by_age_is_told_once_with_the_remedy()
    {
        BridgeOptions options = await OptionsAsync();
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(options)).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = options.PositionTopic, NumPartitions = 2, ReplicationFactor = 1 }]);
        var logs = new FakeLogCollector();
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, new FakeLogger(logs));

        catalog.PrepareOwnTopics(TestContext.Current.CancellationToken);
        catalog.PrepareOwnTopics(TestContext.Current.CancellationToken);

        FakeLogRecord policy = Assert.Single(logs.GetSnapshot(), static r => r.Id.Id == 4030);
        Assert.Contains($"Topic {options.PositionTopic} ", policy.Message, StringComparison.Ordinal);
        Assert.Contains("retention.ms=604800000", policy.Message, StringComparison.Ordinal);
        Assert.Contains("cleanup.policy=compact", policy.Message, StringComparison.Ordinal);
        Assert.Contains("has 2 partitions", Assert.Single(logs.GetSnapshot(), static r => r.Id.Id == 4031).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_topic_is_created_compacted_for_positions_and_with_the_configured_partitions_for_tables()
    {
        BridgeOptions options = await OptionsAsync();
        options.Topics.Partitions = 3;
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);

        catalog.PrepareOwnTopics(TestContext.Current.CancellationToken);

        Assert.Equal([3], catalog.PrepareTableTopics([($"{options.TransactionalId}.rows", null)], TestContext.Current.CancellationToken));
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(options)).Build();
        List<DescribeConfigsResult> described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = options.PositionTopic }]);
        Assert.Equal("compact", described[0].Entries["cleanup.policy"].Value);
    }

    [Fact]
    public async Task Topic_deleted_while_the_bridge_runs_is_made_anew_and_its_loss_is_told()
    {
        BridgeOptions options = await OptionsAsync();
        var logs = new FakeLogCollector();
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, new FakeLogger(logs));
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(options)).Build();
        string topic = $"{options.TransactionalId}.deleted";
        catalog.PrepareTableTopics([(topic, null)], TestContext.Current.CancellationToken);
        await admin.DeleteTopicsAsync([topic]);
        while (admin.GetMetadata(topic, TimeSpan.FromSeconds(5)).Topics[0].Error.Code != ErrorCode.UnknownTopicOrPart)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        catalog.PrepareTableTopics([(topic, null)], TestContext.Current.CancellationToken);

        Assert.Equal([4008, 4019, 4008], logs.GetSnapshot().Select(r => r.Id.Id));
    }

    /// <summary>With five requests in flight about one topic in ten lost records here, and the commit succeeded, as brokers before 4.5 allow (ADR 13). The setting itself is held by a unit test.</summary>
    [Fact]
    public async Task First_records_of_a_topic_just_made_are_all_there()
    {
        const int Topics = 25;
        const int Records = 240;
        BridgeOptions options = await OptionsAsync();
        options.Topics.Partitions = 4;
        options.Kafka.ProducerSettings["batch.num.messages"] = "3";
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);
        using TransactionalPublisher publisher = Fenced(options);
        string[] topics = [.. Enumerable.Range(0, Topics).Select(i => $"{options.TransactionalId}.first{i}")];
        foreach (string topic in topics)
        {
            catalog.PrepareTableTopics([(topic, null)], TestContext.Current.CancellationToken);
            publisher.Begin();
            for (int record = 0; record < Records; record++)
            {
                SendTo(publisher, topic, $"{record}");
            }

            publisher.Commit(At(options, 1), TestContext.Current.CancellationToken);
        }

        await using var consumer = new CommittedConsumer(options.Kafka.BootstrapServers!, options.TransactionalId);
        await consumer.ReadToEndAsync();
        ILookup<string, string?> keys = consumer.Records.ToLookup(r => r.Topic, r => r.Key);
        Assert.All(topics, topic => Assert.Equal(Records, keys[topic].Distinct().Count()));
    }

    [Fact]
    public async Task Missing_topic_that_must_not_be_created_says_so()
    {
        BridgeOptions options = await OptionsAsync();
        options.Topics.Create = false;
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);

        var fault = Assert.Throws<KafkaFaultException>(() => catalog.PrepareTableTopics([("nowhere", null)], TestContext.Current.CancellationToken));

        Assert.Contains("Topics:Create", fault.Message, StringComparison.Ordinal);
    }

    private async Task<BridgeOptions> OptionsAsync()
    {
        PeerStack peers = await shared.GetAsync();
        return new BridgeOptions
        {
            Canal = { Endpoints = "unused:1", Destination = "example" },
            Kafka = { BootstrapServers = peers.BootstrapServers, TransactionalId = $"it-{Guid.NewGuid():N}" },
            Topics = { Prefix = "it" },
        };
    }

    private static TransactionalPublisher Fenced(BridgeOptions options, int smallestRecordLimit = int.MaxValue, ProducerHistory? history = null)
    {
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);
        catalog.PrepareOwnTopics(TestContext.Current.CancellationToken);
        var producer = new ConfluentProducer(KafkaClientConfig.Producer(options, smallestRecordLimit), NullLogger.Instance);
        var publisher = new TransactionalPublisher(
            producer, options, smallestRecordLimit, history ?? new ProducerHistory(), new BridgeMetrics("it"), new FakeWitness(), TimeProvider.System, NullLogger.Instance);
        publisher.Fence(TestContext.Current.CancellationToken);
        return publisher;
    }

    private static PositionStore Store(BridgeOptions options) => new(options, new FakeWitness(), TimeProvider.System, NullLogger.Instance);

    private static StoredPosition At(BridgeOptions options, int offset) => new()
    {
        Destination = options.Canal.Destination!,
        Owner = Guid.NewGuid(),
        Binlog = new BinlogPosition("mysql-bin.000001", offset),
        ServerId = 1,
    };

    private static void SendTo(TransactionalPublisher publisher, string topic, string? key, byte[]? value = null)
    {
        using var records = new RecordBuffer();
        ByteRange keyRange = key is null ? ByteRange.Null : Write(records, System.Text.Encoding.UTF8.GetBytes(key));
        records.Add(topic, keyRange, Write(records, value ?? [1]));
        publisher.Send(records[0], partitions: 1, CancellationToken.None);
    }

    /// <summary>Aborts once the record stands in the log: an earlier abort only empties the client's queue, and may meet librdkafka's issue 4849 (InvalidTxnState).</summary>
    /// <param name="publisher">Has a transaction open.</param>
    /// <param name="reader">Reads uncommitted, and has read what was written before.</param>
    /// <param name="topic">Topic of one partition.</param>
    /// <param name="key">Key.</param>
    private static void WriteAndAbort(TransactionalPublisher publisher, IConsumer<string, Ignore> reader, string topic, string key)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        SendTo(publisher, topic, key);
        while (reader.Consume(TimeSpan.FromMilliseconds(10))?.Message?.Key != key)
        {
            limit.Token.ThrowIfCancellationRequested();
            publisher.Poll();
        }

        publisher.Abort();
    }

    private static ByteRange Write(RecordBuffer records, byte[] bytes)
    {
        int start = records.LengthBytes;
        bytes.CopyTo(records.GetSpan(bytes.Length));
        records.Advance(bytes.Length);
        return new ByteRange(start, bytes.Length);
    }
}
