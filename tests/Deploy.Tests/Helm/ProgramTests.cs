using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Testing.Peers;
using Microsoft.Extensions.Configuration;

namespace CanalBridge.DeployTests.Helm;

/// <summary>The rendered options, fed back into the program.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("canal-bridge-chart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Program_takes_a_newcomers_options()
    {
        BridgeOptions options = Read((await HelmTool.TemplateAsync("minimal")).AppSettings);

        Assert.Equal(("canal:11111", "example", "kafka:9092", "prod"), (options.Canal.Endpoints, options.Canal.Destination, options.Kafka.BootstrapServers, options.Topics.Prefix));
        Assert.Equal((8080, "*"), (options.Http.Port, options.Http.Address));
        Assert.Equal(new CanalOptions().FetchSize, options.Canal.FetchSize);
    }

    [Fact]
    public async Task Program_takes_every_kind_of_option()
    {
        BridgeOptions options = Read(WithSecrets((await HelmTool.TemplateAsync("full")).AppSettings));

        Assert.Equal(TimeSpan.FromMilliseconds(20), options.Canal.IdleWait);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Kafka.TransactionTimeout);
        Assert.Equal(SourceKind.MariaDb, options.Source.Kind);
        Assert.Equal((4194304, 134217728), (options.Canal.WindowBytes, options.Delivery.MemoryBudgetBytes));
        Assert.Equal(("/etc/canal-bridge-tls/ca.crt", "true"), (options.Kafka.Settings["ssl.ca.location"], options.Kafka.Settings["socket.keepalive.enable"].ToLowerInvariant()));
        Assert.Equal("5", options.Kafka.ProducerSettings["linger.ms"]);
        Assert.Equal("604800000", options.Topics.Settings["retention.ms"]);
        Assert.Equal((@"shop\.orders_[0-9]+", "{prefix}.shop.orders", 12), (options.Topics.Routes["orders"].Tables, options.Topics.Routes["orders"].Topic, options.Topics.Routes["orders"].Partitions));
        Assert.Equal(("secret-of-canal-password", "secret-of-kafka-sasl-password"), (options.Canal.Password, options.Kafka.SaslPassword));
        Assert.Equal("secret-of-registry-ssl-keystore-password", options.Registry.SslKeystorePassword);
    }

    [Fact]
    public async Task Program_takes_the_longest_duration_and_the_largest_number()
    {
        BridgeOptions options = Read((await HelmTool.TemplateAsync("minimal", "--set", "config.envelope.heartbeatInterval=1.00:00:00,config.delivery.memoryBudgetBytes=68719476736")).AppSettings);

        Assert.Equal((TimeSpan.FromDays(1), 68719476736), (options.Envelope.HeartbeatInterval, options.Delivery.MemoryBudgetBytes));
    }

    [Fact]
    public async Task Run_of_the_program_finds_nothing_wrong_with_them()
    {
        string file = Path.Combine(_folder, "appsettings.json");
        string authority = Path.Combine(_folder, "ca.crt");
        await File.WriteAllTextAsync(authority, Certificate());
        string settings = WithSecrets((await HelmTool.TemplateAsync("full")).AppSettings);
        await File.WriteAllTextAsync(file, settings.Replace("/etc/canal-bridge-tls/ca.crt", authority, StringComparison.Ordinal));

        (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync("run", "--config", file, "--check-config");

        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("destination example at canal1:11111,canal2:11112", output, StringComparison.Ordinal);
    }

    /// <summary>All that the chart leaves out keeps its default: the tree of null values makes no option.</summary>
    [Fact]
    public async Task Only_what_was_set_is_rendered()
    {
        JsonNode settings = JsonNode.Parse((await HelmTool.TemplateAsync("minimal")).AppSettings)!;

        Assert.Equal(
            """{"canal":{"destination":"example","endpoints":"canal:11111"},"http":{"address":"*","port":8080},"kafka":{"bootstrapServers":"kafka:9092"},"topics":{"prefix":"prod"}}""",
            settings.ToJsonString(new JsonSerializerOptions { WriteIndented = false }));
    }

    private static BridgeOptions Read(string settings)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(settings));
        return OptionsReader.Read(new ConfigurationBuilder().AddJsonStream(stream).Build());
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        return certificate.ExportCertificatePem();
    }

    /// <summary>The files that the pod would have, in a folder of the test.</summary>
    private string WithSecrets(string settings)
    {
        const string mounted = "/etc/canal-bridge/secrets/";
        JsonObject tree = JsonNode.Parse(settings)!.AsObject();
        foreach (JsonObject section in tree.Select(section => section.Value!.AsObject()))
        {
            foreach ((string option, string file) in section.Where(option => option.Value is JsonValue value && value.ToString().StartsWith(mounted, StringComparison.Ordinal)).Select(option => (option.Key, option.Value!.ToString()[mounted.Length..])).ToArray())
            {
                string path = Path.Combine(_folder, file);
                File.WriteAllText(path, file == "source-connection-string" ? "Server=db;User ID=reader" : $"secret-of-{file}\n");
                section[option] = path;
            }
        }

        return tree.ToJsonString();
    }
}
