using BenchmarkDotNet.Attributes;
using Canal.Client;
using Canal.Client.Testing;
using CanalBridge.Kafka;
using CanalBridge.Loop;
using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.Benchmarks;

/// <summary>The loop without a broker: a producer that takes every record and keeps none. Time and bytes are per row.</summary>
[MemoryDiagnoser]
public class LoopAgainstFakes
{
    private const int Rows = 1000, Repeat = 50, ShopRows = 2047 * Repeat;

    private readonly BridgeOptions _options = new() { Canal = { Destination = "shop" }, Kafka = { BootstrapServers = "none" }, Topics = { Prefix = "bench" }, Source = { Kind = SourceKind.MariaDb } };
    private readonly CanalBatch _batch = new(BatchSamples.TenColumns(Rows / 10, 10));
    private readonly RecordBuffer _records = new();
    private readonly BridgeMetrics _metrics = new("shop");
    private TransactionalPublisher _publisher = null!;
    private EntrySerializer _serializer = null!;
    private FakeCanalServer _canal = null!;

    [GlobalSetup]
    public void Setup()
    {
        _publisher = new TransactionalPublisher(new NullProducer(), _options, int.MaxValue, new ProducerHistory(), _metrics, new Nobody(), TimeProvider.System, NullLogger.Instance);
        _serializer = SerializerFactory.Create(_options, Guid.Empty, new TopicRouter(_options.Topics, NullLogger.Instance), source: null);
        _publisher.ShareHeaders(_serializer.SharedHeaders);
    }

    /// <summary>Steps 2 and 3 on one batch: map, hand every record over, commit with the position.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public int MapAndPublish()
    {
        _records.Clear();
        new BatchMapper("bench", Guid.Empty, _serializer, new ReplayFilter(null, 0, SourceKind.MariaDb, serverIdMayChange: false), _metrics, TimeProvider.System, NullLogger.Instance).Map(_batch, _records);
        _publisher.Begin();
        for (int i = 0; i < _records.Count; i++)
        {
            _publisher.Send(_records[i], partitions: 1, CancellationToken.None);
        }

        _publisher.Commit(new StoredPosition { Destination = "shop", Owner = Guid.Empty }, CancellationToken.None);
        return _records.Count;
    }

    /// <summary>A stand-in with the recorded shop, many times over.</summary>
    [IterationSetup(Target = nameof(WholeLoop))]
    public void StartCanal() => StartCanalAsync().GetAwaiter().GetResult();

    /// <summary>All four steps against a Canal stand-in on loopback in this process; its own work and bytes are included.</summary>
    [Benchmark(OperationsPerInvoke = ShopRows)]
    public async Task WholeLoop()
    {
        using var stop = new CancellationTokenSource();
        var witness = new DestinationWitness("shop", Guid.NewGuid(), TimeProvider.System, NullLogger.Instance);
        var destination = new Destination(_options, new NullKafka(), new NullKafka(), new NullKafka(), witness, TimeProvider.System, NullLogger.Instance);
        Task running = Task.Run(() => destination.RunAsync(stop.Token));
        await Task.WhenAny(_canal.Drained, running);
        await stop.CancelAsync();
        await running;
    }

    [IterationCleanup(Target = nameof(WholeLoop))]
    public void StopCanal() => _canal.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task StartCanalAsync()
    {
        _canal = new FakeCanalServer("shop");
        await using FileStream recording = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "14-shop.frames"));
        await _canal.LoadAsync(recording, Repeat);
        _canal.Complete();
        _options.Canal.Endpoints = _canal.Endpoint.ToString();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _publisher.Dispose();
        _serializer.Dispose();
        _records.Dispose();
        _batch.Dispose();
    }

    private sealed class NullKafka : IProducerFactory, ITopicCatalog, IPositionStore
    {
        public RecordLimit SmallestRecordLimit => RecordLimit.None;

        public ITransactionalProducer Create(int smallestRecordLimit) => new NullProducer();

        public void PrepareOwnTopics(CancellationToken cancellationToken)
        {
        }

        public IReadOnlyList<int> PrepareTableTopics(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken) =>
            [.. topics.Select(static _ => 1)];

        public StoredPosition? Read(CancellationToken cancellationToken) => null;

        public StoredPosition? ReadCommitted(CancellationToken cancellationToken) => null;

        public IReadOnlyList<KeptDefinition>? ReadDefinitions(CancellationToken cancellationToken) => [];
    }

    private sealed class Nobody : IWaitWitness
    {
        public void Alive()
        {
        }

        public void Waits(string reason)
        {
        }
    }

    private sealed class NullProducer : ITransactionalProducer
    {
        public Error? LastError => null;

        public string? LastTransactionError => null;

        public long QueuedBytes => 0;

        public void InitTransactions(TimeSpan timeout)
        {
        }

        public void BeginTransaction()
        {
        }

        public void Produce(string topic, int? partition, Message<byte[]?, byte[]?> message)
        {
        }

        public void Poll(TimeSpan timeout)
        {
        }

        public void CommitTransaction(TimeSpan timeout)
        {
        }

        public void AbortTransaction(TimeSpan timeout)
        {
        }

        public void Dispose()
        {
        }
    }
}
