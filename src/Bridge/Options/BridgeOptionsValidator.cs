using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Canal.Client;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Tables;
using MySqlConnector;

namespace CanalBridge.Options;

/// <summary>Rules that an attribute on one field cannot say.</summary>
internal static class BridgeOptionsValidator
{
    /// <summary>Settings that the guarantees hang on; the bridge sets them itself.</summary>
    private static readonly string[] GuardedSettings =
    [
        "transactional.id", "enable.idempotence", "acks", "request.required.acks", "group.id", "enable.auto.commit", "enable.auto.offset.store",
        "isolation.level", "plugin.library.paths", "bootstrap.servers", "metadata.broker.list", "allow.auto.create.topics", "partitioner",
        "transaction.timeout.ms", "max.in.flight", "max.in.flight.requests.per.connection", "message.timeout.ms", "delivery.timeout.ms", "security.protocol",
    ];

    private const string Tables = "schema.table, separated by commas, such as shop\\.orders,shop\\.items.*",
        Columns = "schema.table.column, separated by commas, such as shop\\.customers\\.email,shop\\..*\\.phone";

    private static readonly string[] FaultKinds = ["date", "json", "label", "other"], FaultChoices = ["stop", "null", "text"];

    private static readonly string[] GuardedPrefixes = ["delivery.report.", "dotnet.", "test."];

    public static void CheckFields(BridgeOptions options, string[] sections, List<string> mistakes)
    {
        bool Has(string section) => sections.Length == 0 || sections.Contains(section);
        if (Has("Canal"))
        {
            CheckCanal(options.Canal, mistakes);
        }

        if (Has("Source") && !TimeZoneInfo.TryFindSystemTimeZoneById(options.Source.CanalTimeZone, out _))
        {
            mistakes.Add($"Source:CanalTimeZone is '{options.Source.CanalTimeZone}' but must be a time zone of this system, such as UTC or Asia/Shanghai.");
        }

        if (Has("Source"))
        {
            CheckTables(options.Source, mistakes);
        }

        if (Has("Source") && options.Source.ConnectionString is { } source && !IsConnectionString(source))
        {
            mistakes.Add("Source:ConnectionString is no connection string; write such as Server=db;Port=3306;User ID=reader;Password=...");
        }

        foreach ((string kind, string choice) in Has("Delivery") ? options.Delivery.UnfitValue : [])
        {
            if (!FaultKinds.Contains(kind, StringComparer.OrdinalIgnoreCase))
            {
                mistakes.Add($"Delivery:UnfitValue:{kind} is not an option; Delivery:UnfitValue has {string.Join(", ", FaultKinds)}.");
            }
            else if (!FaultChoices.Contains(choice, StringComparer.Ordinal))
            {
                mistakes.Add($"Delivery:UnfitValue:{kind} is '{choice}' but must be one of {string.Join(", ", FaultChoices)}.");
            }
        }

        if (Has("Envelope") && options.Envelope.MessageKeyColumns is { } keys && !MessageKeyColumns.TryParse(keys, out _))
        {
            mistakes.Add($"Envelope:MessageKeyColumns is '{keys}' but must be such as shop\\.orders:region,id;shop\\.(.*):uuid: a table's regular expression, a colon, its key columns, separated by semicolons.");
        }

        foreach ((string name, RouteOptions route) in Has("Topics") ? options.Topics.RoutesInOrder : [])
        {
            if (route.Tables is { } tables && !TopicRoute.TryParse(tables, route.Topic, out _, out string? mistake))
            {
                mistakes.Add($"Topics:Routes:{name}:{mistake}.");
            }
        }

        if (Has("Envelope"))
        {
            CheckFormat(options, mistakes);
            CheckMasks(options.Envelope, mistakes);
        }

        if (Has("Envelope") && Has("Registry"))
        {
            CheckAvro(options, needsRegistry: Has("Kafka"), mistakes);
        }

        if (Has("Kafka"))
        {
            CheckKafka(options, mistakes);
        }

        if (Has("Kafka") && Has("Source") && options.Source.ConnectionString is not null && options.Source.Timeout >= options.Kafka.TransactionTimeout)
        {
            mistakes.Add($"Source:Timeout is {options.Source.Timeout:c} but must be below Kafka:TransactionTimeout ({options.Kafka.TransactionTimeout:c}): an open transaction waits meanwhile.");
        }

        if (Has("Kafka") && Has("Delivery"))
        {
            CheckDelivery(options, mistakes);
        }

        if (Has("Http") && options.Http.Address is not ("*" or "localhost") && !IPAddress.TryParse(options.Http.Address, out _))
        {
            mistakes.Add($"Http:Address is '{options.Http.Address}' but must be localhost, an IP address of this host, or * for all.");
        }

        if (Has("Http") && Has("Canal") && Has("Source") && Has("Registry") && options.Http.Port > 0)
        {
            CheckLiveness(options, mistakes);
        }
    }

