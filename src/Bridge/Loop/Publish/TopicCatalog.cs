using System.Globalization;
using CanalBridge.Kafka;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop.Publish;

/// <summary>Knows the topics: creates missing ones, counts their partitions, finds the smallest record limit.</summary>
/// <remarks>The producer never creates topics: a topic deleted under the bridge would silently come back with the broker's defaults.</remarks>
internal sealed class TopicCatalog : ITopicCatalog, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NewTopicPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Topics of one request. A controller takes no more than 10,000 records at once, and each partition is one.</summary>
    private const int MostAtOnce = 50;

    private readonly BridgeOptions _options;
    private readonly IWaitWitness? _witness;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RecentTopics<bool> _seen = new();
    private readonly HashSet<(string Topic, string Defect)> _told = [];
    private IAdminClient? _admin;

    /// <param name="options">All options.</param>
    /// <param name="witness">Told between two requests; null for nobody.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public TopicCatalog(BridgeOptions options, IWaitWitness? witness, TimeProvider time, ILogger logger)
    {
        _options = options;
        _witness = witness;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    /// <remarks>The client does not split a batch that a topic refuses. The limit never rises: batches stay small until a restart.</remarks>
    public RecordLimit SmallestRecordLimit { get; private set; } = RecordLimit.None;

    private IAdminClient Admin => _admin ??= MakeAdmin();

    /// <inheritdoc />
    public void PrepareOwnTopics(CancellationToken cancellationToken) => Prepare(
        [
            .. ((string[])[_options.PositionTopic, _options.TablesTopic]).Select(topic => new TopicSpecification
            {
                Name = topic,
                NumPartitions = 1,
                ReplicationFactor = (short)_options.Topics.ReplicationFactor,
                Configs = new Dictionary<string, string> { ["cleanup.policy"] = OwnTopicRules.Policy },
            }),
        ],
        cancellationToken);

    /// <inheritdoc />
    public IReadOnlyList<int> PrepareTableTopics(IReadOnlyCollection<(string Topic, int? Partitions)> topics, CancellationToken cancellationToken)
    {
        IEnumerable<TopicSpecification> wanted = topics.Select(t => new TopicSpecification
        {
            Name = t.Topic,
            NumPartitions = t.Partitions ?? _options.Topics.Partitions,
            ReplicationFactor = (short)_options.Topics.ReplicationFactor,
            Configs = new Dictionary<string, string>(_options.Topics.Settings),
        });
        return [.. wanted.Chunk(MostAtOnce).SelectMany(some => Prepare(some, cancellationToken))];
    }

    /// <inheritdoc />
    public void Dispose() => _admin?.Dispose();

    /// <summary>One request creates what is missing, and one reads the settings, whatever the number of topics; their partitions are asked topic by topic.</summary>
    private int[] Prepare(TopicSpecification[] wanted, CancellationToken cancellationToken)
    {
        // 1. Which are there?
        int?[] partitions = Array.ConvertAll(wanted, topic => Partitions(topic.Name, cancellationToken));

        // 2. Create the others.
        TopicSpecification[] missing = [.. wanted.Where((_, i) => partitions[i] is null)];
        foreach (TopicSpecification topic in missing)
        {
            if (_seen.Forget(topic.Name))
            {
                Log.TopicVanished(_logger, topic.Name);
            }

            if (!_options.Topics.Create)
            {
                throw KafkaFaultException.TopicMissing(topic.Name);
            }
        }

        if (missing.Length > 0)
        {
            Create(missing, cancellationToken);
        }

        // 3. What do they take?
        ReadSettings([.. wanted.Select(static t => t.Name)], [.. missing.Select(static t => t.Name)], cancellationToken);

        // 4. How many partitions has the broker given to the new ones?
        for (int i = 0; i < wanted.Length; i++)
        {
            _seen.Set(wanted[i].Name, true);
            partitions[i] ??= Partitions(wanted[i].Name, cancellationToken) ?? Math.Max(1, wanted[i].NumPartitions);
            if (HoldsOf(wanted[i].Name) is not null && partitions[i] is { } count and not 1 && _told.Add((wanted[i].Name, "partitions")))
            {
                Log.OwnTopicPartitions(_logger, wanted[i].Name, count);
            }
        }

        return Array.ConvertAll(partitions, static p => p!.Value);
    }

    private IAdminClient MakeAdmin()
    {
        try
        {
            return new AdminClientBuilder(KafkaClientConfig.Admin(_options))
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        }
        catch (InvalidOperationException e)
        {
            throw KafkaFaultException.ClientNotMade(KafkaStep.PrepareTopic, e);
        }
    }

    private int? Partitions(string topic, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _witness?.Alive();
        try
        {
            TopicMetadata found = Admin.GetMetadata(topic, Timeout).Topics[0];
            return found.Error.Code switch
            {
                ErrorCode.NoError => found.Partitions.Count,
                ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => null,
                ErrorCode.LeaderNotAvailable => found.Partitions.Count > 0 ? found.Partitions.Count : null,
                _ => throw new KafkaException(found.Error),
            };
        }
        catch (KafkaException e)
        {
            throw KafkaFaultException.OfTopic(topic, e);
        }
    }

    private void Create(TopicSpecification[] missing, CancellationToken cancellationToken)
    {
        _witness?.Alive();
        try
        {
            Wait(Admin.CreateTopicsAsync(missing, new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }), cancellationToken);
            Array.ForEach(missing, topic => Log.TopicCreated(_logger, topic.Name));
        }
        catch (CreateTopicsException e)
        {
            e.Results.Where(static r => !r.Error.IsError).ToList().ForEach(r => Log.TopicCreated(_logger, r.Topic));

            // Where somebody was faster the topic is there.
            string[] refused = [.. e.Results.Where(static r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists).Select(static r => r.Topic)];
            CreateAlone([.. missing.Where(topic => refused.Contains(topic.Name, StringComparer.Ordinal))], isAlone: missing.Length == 1, e, cancellationToken);
        }
        catch (KafkaException e)
        {
            CreateAlone(missing, isAlone: missing.Length == 1 || FaultPolicy.Decide(KafkaStep.PrepareTopic, e) == Reaction.Recycle, e, cancellationToken);
        }
    }

    /// <summary>A request is refused whole for one topic that asks too much, or for their sum: alone each tells for itself.</summary>
    private void CreateAlone(TopicSpecification[] refused, bool isAlone, KafkaException refusal, CancellationToken cancellationToken)
    {
        if (isAlone && refused.Length > 0)
        {
            throw KafkaFaultException.OfTopic(refused[0].Name, refusal);
        }

        Array.ForEach(refused, topic => Create([topic], cancellationToken));
    }

    private void ReadSettings(List<string> topics, HashSet<string> isNew, CancellationToken cancellationToken)
    {
        var patience = new Patience(_time, _witness, Timeout, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            patience.Alive();
            topics = TryReadSettings(topics, patience.IsOver ? [] : isNew, cancellationToken);
            if (topics.Count == 0)
            {
                return;
            }

            // A topic just made is not known to every broker at once.
            patience.Pause(NewTopicPause);
        }
    }

    /// <returns>Topics to be asked about again.</returns>
    private List<string> TryReadSettings(List<string> topics, HashSet<string> mayBeUnknown, CancellationToken cancellationToken)
    {
        ConfigResource[] resources = [.. topics.Select(static topic => new ConfigResource { Type = ResourceType.Topic, Name = topic })];
        List<string> again = [];
        try
        {
            var limit = new DescribeConfigsOptions { RequestTimeout = Timeout };
            foreach (DescribeConfigsResult described in Wait(Admin.DescribeConfigsAsync(resources, limit), cancellationToken))
            {
                Take(described.ConfigResource.Name, described.Entries);
            }
        }
        catch (DescribeConfigsException e)
        {
            foreach (DescribeConfigsReport described in e.Results)
            {
                string topic = described.ConfigResource.Name;
                if (!described.Error.IsError)
                {
                    Take(topic, described.Entries);
                }
                else if (described.Error.Code == ErrorCode.UnknownTopicOrPart && mayBeUnknown.Contains(topic))
                {
                    again.Add(topic);
                }
                else
                {
                    TakeUnknown(topic, new KafkaException(described.Error, e));
                }
            }
        }
        catch (KafkaException e)
        {
            topics.ForEach(topic => TakeUnknown(topic, e));
        }

        return again;
    }

    private void Take(string topic, Dictionary<string, ConfigEntryResult> settings)
    {
        if (settings.TryGetValue("max.message.bytes", out ConfigEntryResult? limit) && int.TryParse(limit.Value, CultureInfo.InvariantCulture, out int bytes)
            && bytes < SmallestRecordLimit.Bytes)
        {
            SmallestRecordLimit = new RecordLimit(bytes, topic);
        }

        if (HoldsOf(topic) is { } holds && Value("cleanup.policy") is { } policy
            && OwnTopicRules.Consequence(holds, policy, Value("retention.ms"), Value("retention.bytes")) is { } consequence && _told.Add((topic, consequence)))
        {
            Log.OwnTopicNotCompacted(_logger, topic, policy, consequence);
        }

        string? Value(string name) => settings.GetValueOrDefault(name)?.Value;
    }

    /// <summary>What the bridge goes on by in a topic of its own; null for other topics.</summary>
    private string? HoldsOf(string topic) => topic == _options.PositionTopic ? "position" : topic == _options.TablesTopic ? "table definitions" : null;

    private void TakeUnknown(string topic, KafkaException failure)
    {
        if (!FaultPolicy.RecordLimitMayStayUnknown(failure))
        {
            throw KafkaFaultException.OfTopic(topic, failure);
        }

        Log.RecordLimitUnknown(_logger, topic, failure.Error.Code);
    }

    /// <summary>A request that is left unanswered when the process stops does no harm: it is only looked at, or made once more.</summary>
    private static T Wait<T>(Task<T> request, CancellationToken cancellationToken) => request.WaitAsync(cancellationToken).GetAwaiter().GetResult();

    private static void Wait(Task request, CancellationToken cancellationToken) => request.WaitAsync(cancellationToken).GetAwaiter().GetResult();
}
