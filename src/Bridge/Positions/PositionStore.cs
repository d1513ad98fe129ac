using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Waiting;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Positions;

/// <summary>Reads what was committed last: the position, and the table definitions that belong to it.</summary>
internal sealed class PositionStore : IPositionStore
{
    private const int FirstStep = 8;

    private readonly BridgeOptions _options;
    private readonly IWaitWitness? _witness;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="options">All options.</param>
    /// <param name="witness">Told while reading waits for somebody else's transaction, or for Kafka; null for nobody.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public PositionStore(BridgeOptions options, IWaitWitness? witness, TimeProvider time, ILogger logger)
    {
        _options = options;
        _witness = witness;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    /// <exception cref="KafkaFaultException">Kafka did not answer, or what it holds is no position.</exception>
    /// <remarks>The end counts transaction markers, so the record wanted may lie well before it: go back in growing steps.</remarks>
    public StoredPosition? Read(CancellationToken cancellationToken) => Read(_options.PositionTopic, reader => FindLast(reader, reader.WaitForStableEnd(cancellationToken), cancellationToken));

    /// <inheritdoc />
    /// <exception cref="KafkaFaultException">Kafka did not answer, or what it holds is no position.</exception>
    public StoredPosition? ReadCommitted(CancellationToken cancellationToken) => Read(_options.PositionTopic, reader => FindLast(reader, reader.CommittedRange(), cancellationToken));

    private StoredPosition? FindLast(CommittedReader reader, (long Low, long End) range, CancellationToken cancellationToken)
    {
        byte[] key = StoredPosition.KeyOf(_options.Canal.Destination!);
        (long low, long end) = range;
        byte[]? last = null;
        long from = end;
        for (long step = FirstStep; last is null && from > low; step *= 8)
        {
            from = Math.Max(low, end - step);
            reader.Read(from, end, (found, value) => last = found is not null && found.AsSpan().SequenceEqual(key) ? value ?? last : last, cancellationToken);
        }

        return last is null ? null : StoredPosition.Parse(last);
    }

    /// <inheritdoc />
    /// <exception cref="KafkaFaultException">Kafka did not answer.</exception>
    public IReadOnlyList<KeptDefinition>? ReadDefinitions(CancellationToken cancellationToken) => Read(_options.TablesTopic, reader =>
    {
        (long low, long end) = reader.WaitForStableEnd(cancellationToken);
        if (end == 0)
        {
            return null;
        }

        var byKey = new Dictionary<string, KeptDefinition>();
        reader.Read(
            low,
            end,
            (key, value) =>
            {
                string name = Convert.ToBase64String(key ?? []);
                byKey.Remove(name);
                if (key is not null && value is not null)
                {
                    byKey[name] = new KeptDefinition(key, value);
                }
            },
            cancellationToken);
        return (IReadOnlyList<KeptDefinition>?)[.. byKey.Values];
    });

    private T Read<T>(string topic, Func<CommittedReader, T> read)
    {
        try
        {
            using var reader = new CommittedReader(_options, topic, _witness, _time, _logger);
            return read(reader);
        }
        catch (KafkaException e)
        {
            throw KafkaFaultException.OfRead(topic, e);
        }
        catch (FormatException e)
        {
            throw KafkaFaultException.PositionUnreadable($"The last record of {topic} for {_options.Canal.Destination} is not one of the bridge's: {e.Message}.", e);
        }
    }
}