    /// <summary>The loop may stand still for as long as one call is allowed to take: that is no reason to be killed.</summary>
    private static void CheckLiveness(BridgeOptions options, List<string> mistakes)
    {
        (string Name, TimeSpan Time)[] calls =
        [
            ("Canal:ResponseTimeout", options.Canal.ResponseTimeout),
            .. options.Source.ConnectionString is null ? [] : new[] { ("Source:Timeout", options.Source.Timeout) },
            .. NeedsRegistry(options) ? new[] { ("Registry:Timeout", options.Registry.Timeout) } : [],
        ];
        foreach ((string name, TimeSpan time) in calls.Where(call => call.Time >= options.Http.LivenessTimeout))
        {
            mistakes.Add($"Http:LivenessTimeout is {options.Http.LivenessTimeout:c} but must exceed {name} ({time:c}), or a patient process is taken for a dead one.");
        }
    }

    private static void CheckAvro(BridgeOptions options, bool needsRegistry, List<string> mistakes)
    {
        RegistryOptions registry = options.Registry;
        foreach (string url in (registry.Url ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            {
                mistakes.Add($"Registry:Url has '{url}' but must be such as http://registry:8081 or https://registry, or several separated by commas.");
            }
            else if (address.UserInfo.Length > 0)
            {
                mistakes.Add("Registry:Url holds a login, which would be printed; set Registry:Username and Registry:PasswordFile instead.");
            }
        }

        if ((registry.Username is null) != (registry.Password is null))
        {
            mistakes.Add("Registry:Username and Registry:Password (or PasswordFile) go together; one of them is not set.");
        }

        if (!NeedsRegistry(options))
        {
            return;
        }

        if (needsRegistry && string.IsNullOrWhiteSpace(registry.Url))
        {
            mistakes.Add($"Registry:Url is not set; Envelope:Format {options.Envelope.Format} needs a schema registry, such as http://registry:8081.");
        }

        if (needsRegistry && registry.Timeout >= options.Kafka.TransactionTimeout)
        {
            mistakes.Add($"Registry:Timeout is {registry.Timeout:c} but must be below Kafka:TransactionTimeout ({options.Kafka.TransactionTimeout:c}): an open transaction waits meanwhile.");
        }

        if (options.Envelope.SchemasEnable || options.Envelope.DecimalFormat != "base64")
        {
            mistakes.Add($"Envelope:SchemasEnable and Envelope:DecimalFormat are of the JSON converter but Envelope:Format is {options.Envelope.Format}; leave them out.");
        }
    }

    private static void CheckCanal(CanalOptions canal, List<string> mistakes)
    {
        if (canal.Endpoints is { } endpoints && !CanalEndpoint.TryParseList(endpoints, out _))
        {
            mistakes.Add($"Canal:Endpoints is '{endpoints}' but must be host:port with a port from 1 to 65535, or several separated by commas.");
        }

        if (canal.Destination is { } destination && destination.Any(char.IsWhiteSpace))
        {
            mistakes.Add($"Canal:Destination is '{destination}' but must be the name of a Canal instance, without blanks.");
        }

        if (canal.ResponseTimeout <= canal.IdleWait)
        {
            mistakes.Add($"Canal:ResponseTimeout is {canal.ResponseTimeout:c} but must exceed Canal:IdleWait ({canal.IdleWait:c}).");
        }

        foreach (string pattern in canal.Filter.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsRegularExpression(pattern))
            {
                mistakes.Add($"Canal:Filter has '{pattern}', which is no regular expression; a filter that Canal cannot read stops its instance for everybody. Write such as shop\\..* or shop\\.orders,shop\\.items.");
            }
        }

        if (canal.Password is not null && canal.Username is null)
        {
            mistakes.Add("Canal:Password is set but Canal:Username is not; set both or neither.");
        }
    }

