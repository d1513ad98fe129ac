using System.Globalization;
using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Publish;

/// <summary>Knows the topics: creates missing ones, counts their partitions, finds the smallest record limit.</summary>
/// <remarks>The producer never creates topics: a topic deleted under the bridge would silently come back with the broker's defaults.</remarks>
internal sealed class TopicCatalog : ITopicCatalog, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NewTopicPause = TimeSpan.FromMilliseconds(20);

    private readonly BridgeOptions _options;
    private readonly ILogger _logger;
    private readonly Lazy<IAdminClient> _admin;
    private readonly HashSet<string> _seen = [];

    public TopicCatalog(BridgeOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _admin = new Lazy<IAdminClient>(() => new AdminClientBuilder(KafkaClientConfig.Admin(options))
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build());
    }

    /// <summary>Smallest max.message.bytes of the topics seen: the client does not split a batch that a topic refuses.</summary>
    public int SmallestRecordLimit { get; private set; } = int.MaxValue;

    /// <inheritdoc />
    public void PrepareOwnTopics()
    {
        foreach (string topic in (string[])[_options.PositionTopic, _options.TablesTopic])
        {
            Prepare(new TopicSpecification
            {
                Name = topic,
                NumPartitions = 1,
                ReplicationFactor = (short)_options.Topics.ReplicationFactor,
                Configs = new Dictionary<string, string> { ["cleanup.policy"] = "compact" },
            });
        }
    }

    /// <inheritdoc />
    public int PrepareTableTopic(string topic, int? partitions = null) => Prepare(new TopicSpecification
    {
        Name = topic,
        NumPartitions = partitions ?? _options.Topics.Partitions,
        ReplicationFactor = (short)_options.Topics.ReplicationFactor,
        Configs = new Dictionary<string, string>(_options.Topics.Settings),
    });

    /// <inheritdoc />
    public void Dispose()
    {
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }

    private int Prepare(TopicSpecification wanted)
    {
        try
        {
            if (Partitions(wanted.Name) is { } known)
            {
                _seen.Add(wanted.Name);
                ReadRecordLimit(wanted.Name);
                return known;
            }

            if (_seen.Remove(wanted.Name))
            {
                Log.TopicVanished(_logger, wanted.Name);
            }

            if (!_options.Topics.Create)
            {
                throw new KafkaFaultException(
                    KafkaStep.PrepareTopic, FaultPolicy.TopicMissing, $"Topic {wanted.Name} does not exist and Topics:Create is false; create it, or let the bridge do so.", innerException: null);
            }

            Create(wanted);
            _seen.Add(wanted.Name);
            ReadRecordLimit(wanted.Name, isNew: true);
            return Partitions(wanted.Name) ?? Math.Max(1, wanted.NumPartitions);
        }
        catch (KafkaException e)
        {
            Error error = FaultPolicy.CauseOf(e);
            throw new KafkaFaultException(
                KafkaStep.PrepareTopic, FaultPolicy.Decide(KafkaStep.PrepareTopic, e), $"Cannot prepare topic {wanted.Name}: {error.Code} ({error.Reason}).", e);
        }
    }

    private int? Partitions(string topic)
    {
        Metadata metadata = _admin.Value.GetMetadata(topic, Timeout);
        TopicMetadata found = metadata.Topics[0];
        return found.Error.Code switch
        {
            ErrorCode.NoError => found.Partitions.Count,
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => null,
            ErrorCode.LeaderNotAvailable => found.Partitions.Count > 0 ? found.Partitions.Count : null,
            _ => throw new KafkaException(found.Error),
        };
    }

    private void ReadRecordLimit(string topic, bool isNew = false)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!TryReadRecordLimit(topic, mayBeUnknown: isNew && TimeProvider.System.GetElapsedTime(started) < Timeout))
        {
            // A topic just made is not known to every broker at once.
            Thread.Sleep(NewTopicPause);
        }
    }

    private bool TryReadRecordLimit(string topic, bool mayBeUnknown)
    {
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        try
        {
            DescribeConfigsResult described = _admin.Value.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = Timeout }).GetAwaiter().GetResult()[0];
            if (described.Entries.TryGetValue("max.message.bytes", out ConfigEntryResult? limit) && int.TryParse(limit.Value, CultureInfo.InvariantCulture, out int bytes))
            {
                SmallestRecordLimit = Math.Min(SmallestRecordLimit, bytes);
            }
        }
        catch (KafkaException e) when (mayBeUnknown && FaultPolicy.CauseOf(e).Code == ErrorCode.UnknownTopicOrPart)
        {
            return false;
        }
        catch (KafkaException e) when (FaultPolicy.RecordLimitMayStayUnknown(e))
        {
            Log.RecordLimitUnknown(_logger, topic, FaultPolicy.CauseOf(e).Code);
        }

        return true;
    }

    private void Create(TopicSpecification wanted)
    {
        try
        {
            _admin.Value.CreateTopicsAsync([wanted], new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).GetAwaiter().GetResult();
            Log.TopicCreated(_logger, wanted.Name);
        }
        catch (CreateTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code is ErrorCode.TopicAlreadyExists or ErrorCode.NoError))
        {
            // Somebody was faster; the topic is there.
        }
    }
}
