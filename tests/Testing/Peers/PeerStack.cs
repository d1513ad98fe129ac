using System.Diagnostics;
using Xunit;

namespace CanalBridge.Testing.Peers;

/// <summary>Real peers: started by the stack script, so that tests can kill them, or somebody's own by their addresses.</summary>
internal sealed class PeerStack : IAsyncDisposable
{
    private const string HowToGet =
        "No peers: set PEERS_STACK to the stack script, or SOURCE_*, CANAL_* and KAFKA_BOOTSTRAP_SERVERS to peers of your own (README, Tests).";

    private static readonly Lazy<string?> Script = new(FindScript);
    private readonly string? _folder;
    private readonly Dictionary<string, string> _addresses;

    private PeerStack(string? folder, Dictionary<string, string> addresses)
    {
        _folder = folder;
        _addresses = addresses;
    }

    public string SourceKind => _addresses["SOURCE_KIND"];

    public string CanalEndpoints => _addresses["CANAL_ENDPOINTS"];

    public string CanalDestination => _addresses["CANAL_DESTINATION"];

    public string BootstrapServers => _addresses["KAFKA_BOOTSTRAP_SERVERS"];

    /// <summary>REST of Kafka Connect, where it was asked for.</summary>
    public string ConnectUrl => _addresses["CONNECT_URL"];

    public string ConnectionString =>
        $"Server={_addresses["SOURCE_HOST"]};Port={_addresses["SOURCE_PORT"]};User ID={_addresses["SOURCE_USER"]};Password={_addresses["SOURCE_PASSWORD"]};SslMode=None;AllowPublicKeyRetrieval=true;AllowUserVariables=true;UseAffectedRows=true";

    /// <summary>Starts peers, or skips the test with the way to get them; with PEERS_REQUIRED=true their absence is a failure.</summary>
    /// <param name="source">mariadb or mysql.</param>
    /// <param name="mustBeOurs">The test stops or kills them.</param>
    /// <param name="settings">NAME.KEY=VALUE for the script, kafka=BROKERS, or another service such as connect.</param>
    public static async Task<PeerStack> StartAsync(string source, bool mustBeOurs, params string[] settings)
    {
        if (Script.Value is { } script)
        {
            return await StartOwnAsync(script, source, settings);
        }

        Dictionary<string, string> given = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
        bool usable = !mustBeOurs && settings.Length == 0 && given.ContainsKey("CANAL_ENDPOINTS") && given.GetValueOrDefault("SOURCE_KIND") == source;
        Tools.Require(usable, HowToGet);
        return new PeerStack(null, given);
    }

    public Task KillAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "kill", _folder!, service);

    public Task StopAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "stop", _folder!, service);

    public Task StartAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "start", _folder!, service);

    public Task PauseAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "pause", _folder!, service);

    public Task ResumeAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "resume", _folder!, service);

    /// <summary>Deletes what the stopped Canal server would go on from.</summary>
    public void DeleteCanalCursor()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder!, "canal"), "meta.dat", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }
    }

    /// <summary>What the Canal server would go on from, as it keeps it.</summary>
    public string ReadCanalCursor() => string.Join('\n', Directory.EnumerateFiles(Path.Combine(_folder!, "canal"), "meta.dat", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await ProgramRun.OutputOfAsync(Script.Value!, "down", _folder, "--purge");
        }
    }

    private static async Task<PeerStack> StartOwnAsync(string script, string source, string[] settings)
    {
        string folder = Directory.CreateTempSubdirectory("canal-bridge-peers-").FullName;
        await ProgramRun.OutputOfAsync(script, ["install", .. source == "mysql" ? ["mysql"] : Array.Empty<string>()]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => TakeDown(script, folder);
        // "kafka=3" among the settings asks for three brokers instead of one.
        string kafka = Array.Find(settings, s => s.StartsWith("kafka=", StringComparison.Ordinal)) ?? "kafka";
        string[] services = [.. settings.Where(s => !s.Contains('=', StringComparison.Ordinal))];
        string[] up = ["up", folder, source, kafka, "canal", .. services, .. settings.Where(s => s != kafka && !services.Contains(s)).SelectMany(s => new[] { "--set", s })];
        string output;
        try
        {
            output = await ProgramRun.OutputOfAsync(script, up);
        }
        catch (InvalidOperationException e)
        {
            // On a busy machine a server may answer on its port before its socket is there; the second try finds it running.
            Console.WriteLine($"  {e.Message} Trying once more.");
            output = await ProgramRun.OutputOfAsync(script, up);
        }

        return new PeerStack(folder, output.Split('\n').Where(l => l.Contains('=', StringComparison.Ordinal)).Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1].Trim()));
    }

    /// <summary>A test run that is ended from outside leaves no process behind either.</summary>
    private static void TakeDown(string script, string folder)
    {
        if (Directory.Exists(folder))
        {
            using var down = Process.Start(script, ["down", folder, "--purge"]);
            down.WaitForExit();
        }
    }

    private static string? FindScript()
    {
        string script = Environment.GetEnvironmentVariable("PEERS_STACK") ?? Path.Combine(Repository.Root, "..", "shared", "peers", "stack");
        return File.Exists(script) ? Path.GetFullPath(script) : null;
    }
}
