using CanalBridge.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CanalBridge.UnitTests.Options;

public sealed class OptionsReaderTests
{
    private static readonly Dictionary<string, string?> Valid = new()
    {
        ["Canal:Endpoints"] = "canal1:11111,canal2:11111",
        ["Canal:Destination"] = "example",
        ["Kafka:BootstrapServers"] = "kafka:9092",
        ["Topics:Prefix"] = "shop",
        ["Source:Kind"] = "mariadb",
    };

    [Fact]
    public void Four_options_are_enough()
    {
        BridgeOptions options = Read();

        Assert.Equal("canal-bridge.shop.example", options.TransactionalId);
        Assert.Equal("canal-bridge.shop.example.positions", options.PositionTopic);
        Assert.Equal(TimeSpan.FromSeconds(20), options.MessageTimeout);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        IEnumerable<string> mistakes = Mistakes(("Canal:Endpoints", null), ("Kafka:TransactionTimeout", "soon"), ("Delivery:GroupMaxRecords", "0"), ("Topics:Prefx", "x"));

        Assert.Equal(4, mistakes.Count());
    }

    [Theory]
    [InlineData("Topics:Prefx", "x", "Topics:Prefx is not an option; Topics has Create, Delimiter, Partitions, Prefix")]
    [InlineData("Kafka:TransactionTimeout", "30", "Kafka:TransactionTimeout is '30' but must be a duration such as 00:00:30")]
    [InlineData("Kafka:TransactionTimeout", "00:00:01", "Kafka:TransactionTimeout is 00:00:01 but must be between 00:00:05 and 00:15:00")]
    [InlineData("Kafka:MessageTimeout", "00:01:00", "Kafka:MessageTimeout is 00:01:00 but must not exceed Kafka:TransactionTimeout (00:00:30); lower it or raise the other.")]
    [InlineData("Kafka:Compression", "rar", "Kafka:Compression is 'rar' but must be one of none, gzip, snappy, lz4, zstd.")]
    [InlineData("Kafka:SecurityProtocol", "sasl_ssl", "Kafka:SaslMechanism is not set")]
    [InlineData("Kafka:Settings:acks", "1", "Kafka:Settings:acks must not be set")]
    [InlineData("Kafka:ProducerSettings:transactional.id", "x", "Kafka:ProducerSettings:transactional.id must not be set")]
    [InlineData("Kafka:Settings:test.mock.num.brokers", "1", "must not be set")]
    [InlineData("Canal:Destination", null, "Canal:Destination is not set; it is required (environment: Canal__Destination).")]
    [InlineData("Canal:Endpoints", "host:port", "Canal:Endpoints is 'host:port' but must be host:port with a port from 1 to 65535, or several separated by commas.")]
    [InlineData("Canal:ClientId", "40000", "Canal:ClientId is 40000 but must be between 1 and 32767.")]
    [InlineData("Canal:Password", "secret", "Canal:Username is not")]
    [InlineData("Canal:PasswordFile", "/nowhere/password", "Canal:PasswordFile is /nowhere/password but cannot be read")]
    [InlineData("Source:Kind", "oracle", "Source:Kind is 'oracle' but must be one of mysql, mariadb.")]
    [InlineData("Source:CanalTimeZone", "Mars", "Source:CanalTimeZone is 'Mars' but must be a time zone of this system")]
    [InlineData("Topics:Prefix", "a b", "Topics:Prefix is 'a b' but must match")]
    [InlineData("Delivery:GroupMaxBytes", "60000000", "must not exceed half of Delivery:MemoryBudgetBytes")]
    [InlineData("Topics:Create", "maybe", "Topics:Create is 'maybe' but must be true or false.")]
    public void Mistake_names_the_key_the_value_and_the_remedy(string key, string? value, string expected) =>
        Assert.Contains(Mistakes((key, value)), m => m.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Secret_is_never_shown() =>
        Assert.DoesNotContain(Mistakes(("Canal:Password", "hunter2"), ("Kafka:SaslPassword", "hunter2"), ("Kafka:SaslPasswordFile", "x")), m => m.Contains("hunter2", StringComparison.Ordinal));

    [Fact]
    public void Secret_comes_from_a_file_without_its_line_end()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "s3cret\n");
        try
        {
            Assert.Equal("s3cret", Read(("Canal:Username", "u"), ("Canal:PasswordFile", file)).Canal.Password);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Raw_settings_keep_their_dotted_names() =>
        Assert.Equal("9000", Read(("Kafka:Settings:socket.timeout.ms", "9000")).Kafka.Settings["socket.timeout.ms"]);

    [Fact]
    public void Explicit_null_means_the_default() =>
        Assert.Equal(".", Read(("Topics:Delimiter", null)).Topics.Delimiter);

    [Fact]
    public void A_command_reads_only_the_sections_it_needs()
    {
        BridgeOptions options = OptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Topics:Prefix", "shop")]).Build(), "Topics", "Source");

        Assert.Equal("shop", options.Topics.Prefix);
    }

    private static IEnumerable<string> Mistakes(params (string Key, string? Value)[] changes) =>
        Assert.Throws<OptionsValidationException>(() => Read(changes)).Failures;

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
