using System.Globalization;
using CanalBridge.Kafka;
using CanalBridge.Loop.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.Commands.Check;

/// <summary>The way from here to a record in Kafka.</summary>
/// <remarks>
/// The bridge's transactional id is never used, so no bridge is fenced. Topics are created only when told; the record goes to the position
/// topic, the one that only the bridge reads, in a transaction that is aborted.
/// </remarks>
internal sealed class KafkaCheck(BridgeOptions options, CheckSettings settings, Exchange exchange, Chain chain) : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly KafkaOptions _kafka = options.Kafka;
    private IReadOnlyList<(string Host, int Port)> _servers = [];
    private KafkaClient? _client;
    private KafkaTopics? _topics;
    private Metadata? _metadata;
    private bool _positionTopicIsThere;
    private string? _refusedLogin;

    public async Task RunAsync()
    {
        TimeSpan limit = settings.StepLimit;
        await chain.StepAsync(Steps.KafkaDns, limit, async (findings, stop) => _servers = await NetworkProbe.ResolveAsync(Servers(_kafka.BootstrapServers!), "Kafka:BootstrapServers", findings, stop));
        await chain.StepAsync(Steps.KafkaTcp, limit, async (findings, stop) =>
            _servers = await NetworkProbe.ConnectAsync(_servers, ConnectLimit, new Said(Texts.KafkaTcpRemedy), findings, stop));
        await chain.StepAsync(Steps.KafkaConnection, limit + limit, Connect);
        await chain.StepAsync(Steps.KafkaLogin, limit, TellLoginAsync);
        await chain.StepAsync(Steps.KafkaBrokers, limit, TellBrokersAsync);
        await chain.StepAsync(Steps.KafkaPosition, limit + limit, ReadPositionAsync);
        exchange.Tell(PositionLook.Unknown);

        // Whose topic is looked at: Canal's answer is waited for here, not in the step.
        (string Schema, string Table)? row = await exchange.Row;
        await chain.StepAsync(Steps.KafkaRights, limit + limit, (findings, stop) => TellRightsAsync(findings, row, stop));
        await chain.StepAsync(Steps.KafkaTopics, limit + limit, (findings, stop) => _topics!.TellTopicsAsync(findings));
        await chain.StepAsync(Steps.KafkaTransaction, limit + limit, TellTransaction);
        await chain.StepAsync(Steps.KafkaRecord, limit + limit, WriteRecord);
    }

    public void Dispose() => _client?.Dispose();

    /// <summary>Host and port of each; librdkafka's default port, and its way to write a protocol before them.</summary>
    public static IReadOnlyList<(string Host, int Port)> Servers(string list) =>
    [
        .. from item in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
           let address = item.Contains("://", StringComparison.Ordinal) ? item[(item.IndexOf("://", StringComparison.Ordinal) + 3)..] : item
           let colon = address.LastIndexOf(':')
           let hasPort = colon > 0 && colon > address.IndexOf(']', StringComparison.Ordinal) && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
           select ((hasPort ? address[..colon] : address).Trim('[', ']'), hasPort ? int.Parse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture) : 9092),
    ];

    private static string Principal(KafkaOptions kafka) => kafka.SaslUsername ?? "<principal>";

    private Task Connect(Findings findings, CancellationToken cancellationToken)
    {
        try
        {
            _client = new KafkaClient(options);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            findings.Fail(new Said(Texts.KafkaSettingRefused, new Quoted(e.Message)), new Said(Texts.KafkaSettingRemedy), CanalBridge.ExitCode.Configuration);
            return Task.CompletedTask;
        }

        (_metadata, Error? error) = _client.Connect(settings.StepLimit, cancellationToken);
        if (_metadata is { } metadata)
        {
            findings.Ok(Texts.KafkaConnected, metadata.Brokers.Count, new Quoted(metadata.OriginatingBrokerName), findings.Milliseconds);
        }
        else if (FaultPolicy.IsRefusedLogin(error) || error!.Code is ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState)
        {
            // It is there and speaks: the next step tells.
            _refusedLogin = error!.Reason;
            findings.Ok(Texts.KafkaSpeaks, _kafka.SecurityProtocol);
        }
        else if (error.Code == ErrorCode.Local_Ssl)
        {
            findings.Fail(new Said(Texts.KafkaTls, new Quoted(error.Reason)), new Said(Texts.KafkaTlsRemedy));
        }
        else if (KafkaClient.IsOtherProtocol(error))
        {
            findings.Fail(new Said(Texts.KafkaProtocol, _kafka.SecurityProtocol, new Quoted(error.Reason)), new Said(Texts.KafkaProtocolRemedy));
        }
        else
        {
            findings.Fail(new Said(Texts.KafkaSilent, error.Code, new Quoted(error.Reason)), new Said(Texts.KafkaProtocolRemedy));
        }

        return Task.CompletedTask;
    }

    private Task TellLoginAsync(Findings findings, CancellationToken cancellationToken)
    {
        if (_refusedLogin is { } reason)
        {
            findings.Fail(new Said(Texts.KafkaLoginRefused, _kafka.SaslUsername ?? "-", _kafka.SaslMechanism ?? "-", new Quoted(reason)), new Said(Texts.KafkaLoginRemedy));
        }
        else if (_kafka.SecurityProtocol.StartsWith("sasl", StringComparison.OrdinalIgnoreCase))
        {
            findings.Ok(Texts.KafkaLoginAccepted, _kafka.SaslUsername ?? "-", _kafka.SaslMechanism ?? "-");
        }
        else
        {
            findings.Ok(Texts.KafkaNoLogin, _kafka.SecurityProtocol);
        }

        return Task.CompletedTask;
    }

    /// <summary>Clients go on to the addresses that the brokers tell of themselves, whatever the first address was.</summary>
    private Task TellBrokersAsync(Findings findings, CancellationToken cancellationToken) =>
        NetworkProbe.ConnectAsync([.. _metadata!.Brokers.Select(static b => (b.Host, b.Port))], TimeSpan.FromSeconds(3), new Said(Texts.BrokerRemedy), findings, cancellationToken);

    private async Task ReadPositionAsync(Findings findings, CancellationToken cancellationToken)
    {
        string topic = options.PositionTopic;
        if (await MayUseGroupAsync())
        {
            ReadPosition(topic, findings, cancellationToken);
        }
        else
        {
            string group = KafkaClientConfig.GroupId(options);
            findings.Fail(new Said(Texts.GroupRightMissing, group), new Said(Texts.GroupRightRemedy, _kafka.BootstrapServers!, Principal(_kafka), group), standsAlone: true);
        }
    }

    /// <summary>Nothing is ever committed for the group, but the client looks for its coordinator as soon as there is a position to read.</summary>
    private async Task<bool> MayUseGroupAsync()
    {
        try
        {
            await _client!.Admin.DescribeConsumerGroupsAsync([KafkaClientConfig.GroupId(options)], new DescribeConsumerGroupsOptions { RequestTimeout = settings.StepLimit });
            return true;
        }
        catch (DescribeConsumerGroupsException e)
        {
            return e.Results.ConsumerGroupDescriptions.TrueForAll(static group => group.Error.Code != ErrorCode.GroupAuthorizationFailed);
        }
        catch (KafkaException)
        {
            // Reading tells what is wrong.
            return true;
        }
    }

    private void ReadPosition(string topic, Findings findings, CancellationToken cancellationToken)
    {
        try
        {
            // A topic asked for by name would be made by the broker otherwise; the client was told not to.
            TopicMetadata known = _client!.Admin.GetMetadata(topic, settings.StepLimit).Topics[0];
            if (known.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
            {
                Tell(findings, stored: null);
                return;
            }

            if (known.Error.Code == ErrorCode.TopicAuthorizationFailed)
            {
                findings.Skip(new Said(Texts.PositionNotAllowed, topic));
                return;
            }

            _positionTopicIsThere = true;
            Tell(findings, new PositionStore(options, witness: null, TimeProvider.System, NullLogger.Instance).ReadCommitted(cancellationToken));
        }
        catch (KafkaFaultException e) when (e.InnerException is FormatException)
        {
            exchange.Tell(PositionLook.Stored);
            findings.Fail(new Said(Texts.PositionUnreadable, topic, options.Canal.Destination!), new Said(Texts.PositionUnreadableRemedy), CanalBridge.ExitCode.Position, standsAlone: true);
        }
        catch (KafkaFaultException e) when (e.InnerException is KafkaException { Error.Code: ErrorCode.TopicAuthorizationFailed })
        {
            findings.Skip(new Said(Texts.PositionNotAllowed, topic));
        }
        catch (Exception e) when (e is KafkaFaultException or KafkaException)
        {
            findings.Fail(new Said(Texts.Reason, new Quoted(e.Message)), new Said(Texts.KafkaAnswerRemedy), standsAlone: true);
        }
    }

    private void Tell(Findings findings, StoredPosition? stored)
    {
        exchange.Tell(stored is null ? PositionLook.None : PositionLook.Stored);
        if (stored is null)
        {
            findings.Ok(Texts.PositionNone, options.PositionTopic, options.Canal.Destination!);
            return;
        }

        string age = Age(TimeProvider.System.GetUtcNow() - stored.Time);
        findings.Ok(Texts.PositionStored, stored.ToString(), stored.Owner, stored.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), age);
        if (stored.Epoch > options.Delivery.Epoch)
        {
            findings.Fail(new Said(Texts.EpochOlder, stored.Epoch, options.Delivery.Epoch), new Said(Texts.EpochOlderRemedy, stored.Epoch), CanalBridge.ExitCode.Position, standsAlone: true);
        }
        else if (stored.Epoch < options.Delivery.Epoch)
        {
            findings.Warn(new Said(Texts.EpochNewer, options.Delivery.Epoch, stored.Epoch), new Said(Texts.EpochNewerRemedy, stored.Epoch));
        }
    }

    private static string Age(TimeSpan age) =>
        age < TimeSpan.Zero ? "0 s"
        : age.TotalMinutes < 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0} s")
        : age.TotalHours < 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min")
        : age.TotalDays < 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h")
        : string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} d");

    private async Task TellRightsAsync(Findings findings, (string Schema, string Table)? row, CancellationToken cancellationToken)
    {
        string table = row is { } seen
            ? new TopicRouter(options.Topics, NullLogger.Instance, options.OwnTopics).TopicOf(seen.Schema, seen.Table)
            : $"{options.Topics.Prefix}{options.Topics.Delimiter}canal_bridge_check";
        _topics = new KafkaTopics(options, settings, _client!.Admin, Principal(_kafka));
        try
        {
            await _topics.LookAsync(table, isReal: row is not null, cancellationToken);
        }
        catch (KafkaException e)
        {
            findings.Fail(new Said(Texts.Reason, new Quoted(e.Message)), new Said(Texts.KafkaAnswerRemedy));
            return;
        }

        _topics.TellRights(findings);
        _positionTopicIsThere |= _topics.Exists(options.PositionTopic);
    }

    private Task TellTransaction(Findings findings, CancellationToken cancellationToken)
    {
        string id = TransactionProbe.IdOf(options);
        var remedy = new Said(Texts.TransactionRightRemedy, _kafka.BootstrapServers!, Principal(_kafka), options.TransactionalId);
        try
        {
            new TransactionProbe(options).Claim(settings.StepLimit);
            findings.Ok(Texts.TransactionAllowed, id, options.TransactionalId);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.TransactionalIdAuthorizationFailed)
        {
            // The right may be granted for the bridge's id alone; trying that one would fence a bridge that runs.
            findings.Warn(new Said(Texts.TransactionUnknown, id, options.TransactionalId), remedy);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.ClusterAuthorizationFailed)
        {
            findings.Fail(new Said(Texts.IdempotentWriteMissing), new Said(Texts.IdempotentWriteRemedy, _kafka.BootstrapServers!, Principal(_kafka)), standsAlone: true);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.InvalidTransactionTimeout)
        {
            findings.Fail(new Said(Texts.TransactionTimeoutRefused, _kafka.TransactionTimeout.ToString("c", CultureInfo.InvariantCulture)), new Said(Texts.TransactionTimeoutRemedy), standsAlone: true);
        }
        catch (KafkaException e)
        {
            findings.Fail(new Said(Texts.TransactionFailed, e.Error.Code, new Quoted(e.Error.Reason)), new Said(Texts.TransactionFailedRemedy));
        }

        return Task.CompletedTask;
    }

    private Task WriteRecord(Findings findings, CancellationToken cancellationToken)
    {
        string topic = options.PositionTopic;
        if (!_positionTopicIsThere)
        {
            if (_topics!.IsHidden(topic))
            {
                findings.Skip(new Said(Texts.TopicNotAllowed, topic));
            }
            else
            {
                findings.Skip(new Said(Texts.RecordNoTopic, topic), options.Topics.Create ? new Said(Texts.RecordNoTopicRemedy) : null);
            }

            return Task.CompletedTask;
        }

        try
        {
            // A key of its own: even a reader that takes aborted records would not take it for the destination's.
            new TransactionProbe(options).WriteAndAbort(topic, "canal-bridge check"u8.ToArray(), "aborted"u8.ToArray(), settings.StepLimit, cancellationToken);
            findings.Ok(Texts.RecordWritten, topic, findings.Milliseconds);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.TransactionalIdAuthorizationFailed)
        {
            findings.Skip(new Said(Texts.RecordNoId, TransactionProbe.IdOf(options)));
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.TopicAuthorizationFailed)
        {
            findings.Fail(new Said(Texts.RecordRefused, topic, e.Error.Code, new Quoted(e.Error.Reason)), new Said(Texts.TopicRightRemedy, _kafka.BootstrapServers!, Principal(_kafka), "Write", topic));
        }
        catch (KafkaException e)
        {
            findings.Fail(new Said(Texts.RecordRefused, topic, e.Error.Code, new Quoted(e.Error.Reason)), new Said(Texts.RecordRemedy));
        }

        return Task.CompletedTask;
    }
}
