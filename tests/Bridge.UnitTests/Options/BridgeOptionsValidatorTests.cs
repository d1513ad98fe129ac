using CanalBridge.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CanalBridge.UnitTests.Options;

/// <summary>Rules over several fields, through the reader that applies them.</summary>
public sealed class BridgeOptionsValidatorTests
{
    private static readonly Dictionary<string, string?> Valid = new()
    {
        ["Canal:Endpoints"] = "canal:11111",
        ["Canal:Destination"] = "example",
        ["Kafka:BootstrapServers"] = "kafka:9092",
        ["Topics:Prefix"] = "shop",
    };

    [Theory]
    [InlineData("shop\\.[a-z", "shop\\.[a-z")]
    [InlineData("shop\\..*,(", "(")]
    [InlineData("*", "*")]
    public void Filter_that_is_no_regular_expression_is_refused_by_its_broken_part(string filter, string brokenPart)
    {
        string mistake = Assert.Single(Mistakes(("Canal:Filter", filter)));

        Assert.Contains($"Canal:Filter has '{brokenPart}', which is no regular expression", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_format_is_told_beside_the_other_mistakes() => Assert.Equal(
        ["Canal:Destination is 'a b' but must be the name of a Canal instance, without blanks.", "Envelope:Format is 'json' but must be one of debezium, avro, canal-flat, maxwell."],
        Mistakes(("Envelope:Format", "json"), ("Envelope:Strict", "true"), ("Canal:Destination", "a b")).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_broken_part_of_a_filter_is_reported() =>
        Assert.Equal(2, Mistakes(("Canal:Filter", "(,shop\\..*,[")).Count);

    [Theory]
    [InlineData("shop\\..*")]
    [InlineData("shop\\.orders, shop\\.items")]
    [InlineData("shop\\.orders,")]
    [InlineData("")]
    public void Filter_of_regular_expressions_is_taken_as_it_is(string filter) =>
        Assert.Equal(filter, Read(("Canal:Filter", filter)).Canal.Filter);

    [Fact]
    public void Avro_needs_a_registry() =>
        Assert.Contains("Registry:Url is not set", Assert.Single(Mistakes(("Envelope:Format", "avro"))), StringComparison.Ordinal);

    [Fact]
    public void Avro_with_a_registry_is_taken() =>
        Assert.Equal("avro", Read(("Envelope:Format", "avro"), ("Registry:Url", "http://a:8081,https://b")).Envelope.Format);

    [Theory]
    [InlineData("Envelope:SchemasEnable", "true")]
    [InlineData("Envelope:DecimalFormat", "numeric")]
    public void Settings_of_the_JSON_converter_are_refused_with_Avro(string key, string value) =>
        Assert.Contains("of the JSON converter", Assert.Single(Mistakes(("Envelope:Format", "avro"), ("Registry:Url", "http://a"), (key, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData("registry:8081")]
    [InlineData("ftp://registry")]
    [InlineData("http://a,b")]
    public void Address_of_a_registry_that_is_none_is_refused(string url) =>
        Assert.Contains("Registry:Url has", Assert.Single(Mistakes(("Registry:Url", url))), StringComparison.Ordinal);

    [Fact]
    public void Address_to_listen_at_that_is_none_is_refused() =>
        Assert.Equal(["Http:Address is 'abc' but must be localhost, an IP address of this host, or * for all."], Mistakes(("Http:Address", "abc")));

    [Fact]
    public void Login_in_the_address_of_a_registry_is_refused_and_not_shown()
    {
        string mistake = Assert.Single(Mistakes(("Registry:Url", "http://bridge:hunter2@registry:8081")));

        Assert.Contains("Registry:PasswordFile", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_of_a_registry_is_given_whole() =>
        Assert.Contains("go together", Assert.Single(Mistakes(("Registry:Username", "bridge"))), StringComparison.Ordinal);

    [Fact]
    public void Registry_is_not_asked_for_longer_than_a_transaction_lives() =>
        Assert.Contains("Registry:Timeout is 00:00:30", Assert.Single(Mistakes(("Envelope:Format", "avro"), ("Registry:Url", "http://a"), ("Registry:Timeout", "00:00:30"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Envelope:ColumnMaskWithChars:many", "shop\\.a\\.b", "number of characters")]
    [InlineData("Envelope:ColumnTruncateToChars:-1", "shop\\.a\\.b", "number of characters")]
    [InlineData("Envelope:ColumnMaskWithChars:5", "(", "regular expressions for schema.table.column")]
    [InlineData("Source:ColumnExcludeList", "(", "regular expressions for schema.table.column")]
    [InlineData("Topics:Routes:x:Tables", "(", "regular expressions for schema.table")]
    [InlineData("Topics:Routes:x:Topic", "t", "Topics:Routes:x:Tables is not set")]
    [InlineData("Topics:Routes:x:Tables", ",", "regular expressions for schema.table")]
    [InlineData("Topics:Routes", "t", "Topics:Routes:<name>=VALUE")]
    [InlineData("Envelope:ColumnMaskWithChars", "shop\\.a\\.b", "Envelope:ColumnMaskWithChars:<name>=VALUE")]
    [InlineData("Topics:Routes:x:Teble", "t", "Topics:Routes:x:Teble is not an option")]
    [InlineData("Delivery:UnfitValue:dates", "null", "Delivery:UnfitValue:dates is not an option; Delivery:UnfitValue has date, json, label, other")]
    [InlineData("Delivery:UnfitValue:date", "skip", "Delivery:UnfitValue:date is 'skip' but must be one of stop, null, text")]
    public void Mask_list_or_route_of_another_form_is_refused(string key, string value, string expected) =>
        Assert.Contains(Mistakes((key, value)), mistake => mistake.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("{nothing}")]
    [InlineData("{prefix}.{2}")]
    [InlineData("{0}")]
    public void Topic_of_a_route_with_an_unknown_field_is_refused(string topic) =>
        Assert.Contains("there are {prefix}, {schema}, {table} and {1} to {1}", Assert.Single(Mistakes(("Topics:Routes:x:Tables", "shop\\.(.*)"), ("Topics:Routes:x:Topic", topic))), StringComparison.Ordinal);

    [Fact]
    public void Route_is_read_from_its_three_options()
    {
        RouteOptions route = Read(("Topics:Routes:x:Tables", "shop\\.(.*)"), ("Topics:Routes:x:Topic", "{1}"), ("Topics:Routes:x:Partitions", "12")).Topics.Routes["x"];

        Assert.Equal(("shop\\.(.*)", "{1}", 12), (route.Tables, route.Topic, route.Partitions));
    }

    [Fact]
    public void Hash_of_an_unknown_digest_without_salt_has_both_mistakes()
    {
        IReadOnlyList<string> mistakes = [.. Mistakes(("Envelope:ColumnMaskHash:CRC", "shop\\.a\\.b"))];

        Assert.Equal(2, mistakes.Count);
        Assert.Contains(mistakes, static mistake => mistake.Contains("SHA-256", StringComparison.Ordinal));
        Assert.Contains(mistakes, static mistake => mistake.Contains("Envelope:ColumnMaskSalt", StringComparison.Ordinal));
    }

    [Fact]
    public void Both_column_lists_at_once_are_refused() =>
        Assert.Contains("keep one", Assert.Single(Mistakes(("Source:ColumnIncludeList", "a"), ("Source:ColumnExcludeList", "b"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Kafka:SaslMechanism", "PLAIN")]
    [InlineData("Kafka:SaslMechanism", "SCRAM-SHA-512")]
    public void Sasl_mechanism_without_a_sasl_protocol_is_refused(string key, string value)
    {
        string mistake = Assert.Single(Mistakes((key, value)));

        Assert.Contains("Kafka:SecurityProtocol is plaintext; set it to sasl_ssl or sasl_plaintext.", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plaintext")]
    [InlineData("ssl")]
    public void Sasl_login_without_a_sasl_protocol_is_refused(string protocol)
    {
        string mistake = Assert.Single(Mistakes(("Kafka:SecurityProtocol", protocol), ("Kafka:SaslUsername", "bridge"), ("Kafka:SaslPassword", "hunter2")));

        Assert.Contains($"Kafka:SecurityProtocol is {protocol}", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kafka:SaslUsername", "bridge")]
    [InlineData("Kafka:SaslPassword", "hunter2")]
    public void Sasl_user_and_password_go_together(string key, string value)
    {
        string mistake = Assert.Single(Mistakes(("Kafka:SecurityProtocol", "sasl_ssl"), ("Kafka:SaslMechanism", "PLAIN"), (key, value)));

        Assert.Equal("Kafka:SaslUsername and Kafka:SaslPassword (or SaslPasswordFile) go together; one of them is not set.", mistake);
    }

    [Theory]
    [InlineData("sasl_plaintext")]
    [InlineData("sasl_ssl")]
    public void Whole_sasl_login_is_taken(string protocol)
    {
        BridgeOptions options = Read(("Kafka:SecurityProtocol", protocol), ("Kafka:SaslMechanism", "SCRAM-SHA-256"), ("Kafka:SaslUsername", "bridge"), ("Kafka:SaslPassword", "hunter2"));

        Assert.Equal("hunter2", options.Kafka.SaslPassword);
    }

    [Fact]
    public void Sasl_mechanism_may_need_no_user_at_all() =>
        Assert.Null(Read(("Kafka:SecurityProtocol", "sasl_ssl"), ("Kafka:SaslMechanism", "OAUTHBEARER")).Kafka.SaslUsername);

    [Fact]
    public void Canal_password_without_a_user_is_refused() =>
        Assert.Equal("Canal:Password is set but Canal:Username is not; set both or neither.", Assert.Single(Mistakes(("Canal:Password", "hunter2"))));

    [Theory]
    [InlineData("bridge positions")]
    [InlineData("positions/shop")]
    [InlineData("positions\n")]
    public void Position_topic_that_is_no_topic_name_is_refused(string topic)
    {
        string mistake = Assert.Single(Mistakes(("Kafka:PositionTopic", topic)));

        Assert.Contains($"Kafka:PositionTopic is '{topic}' but must be a topic name", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Destination_with_a_blank_is_refused() =>
        Assert.Contains("Canal:Destination is 'my example'", Assert.Single(Mistakes(("Canal:Destination", "my example"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("orders")]
    [InlineData("shop.orders:")]
    [InlineData("shop.(orders:id")]
    [InlineData("a:b:c")]
    public void Key_columns_of_another_form_are_refused(string columns) =>
        Assert.Contains("Envelope:MessageKeyColumns is", Assert.Single(Mistakes(("Envelope:MessageKeyColumns", columns))), StringComparison.Ordinal);

    [Fact]
    public void Tables_that_are_both_included_and_excluded_are_a_mistake() =>
        Assert.Contains("keep one", Assert.Single(Mistakes(("Source:TableIncludeList", "a.b"), ("Source:TableExcludeList", "a.c"))), StringComparison.Ordinal);

    [Fact]
    public void Table_list_that_is_no_regular_expression_is_refused() =>
        Assert.Contains("Source:TableExcludeList is", Assert.Single(Mistakes(("Source:TableExcludeList", "a.(b"))), StringComparison.Ordinal);

    [Fact]
    public void Own_topics_that_come_from_a_strange_destination_are_refused()
    {
        string[] mistakes = [.. Mistakes(("Canal:Destination", "my/example"))];

        Assert.Equal(2, mistakes.Length);
        Assert.Contains("Kafka:PositionTopic is 'canal-bridge.shop.my/example.positions'", mistakes[0], StringComparison.Ordinal);
        Assert.Contains("Its default comes from Topics:Prefix and Canal:Destination.", mistakes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafka:99999")]
    [InlineData("kafka:9092,other:")]
    [InlineData("PLAINTEXT://kafka:x")]
    public void Bootstrap_servers_with_a_port_that_is_none_are_refused(string servers) =>
        Assert.Contains("Kafka:BootstrapServers has", Assert.Single(Mistakes(("Kafka:BootstrapServers", servers))), StringComparison.Ordinal);

    [Fact]
    public void Position_topic_of_a_missing_destination_is_not_reported_beside_it() =>
        Assert.Contains("Canal:Destination is not set", Assert.Single(Mistakes(("Canal:Destination", null))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Canal:PasswordFile", "Canal:Username")]
    [InlineData("Kafka:SaslPasswordFile", "Kafka:SaslUsername")]
    public void Empty_secret_file_is_refused_by_its_name(string key, string user)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "\r\n");
        try
        {
            IReadOnlyCollection<string> mistakes = Mistakes((user, "bridge"), ("Kafka:SecurityProtocol", "sasl_ssl"), ("Kafka:SaslMechanism", "PLAIN"), (key, file));

            Assert.Contains($"{key} is {file} but that file is empty.", mistakes);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Secret_and_its_file_exclude_each_other() =>
        Assert.Equal(
            "Canal:Password and Canal:PasswordFile are both set; keep one.",
            Assert.Single(Mistakes(("Canal:Username", "bridge"), ("Canal:Password", "hunter2"), ("Canal:PasswordFile", "/run/secrets/canal"))));

    [Theory]
    [InlineData("Delivery:GroupInterval", "00:00:04", "Kafka:TransactionTimeout", "00:00:08", "Delivery:GroupInterval is 00:00:04 but must be below half of Kafka:TransactionTimeout (00:00:08).")]
    [InlineData("Canal:IdleWait", "00:00:02", "Canal:ResponseTimeout", "00:00:02", "Canal:ResponseTimeout is 00:00:02 but must exceed Canal:IdleWait (00:00:02).")]
    [InlineData("Kafka:MessageMaxBytes", "6000000", "Delivery:MemoryBudgetBytes", "10000000", "Kafka:MessageMaxBytes is 6000000 but must not exceed half of Delivery:MemoryBudgetBytes (10000000)")]
    public void Values_that_do_not_go_together_are_both_named(string key, string value, string otherKey, string otherValue, string expected) =>
        Assert.Contains(Mistakes((key, value), (otherKey, otherValue)), m => m.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("ACKS")]
    [InlineData("Test.Mock.Num.Brokers")]
    public void Guarded_setting_is_found_in_any_case(string name) =>
        Assert.Contains($"Kafka:Settings:{name} must not be set", Assert.Single(Mistakes(($"Kafka:Settings:{name}", "1"))), StringComparison.Ordinal);

    [Fact]
    public void Rules_of_a_section_that_is_not_read_do_not_apply()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Topics:Prefix", "shop"), new("Canal:Filter", "("), new("Kafka:SaslMechanism", "PLAIN")]).Build();

        Assert.Equal("", OptionsReader.Read(configuration, "Topics").Canal.Filter);
    }

    [Theory]
    [InlineData("debezium")]
    [InlineData("maxwell")]
    public void Strict_is_for_the_flat_format_alone(string format) =>
        Assert.Equal(
            $"Envelope:Strict is true but Envelope:Format is {format}; only canal-flat has a strict form.",
            Assert.Single(Mistakes(("Envelope:Format", format), ("Envelope:Strict", "true"))));

    [Fact]
    public void Strict_messages_have_no_keys_to_choose() =>
        Assert.Contains(
            "Envelope:MessageKeyColumns is set but Envelope:Strict is true",
            Assert.Single(Mistakes(("Envelope:Format", "canal-flat"), ("Envelope:Strict", "true"), ("Envelope:MessageKeyColumns", "a.b:c"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("SchemasEnable", "true")]
    [InlineData("DecimalHandlingMode", "string")]
    [InlineData("DecimalFormat", "numeric")]
    [InlineData("BigintUnsignedHandlingMode", "precise")]
    [InlineData("BinaryHandlingMode", "hex")]
    [InlineData("TimePrecisionMode", "connect")]
    [InlineData("SchemaNameAdjustmentMode", "avro")]
    [InlineData("FieldNameAdjustmentMode", "avro")]
    public void Mode_of_Debezium_is_refused_with_another_format(string option, string value)
    {
        foreach (string format in new[] { "canal-flat", "maxwell" })
        {
            Assert.Equal(
                $"Envelope:{option} is {value} but Envelope:Format is {format}, which has no such option; take one of them away.",
                Assert.Single(Mistakes(("Envelope:Format", format), ($"Envelope:{option}", value))));
        }
    }

    [Theory]
    [InlineData("TombstonesOnDelete", "false")]
    [InlineData("ContextHeaders", "false")]
    [InlineData("ReplaceNullWithDefault", "false")]
    [InlineData("MessageKeyColumns", "shop\\.orders:region")]
    [InlineData("SkippedOperations", "d")]
    public void Option_that_another_format_heeds_or_fulfils_anyway_is_taken(string option, string value)
    {
        foreach (string format in new[] { "canal-flat", "maxwell" })
        {
            Assert.Equal(format, Read(("Envelope:Format", format), ($"Envelope:{option}", value)).Envelope.Format);
        }
    }

    private static IReadOnlyCollection<string> Mistakes(params (string Key, string? Value)[] changes) =>
        [.. Assert.Throws<OptionsValidationException>(() => Read(changes)).Failures];

    private static BridgeOptions Read(params (string Key, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>(Valid);
        foreach ((string key, string? value) in changes)
        {
            values[key] = value;
        }

        return OptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}