    /// <summary>An option that a format passes over would be believed to have an effect. Those that switch off what the format never has are let pass.</summary>
    private static void CheckFormat(BridgeOptions options, List<string> mistakes)
    {
        EnvelopeOptions envelope = options.Envelope;
        if (EnvelopeFormats.Find(envelope.Format) is not { } traits)
        {
            // The name alone is told: what it was to be is not known.
            return;
        }

        if (envelope.Strict && !traits.HasStrictForm)
        {
            mistakes.Add($"Envelope:Strict is true but Envelope:Format is {envelope.Format}; only canal-flat has a strict form.");
        }

        if (traits.HasStrictForm && envelope is { Strict: true, MessageKeyColumns: not null })
        {
            mistakes.Add("Envelope:MessageKeyColumns is set but Envelope:Strict is true: Canal's own messages have no keys. Take one of them away.");
        }

        if (envelope.Strict && (options.Source.ColumnIncludeList ?? options.Source.ColumnExcludeList) is not null)
        {
            mistakes.Add("Source:ColumnIncludeList or ColumnExcludeList is set but Envelope:Strict is true: Canal's own messages hold all columns. Take one of them away.");
        }

        var defaults = new EnvelopeOptions();
        (string Name, string Value, string Usual)[] others =
        [
            (nameof(envelope.ColumnTruncateToChars), Set(envelope.ColumnTruncateToChars), ""),
            (nameof(envelope.DdlFence), envelope.DdlFence ? "true" : "false", "false"),
            (nameof(envelope.ProvideTransactionMetadata), envelope.ProvideTransactionMetadata ? "true" : "false", "false"),
            (nameof(envelope.HeartbeatInterval), envelope.HeartbeatInterval.ToString("c", CultureInfo.InvariantCulture), "00:00:00"),
        ];
        (string Name, string Value, string Usual)[] modes =
        [
            (nameof(envelope.SchemasEnable), envelope.SchemasEnable ? "true" : "false", "false"),
            (nameof(envelope.DecimalHandlingMode), envelope.DecimalHandlingMode, defaults.DecimalHandlingMode),
            (nameof(envelope.DecimalFormat), envelope.DecimalFormat, defaults.DecimalFormat),
            (nameof(envelope.BigintUnsignedHandlingMode), envelope.BigintUnsignedHandlingMode, defaults.BigintUnsignedHandlingMode),
            (nameof(envelope.BinaryHandlingMode), envelope.BinaryHandlingMode, defaults.BinaryHandlingMode),
            (nameof(envelope.TimePrecisionMode), envelope.TimePrecisionMode, defaults.TimePrecisionMode),
            (nameof(envelope.ColumnMaskWithChars), Set(envelope.ColumnMaskWithChars), ""),
            (nameof(envelope.ColumnMaskHash), Set(envelope.ColumnMaskHash), ""),
            (nameof(envelope.ColumnMaskHashV1), Set(envelope.ColumnMaskHashV1), ""),
            (nameof(envelope.SchemaNameAdjustmentMode), envelope.SchemaNameAdjustmentMode, defaults.SchemaNameAdjustmentMode),
            (nameof(envelope.FieldNameAdjustmentMode), envelope.FieldNameAdjustmentMode, defaults.FieldNameAdjustmentMode),
        ];
        foreach ((string name, string value, string usual) in (IEnumerable<(string, string, string)>)[.. traits.HasRecordsBesideRows ? [] : others, .. traits.HasModes ? [] : modes])
        {
            if (value != usual)
            {
                mistakes.Add($"Envelope:{name} is {value} but Envelope:Format is {envelope.Format}, which has no such option; take one of them away.");
            }
        }

        static string Set(Dictionary<string, string> map) => map.Count > 0 ? "set" : "";
    }

