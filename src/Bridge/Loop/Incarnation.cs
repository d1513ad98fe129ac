using CanalBridge.Kafka;
using CanalBridge.Loop.Fetch;
using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Loop.Settle;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Registry;
using CanalBridge.Serialization;
using CanalBridge.Source;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop;

/// <summary>What lives with one fenced producer: the position read behind the fence, the claim, the loop from there on.</summary>
internal sealed class Incarnation : IAsyncDisposable
{
    private readonly BridgeOptions _options;
    private readonly TransactionalPublisher _publisher;
    private readonly BatchFetcher _fetcher;
    private readonly EntrySerializer _serializer;
    private readonly DestinationWitness _witness;
    private readonly Pipeline _pipeline;

    /// <param name="options">All options.</param>
    /// <param name="owner">This process.</param>
    /// <param name="publisher">Fenced; owned by the caller.</param>
    /// <param name="topics">Topics of the publisher's producer.</param>
    /// <param name="claimed">The position that was committed with the claim.</param>
    /// <param name="definitions">Table definitions as of that position.</param>
    /// <param name="tables">The source's answers on tables; null if it cannot be asked.</param>
    /// <param name="registry">The schema registry; for Avro only.</param>
    /// <param name="sessionFaults">Decides on failed Canal sessions; knows those of earlier incarnations.</param>
    /// <param name="witness">Told what happens.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="KafkaFaultException">What Kafka holds cannot be read.</exception>
    public Incarnation(
        BridgeOptions options, Guid owner, TransactionalPublisher publisher, ProducerTopics topics, StoredPosition claimed, IReadOnlyList<KeptDefinition> definitions,
        RememberedTables? tables, SchemaRegistry? registry, SessionFaults sessionFaults, DestinationWitness witness, TimeProvider time, ILogger logger)
    {
        _options = options;
        _publisher = publisher;
        _witness = witness;
        _fetcher = new BatchFetcher(options.Canal, witness.Metrics, time, logger);
        _fetcher.NoSession += witness.Waits;
        var router = new TopicRouter(options.Topics, logger, options.OwnTopics);
        _serializer = SerializerFactory.Create(options, owner, router, tables, registry);
        Restore(definitions, claimed.Transaction);
        publisher.ShareHeaders(_serializer.SharedHeaders);
        var replay = new ReplayFilter(claimed, options.Delivery.Epoch, options.Source.Kind, options.Source.ServerIdMayChange);
        var mapper = new BatchMapper(options.Canal.Destination!, owner, _serializer, replay, witness.Metrics, time, logger);
        var records = new BatchPublisher(options.Delivery, publisher, topics, router.PartitionsOf, claimed, witness, time);
        var settler = new BatchSettler(options.Canal.Destination!, _fetcher.AckAsync, logger);
        _pipeline = new Pipeline(options, _fetcher, sessionFaults, mapper, records, settler, witness, time);
    }

    /// <inheritdoc cref="Pipeline.WasInterrupted"/>
    public bool WasInterrupted => _pipeline.WasInterrupted;

    /// <inheritdoc cref="Pipeline.RunAsync"/>
    public Task RunAsync(CancellationToken cancellationToken) => _pipeline.RunAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_pipeline.RowsInFlight > 0)
        {
            _witness.Returned(_pipeline.RowsInFlight);
        }

        await _fetcher.DisposeAsync();
        _serializer.Dispose();
    }

    private void Restore(IReadOnlyList<KeptDefinition> definitions, string? transaction)
    {
        string topic = _options.PositionTopic;
        try
        {
            if (transaction is not null)
            {
                _serializer.RestoreTransaction(transaction);
            }

            topic = _options.TablesTopic;
            foreach (KeptDefinition definition in definitions)
            {
                _serializer.RestoreDefinition(definition.Key, definition.Value);
            }
        }
        catch (FormatException e)
        {
            string remedy = topic == _options.TablesTopic ? ", or empty the topic: keys and defaults are then unknown until the next statement on each table" : "";
            throw KafkaFaultException.PositionUnreadable($"A record of {topic} cannot be read: {e.Message}. Start the bridge that wrote it{remedy}.", e);
        }
    }
}
