using System.Globalization;
using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.Commands.Check;

/// <summary>The bridge's topics: what its login may do with them, and whether they are as they should be.</summary>
internal sealed class KafkaTopics(BridgeOptions options, CheckSettings settings, IAdminClient admin, string principal)
{
    private static readonly AclOperation[] OfPositions = [AclOperation.Describe, AclOperation.Read, AclOperation.Write], OfRows = [AclOperation.Describe, AclOperation.Write];

    private readonly List<Topic> _topics = [];

    public bool Exists(string topic) => _topics.Exists(t => t.Name == topic && t.Partitions is not null);

    /// <summary>Whether it is there may not be seen.</summary>
    public bool IsHidden(string topic) => _topics.Exists(t => t.Name == topic && t.Code == ErrorCode.TopicAuthorizationFailed);

    /// <summary>Asks about the bridge's own topics and one of rows.</summary>
    /// <param name="table">Topic of a table.</param>
    /// <param name="isReal">The table is known; else the name only stands for those to come.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="KafkaException">No answer.</exception>
    public async Task LookAsync(string table, bool isReal, CancellationToken cancellationToken)
    {
        if (settings.Create && options.Topics.Create)
        {
            Create(cancellationToken);
        }

        foreach (string name in options.OwnTopics.Append(table))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isPosition = name == options.PositionTopic || name == options.TablesTopic;
            var topic = new Topic(name, isPosition, IsReal: isReal || name != table);
            await LookAsync(topic);
            _topics.Add(topic);
        }
    }

    public void TellRights(Findings findings)
    {
        string servers = options.Kafka.BootstrapServers!;
        foreach (Topic topic in _topics)
        {
            // What a right that is missing grants to names that begin alike helps all topics to come.
            string pattern = topic.IsReal ? topic.Name : $"{options.Topics.Prefix}{options.Topics.Delimiter}";
            Text remedy = topic.IsReal ? Texts.TopicRightRemedy : Texts.TopicRightPrefixRemedy;
            if (topic.Code is ErrorCode.TopicAuthorizationFailed)
            {
                findings.Fail(new Said(Texts.TopicHidden, topic.Name), new Said(remedy, servers, principal, string.Join(" --operation ", [.. topic.Needed, .. options.Topics.Create ? [AclOperation.Create] : Array.Empty<AclOperation>(), AclOperation.DescribeConfigs]), pattern), standsAlone: true);
            }
            else if (topic.Partitions is null && topic.Creation is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed)
            {
                findings.Fail(new Said(Texts.TopicNotCreatable, topic.Name), new Said(remedy, servers, principal, "Create", pattern), standsAlone: true);
            }
            else if (topic.Partitions is null)
            {
                findings.Ok(options.Topics.Create ? Texts.TopicCreatable : Texts.TopicMissing, topic.Name);
            }
            else if (topic.Operations is not { } granted)
            {
                findings.Warn(new Said(Texts.RightsUnknown, topic.Name), new Said(Texts.RightsUnknownRemedy));
            }
            else if (topic.Needed.Except(granted).ToArray() is { Length: > 0 } missing)
            {
                foreach (AclOperation operation in missing)
                {
                    findings.Fail(new Said(Texts.TopicRightMissing, operation, topic.Name), new Said(remedy, servers, principal, operation, pattern), standsAlone: true);
                }
            }
            else
            {
                findings.Ok(Texts.TopicRights, topic.Name, string.Join(", ", topic.Needed));
            }
        }
    }

    public async Task TellTopicsAsync(Findings findings)
    {
        foreach (Topic topic in _topics.Where(static t => t.IsReal))
        {
            if (topic.Partitions is not null)
            {
                await TellTopicAsync(findings, topic);
            }
            else if (topic.Code == ErrorCode.TopicAuthorizationFailed || topic.Creation is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed)
            {
                findings.Skip(new Said(Texts.TopicNotAllowed, topic.Name));
            }
            else if (!options.Topics.Create)
            {
                findings.Fail(new Said(Texts.TopicMissingFailed, topic.Name), new Said(topic.IsPosition ? Texts.PositionTopicMissingRemedy : Texts.TopicMissingRemedy, options.Kafka.BootstrapServers!, topic.Name), standsAlone: true);
            }
            else if (topic.Creation != ErrorCode.NoError)
            {
                findings.Fail(new Said(Texts.TopicCreationRefused, topic.Name, topic.Creation, new Quoted(topic.CreationReason)), new Said(Texts.TopicCreationRemedy), standsAlone: true);
            }
            else
            {
                findings.Ok(Texts.TopicWillBeCreated, topic.Name);
            }
        }
    }

    private async Task TellTopicAsync(Findings findings, Topic topic)
    {
        int partitions = topic.Partitions!.Count, copies = topic.Partitions.Min(static p => p.Replicas.Count), inSync = topic.Partitions.Min(static p => p.ISR.Count);
        findings.Ok(Texts.TopicSeen, topic.Name, partitions, copies, inSync);
        if (topic.IsPosition && partitions != 1)
        {
            findings.Fail(new Said(Texts.PositionPartitions, topic.Name, partitions), new Said(Texts.PositionPartitionsRemedy), standsAlone: true);
        }

        if (topic.Partitions.Exists(static p => p.Leader is null || p.Leader.Id < 0))
        {
            findings.Fail(new Said(Texts.NoLeader, topic.Name), new Said(Texts.NoLeaderRemedy), standsAlone: true);
        }

        if (await ReadSettingsAsync(topic.Name) is not { } values)
        {
            findings.Warn(new Said(Texts.SettingsUnknown, topic.Name), new Said(Texts.TopicRightRemedy, options.Kafka.BootstrapServers!, principal, "DescribeConfigs", topic.Name));
            return;
        }

        if (topic.IsPosition && values.GetValueOrDefault("cleanup.policy") is { } policy && policy != "compact")
        {
            findings.Fail(new Said(Texts.PositionNotCompacted, topic.Name, policy), new Said(Texts.PositionNotCompactedRemedy, options.Kafka.BootstrapServers!, topic.Name), standsAlone: true);
        }

        if (Number(values, "max.message.bytes") is { } most && most < options.Kafka.MessageMaxBytes)
        {
            findings.Warn(new Said(Texts.MessageLimit, topic.Name, most, options.Kafka.MessageMaxBytes), new Said(Texts.MessageLimitRemedy, options.Kafka.BootstrapServers!, topic.Name, options.Kafka.MessageMaxBytes));
        }

        if (Number(values, "min.insync.replicas") is { } least && least > inSync)
        {
            findings.Fail(new Said(Texts.TooFewInSync, topic.Name, least, inSync, copies), new Said(Texts.TooFewInSyncRemedy), standsAlone: true);
        }
    }

    private static int? Number(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out string? value) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Null where the right is missing.</summary>
    private async Task<Dictionary<string, string>?> ReadSettingsAsync(string topic)
    {
        try
        {
            List<DescribeConfigsResult> described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }], new DescribeConfigsOptions { RequestTimeout = settings.StepLimit });
            return described[0].Entries.Values.ToDictionary(static e => e.Name, static e => e.Value ?? "");
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    /// <summary>As the bridge does at its start; what it is not allowed shows when the topics are looked at.</summary>
    private void Create(CancellationToken cancellationToken)
    {
        using var catalog = new TopicCatalog(options, witness: null, TimeProvider.System, NullLogger.Instance);
        try
        {
            catalog.PrepareOwnTopics(cancellationToken);
        }
        catch (KafkaFaultException)
        {
            // Told below, with the right that is missing.
        }
    }

    private async Task LookAsync(Topic topic)
    {
        var request = new DescribeTopicsOptions { IncludeAuthorizedOperations = true, RequestTimeout = settings.StepLimit };
        TopicDescription description;
        try
        {
            description = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic.Name]), request)).TopicDescriptions[0];
        }
        catch (DescribeTopicsException e) when (e.Results.TopicDescriptions.Count > 0)
        {
            description = e.Results.TopicDescriptions[0];
        }

        topic.Code = description.Error.Code;
        switch (description.Error.Code)
        {
            case ErrorCode.NoError:
                topic.Partitions = description.Partitions;
                topic.Operations = description.AuthorizedOperations;
                break;
            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic when options.Topics.Create:
                await TryCreationAsync(topic);
                break;
            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.TopicAuthorizationFailed:
                break;
            default:
                throw new KafkaException(description.Error);
        }
    }

    /// <summary>Asks whether it could be created; nothing is.</summary>
    private async Task TryCreationAsync(Topic topic)
    {
        var wanted = new TopicSpecification
        {
            Name = topic.Name,
            NumPartitions = topic.IsPosition ? 1 : options.Topics.Partitions,
            ReplicationFactor = (short)options.Topics.ReplicationFactor,
            Configs = topic.IsPosition ? new Dictionary<string, string> { ["cleanup.policy"] = "compact" } : new Dictionary<string, string>(options.Topics.Settings),
        };
        try
        {
            await admin.CreateTopicsAsync([wanted], new CreateTopicsOptions { ValidateOnly = true, RequestTimeout = settings.StepLimit, OperationTimeout = settings.StepLimit });
        }
        catch (CreateTopicsException e)
        {
            Error error = FaultPolicy.CauseOf(e);
            (topic.Creation, topic.CreationReason) = (error.Code, error.Reason);
        }
    }

    private sealed record Topic(string Name, bool IsPosition, bool IsReal)
    {
        public ErrorCode Code { get; set; }

        /// <summary>Null: it is not there.</summary>
        public List<TopicPartitionInfo>? Partitions { get; set; }

        /// <summary>Null: the broker did not tell.</summary>
        public List<AclOperation>? Operations { get; set; }

        public ErrorCode Creation { get; set; }

        public string CreationReason { get; set; } = "";

        public AclOperation[] Needed => IsPosition ? OfPositions : OfRows;
    }
}