    private static void CheckKafka(BridgeOptions options, List<string> mistakes)
    {
        KafkaOptions kafka = options.Kafka;
        foreach (string server in (kafka.BootstrapServers ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // A listener's name may stand before it; without a port it is 9092.
            string address = server[(server.LastIndexOf('/') + 1)..];
            int colon = address.LastIndexOf(':');
            if (colon >= 0 && !address.EndsWith(']') && (!ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0))
            {
                mistakes.Add($"Kafka:BootstrapServers has '{server}' but must be host:port with a port from 1 to 65535, or several separated by commas.");
            }
        }

        if (options.MessageTimeout > kafka.TransactionTimeout)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture,
                $"Kafka:MessageTimeout is {options.MessageTimeout:c} but must not exceed Kafka:TransactionTimeout ({kafka.TransactionTimeout:c}); lower it or raise the other."));
        }

        if (kafka.SecurityProtocol.StartsWith("sasl", StringComparison.Ordinal) && string.IsNullOrEmpty(kafka.SaslMechanism))
        {
            mistakes.Add($"Kafka:SecurityProtocol is {kafka.SecurityProtocol} but Kafka:SaslMechanism is not set; set it to PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER.");
        }

        if (!kafka.SecurityProtocol.StartsWith("sasl", StringComparison.Ordinal) && (kafka.SaslMechanism ?? kafka.SaslUsername ?? kafka.SaslPassword) is not null)
        {
            mistakes.Add($"Kafka:SaslMechanism, SaslUsername or SaslPassword is set but Kafka:SecurityProtocol is {kafka.SecurityProtocol}; set it to sasl_ssl or sasl_plaintext.");
        }

        if ((kafka.SaslUsername is null) != (kafka.SaslPassword is null))
        {
            mistakes.Add("Kafka:SaslUsername and Kafka:SaslPassword (or SaslPasswordFile) go together; one of them is not set.");
        }

        foreach (string topic in options.Topics.Prefix is null ? [] : options.OwnTopics.Except([options.PositionTopic, options.TablesTopic]).Where(static topic => !TopicNames.IsValid(topic)))
        {
            mistakes.Add($"Topics:Prefix, Topics:Delimiter and the options of section Envelope make '{topic}', but a topic name has at most 249 letters, digits, dots, hyphens and underscores.");
        }

        CheckOwnTopic(options, nameof(kafka.PositionTopic), options.PositionTopic, mistakes);
        CheckOwnTopic(options, nameof(kafka.TablesTopic), options.TablesTopic, mistakes);
        if (options.PositionTopic == options.TablesTopic)
        {
            mistakes.Add($"Kafka:PositionTopic and Kafka:TablesTopic are both '{options.PositionTopic}' but must be two topics.");
        }

        CheckGuarded("Kafka:Settings", kafka.Settings, mistakes);
        CheckGuarded("Kafka:ProducerSettings", kafka.ProducerSettings, mistakes);
    }

    private static void CheckOwnTopic(BridgeOptions options, string name, string topic, List<string> mistakes)
    {
        if (options.Topics.Prefix is not null && options.Canal.Destination is { } destination && !destination.Any(char.IsWhiteSpace) && !TopicNames.IsValid(topic))
        {
            mistakes.Add($"Kafka:{name} is '{topic}' but must be a topic name: up to 249 letters, digits, dots, hyphens and underscores. Its default comes from Topics:Prefix and Canal:Destination.");
        }
    }

    private static void CheckTables(SourceOptions source, List<string> mistakes)
    {
        CheckList("Source:TableIncludeList", source.TableIncludeList, Tables, mistakes);
        CheckList("Source:TableExcludeList", source.TableExcludeList, Tables, mistakes);
        CheckList("Source:ColumnIncludeList", source.ColumnIncludeList, Columns, mistakes);
        CheckList("Source:ColumnExcludeList", source.ColumnExcludeList, Columns, mistakes);

        if (source.TableIncludeList is not null && source.TableExcludeList is not null)
        {
            mistakes.Add("Source:TableIncludeList and Source:TableExcludeList are both set; keep one.");
        }

        if (source.ColumnIncludeList is not null && source.ColumnExcludeList is not null)
        {
            mistakes.Add("Source:ColumnIncludeList and Source:ColumnExcludeList are both set; keep one.");
        }
    }

    private static void CheckMasks(EnvelopeOptions envelope, List<string> mistakes)
    {
        const int most = 10_000;
        foreach ((string name, Dictionary<string, string> map) in (ReadOnlySpan<(string, Dictionary<string, string>)>)[
            (nameof(envelope.ColumnMaskWithChars), envelope.ColumnMaskWithChars), (nameof(envelope.ColumnTruncateToChars), envelope.ColumnTruncateToChars)])
        {
            foreach ((string count, string columns) in map)
            {
                if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int characters) || characters > most)
                {
                    mistakes.Add($"Envelope:{name}:{count} must have a number of characters from 0 to {most} in its name, such as Envelope:{name}:5.");
                }

                CheckList($"Envelope:{name}:{count}", columns, Columns, mistakes);
            }
        }

        foreach ((string name, Dictionary<string, string> map) in (ReadOnlySpan<(string, Dictionary<string, string>)>)[
            (nameof(envelope.ColumnMaskHash), envelope.ColumnMaskHash), (nameof(envelope.ColumnMaskHashV1), envelope.ColumnMaskHashV1)])
        {
            foreach ((string algorithm, string columns) in map)
            {
                if (!ColumnMask.Algorithms.ContainsKey(algorithm))
                {
                    mistakes.Add($"Envelope:{name}:{algorithm} must have a digest in its name: {string.Join(", ", ColumnMask.Algorithms.Keys)}.");
                }

                CheckList($"Envelope:{name}:{algorithm}", columns, Columns, mistakes);
            }

            if (map.Count > 0 && envelope.ColumnMaskSalt is null)
            {
                mistakes.Add($"Envelope:{name} is set but Envelope:ColumnMaskSalt (or ColumnMaskSaltFile) is not; without a salt short texts can be guessed from their digests.");
            }
        }
    }

    private static bool NeedsRegistry(BridgeOptions options) => EnvelopeFormats.Find(options.Envelope.Format) is { NeedsRegistry: true };

    private static void CheckList(string key, string? list, string of, List<string> mistakes)
    {
        if (list is not null && !NameFilter.TryParse(list, includes: true, out _))
        {
            mistakes.Add($"{key} is '{list}' but must be regular expressions for {of}");
        }
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new MySqlConnectionStringBuilder(text).Server.Length > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsRegularExpression(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (RegexParseException)
        {
            return false;
        }
    }

    private static void CheckGuarded(string section, Dictionary<string, string> settings, List<string> mistakes)
    {
        foreach (string name in settings.Keys)
        {
            if (GuardedSettings.Contains(name, StringComparer.OrdinalIgnoreCase) || GuardedPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)))
            {
                mistakes.Add($"{section}:{name} must not be set: the delivery guarantee depends on the bridge's own value.");
            }
        }
    }

    private static void CheckDelivery(BridgeOptions options, List<string> mistakes)
    {
        if (options.Delivery.GroupInterval >= options.Kafka.TransactionTimeout / 2)
        {
            mistakes.Add($"Delivery:GroupInterval is {options.Delivery.GroupInterval:c} but must be below half of Kafka:TransactionTimeout ({options.Kafka.TransactionTimeout:c}).");
        }

        if (options.Kafka.MessageMaxBytes > options.Delivery.MemoryBudgetBytes / 2)
        {
            mistakes.Add($"Kafka:MessageMaxBytes is {options.Kafka.MessageMaxBytes} but must not exceed half of Delivery:MemoryBudgetBytes ({options.Delivery.MemoryBudgetBytes}); lower it or raise the other.");
        }

        if (options.Delivery.GroupMaxBytes > options.Delivery.MemoryBudgetBytes / 2)
        {
            mistakes.Add($"Delivery:GroupMaxBytes is {options.Delivery.GroupMaxBytes} but must not exceed half of Delivery:MemoryBudgetBytes ({options.Delivery.MemoryBudgetBytes}); lower it or raise the other.");
        }
    }
}
