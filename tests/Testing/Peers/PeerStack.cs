using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MySqlConnector;
using Xunit;

namespace CanalBridge.Testing.Peers;

/// <summary>Real peers: started by the stack script, so that tests can kill them, or somebody's own by their addresses.</summary>
internal sealed class PeerStack : IAsyncDisposable
{
    private const string HowToGet =
        "No peers: set PEERS_STACK to the stack script, or SOURCE_*, CANAL_* and KAFKA_BOOTSTRAP_SERVERS to peers of your own (CONTRIBUTING.md, Tests).";

    private const string DumpThreads = "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%' AND user = 'canal'";

    private static readonly TimeSpan DumpLimit = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
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

    public string ConnectionString => ConnectionStringTo(_addresses["SOURCE_PORT"]);

    /// <summary>What the Canal server logged so far.</summary>
    public string CanalLog
    {
        get
        {
            using var reader = new StreamReader(new FileStream(Path.Combine(_folder!, "canal.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }
    }

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

    /// <summary>Starts a server alone, for tests that do as they like with it; skips the test where there is no script.</summary>
    /// <param name="source">mariadb or mysql.</param>
    public static async Task<PeerStack> StartServerAsync(string source)
    {
        Tools.Require(Script.Value is not null, HowToGet);
        string folder = await InstallAsync(Script.Value!, source);
        return await UpAsync(Script.Value!, folder, ["up", folder, source]);
    }

    public Task KillAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "kill", _folder!, service);

    public Task StopAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "stop", _folder!, service);

    /// <summary>Starts a service, and a source until it answers.</summary>
    /// <remarks>
    /// While a source is down a client that tries its port may connect to itself, as the port is one of those that clients get. Then the source cannot have it,
    /// and ends.
    /// </remarks>
    public async Task StartAsync(string service)
    {
        long began = Stopwatch.GetTimestamp();
        bool isSource = service is "mysql" or "mariadb";
        while (true)
        {
            try
            {
                await ProgramRun.OutputOfAsync(Script.Value!, "start", _folder!, service);
                if (isSource)
                {
                    await (await ConnectAsync()).DisposeAsync();
                }

                return;
            }
            catch (Exception e) when (isSource && e is MySqlException or InvalidOperationException && Stopwatch.GetElapsedTime(began) < StartLimit)
            {
                await Task.Delay(200);
            }
        }
    }

    public Task PauseAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "pause", _folder!, service);

    public Task ResumeAsync(string service) => ProgramRun.OutputOfAsync(Script.Value!, "resume", _folder!, service);

    /// <summary>Starts a service with further settings, which stay.</summary>
    public Task UpAsync(string service, params string[] settings) =>
        ProgramRun.OutputOfAsync(Script.Value!, ["up", _folder!, service, .. settings.SelectMany(static s => new[] { "--set", s })]);

    /// <summary>Port of a service, such as a second server.</summary>
    public async Task<string> PortOfAsync(string service)
    {
        string status = await ProgramRun.OutputOfAsync(Script.Value!, "status", _folder!);
        string line = status.Split('\n').First(l => l.StartsWith(service + " ", StringComparison.Ordinal));
        return line[(line.LastIndexOf('=') + 1)..].Trim();
    }

    /// <summary>Another server on this host, with the same accounts.</summary>
    public string ConnectionStringTo(string port) =>
        $"Server={_addresses["SOURCE_HOST"]};Port={port};User ID={_addresses["SOURCE_USER"]};Password={_addresses["SOURCE_PASSWORD"]};SslMode=None;" +
        "AllowPublicKeyRetrieval=true;AllowUserVariables=true;UseAffectedRows=true";

    /// <summary>A connection of its own to the source, so that a server that is killed poisons no pool.</summary>
    public async Task<MySqlConnection> ConnectAsync()
    {
        var connection = new MySqlConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Kills the connections by which Canal reads the binlog; tells how many there were.</summary>
    public async Task<int> KillDumpAsync()
    {
        await using MySqlConnection connection = await ConnectAsync();
        long[] dumps = [.. (await Sql.RowsAsync(connection, DumpThreads)).Select(static row => Convert.ToInt64(row[0], CultureInfo.InvariantCulture))];
        foreach (long id in dumps)
        {
            await Sql.ExecuteAsync(connection, $"KILL {id}");
        }

        return dumps.Length;
    }

    /// <summary>Waits until Canal reads the binlog: it tries again 10 to 20 seconds after it lost its connection.</summary>
    public async Task WaitForDumpAsync()
    {
        long began = Stopwatch.GetTimestamp();
        await using MySqlConnection connection = await ConnectAsync();
        while ((await Sql.RowsAsync(connection, DumpThreads)).Count == 0)
        {
            if (Stopwatch.GetElapsedTime(began) > DumpLimit)
            {
                throw new InvalidOperationException($"Canal does not read the binlog:\n{CanalLog[^4000..]}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Waits until a Canal cluster has written its first cursor, a second after the first ack: one that is killed before that has none to go on from.</summary>
    public async Task WaitForClusterCursorAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!Directory.GetFiles(Path.Combine(_folder!, "zookeeper"), "log.*", SearchOption.AllDirectories).Any(static log => Holds(log, "/1001/cursor"u8)))
        {
            await Task.Delay(200, limit.Token);
        }

        static bool Holds(string log, ReadOnlySpan<byte> text) => File.ReadAllBytes(log).AsSpan().IndexOf(text) >= 0;
    }

    /// <summary>Sets what the stopped Canal server will go on from.</summary>
    /// <param name="file">Binlog file.</param>
    /// <param name="position">Start of an event at a transaction's edge.</param>
    /// <param name="gtid">Executed set before it, in GTID mode.</param>
    public void WriteCanalCursor(string file, long position, string gtid = "")
    {
        foreach (string path in CursorFiles())
        {
            JsonNode meta = JsonNode.Parse(File.ReadAllText(path))!;
            foreach (JsonNode? client in meta["clientDatas"]!.AsArray())
            {
                JsonNode at = client!["cursor"]!["postion"]!;
                (at["journalName"], at["position"], at["gtid"]) = (file, position, gtid);
            }

            File.WriteAllText(path, meta.ToJsonString());
        }
    }

    /// <summary>Deletes what the stopped Canal server would go on from.</summary>
    public void DeleteCanalCursor()
    {
        foreach (string file in CursorFiles())
        {
            File.Delete(file);
        }
    }

    /// <summary>What the Canal server would go on from, as it keeps it.</summary>
    public string ReadCanalCursor() => string.Join('\n', CursorFiles().Order(StringComparer.Ordinal).Select(File.ReadAllText));

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await ProgramRun.OutputOfAsync(Script.Value!, "down", _folder, "--purge");
        }
    }

    private string[] CursorFiles() => Directory.GetFiles(Path.Combine(_folder!, "canal"), "meta.dat", SearchOption.AllDirectories);

    private static async Task<PeerStack> StartOwnAsync(string script, string source, string[] settings)
    {
        string folder = await InstallAsync(script, source);
        // "kafka=3" among the settings asks for three brokers instead of one.
        string kafka = Array.Find(settings, s => s.StartsWith("kafka=", StringComparison.Ordinal)) ?? "kafka";
        string[] services = [.. settings.Where(s => !s.Contains('=', StringComparison.Ordinal))];
        string[] up = ["up", folder, source, kafka, "canal", .. services, .. settings.Where(s => s != kafka && !services.Contains(s)).SelectMany(s => new[] { "--set", s })];
        return await UpAsync(script, folder, up);
    }

    /// <summary>Gets what the source needs, and a folder for it.</summary>
    private static async Task<string> InstallAsync(string script, string source)
    {
        string folder = Directory.CreateTempSubdirectory("canal-bridge-peers-").FullName;
        await ProgramRun.OutputOfAsync(script, ["install", .. source == "mysql" ? ["mysql"] : Array.Empty<string>()]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => TakeDown(script, folder);
        return folder;
    }

    private static async Task<PeerStack> UpAsync(string script, string folder, string[] up)
    {
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
