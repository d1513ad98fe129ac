using System.Diagnostics;
using System.Globalization;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Load, a new binlog file each MiB, and one random fault after the other.</summary>
/// <remarks>
/// By hand alone, as it takes its time (<c>-p:Torture=true</c>): TORTURE_MINUTES for each source, one without it; TORTURE_SOURCE=mysql for one kind;
/// TORTURE_SEED for another order.
/// </remarks>
public sealed class TortureTests(ITestOutputHelper output)
{
    private static readonly string Minutes = Environment.GetEnvironmentVariable("TORTURE_MINUTES") ?? "1";

    /// <summary>Kinds of source, with and without GTID mode.</summary>
    public static TheoryData<string, bool> Sources
    {
        get
        {
            (string Source, bool IsGtidMode)[] all = [("mariadb", true), ("mariadb", false), ("mysql", true), ("mysql", false)];
            string? wanted = Environment.GetEnvironmentVariable("TORTURE_SOURCE");
            return new(all.Where(one => wanted is null || one.Source == wanted));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Random_faults_lose_and_repeat_nothing(string source, bool isGtidMode)
    {
        var length = TimeSpan.FromMinutes(double.Parse(Minutes, CultureInfo.InvariantCulture));
        int seed = int.Parse(Environment.GetEnvironmentVariable("TORTURE_SEED") ?? "1", CultureInfo.InvariantCulture);
        Say($"{source}, GTID mode {(isGtidMode ? "on" : "off")}, seed {seed}, {length}");
        string[] gtid = isGtidMode ? ["canal.gtid=true"] : [];
        await using PeerStack peers = await PeerStack.StartAsync(source, mustBeOurs: true, [$"{source}.max_binlog_size=1048576", .. gtid]);
        await using var run = await RestartRun.StartAsync(peers, $"torture_{source}", noteLength: 500);

        var random = new Random(seed);
        (string Name, Func<Task> Do)[] faults = Faults(peers, run, source);
        var names = new Queue<(string Name, Func<Task> Do)>();
        long began = Stopwatch.GetTimestamp();
        int done = 0;
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            if (names.Count == 0)
            {
                // Each once before any comes again.
                random.Shuffle(faults);
                names = new Queue<(string, Func<Task>)>(faults);
            }

            (string name, Func<Task> harm) = names.Dequeue();
            await Task.Delay(random.Next(100, 2000), TestContext.Current.CancellationToken);
            await run.FaultAsync($"{++done}. {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s: {name}", Say, async () =>
            {
                var canal = new StuckCanal(peers, run);
                await harm();
                if (source == "mariadb" && !isGtidMode)
                {
                    await canal.MendAsync();
                }
            });
        }

        await run.AssertEverythingOnceAsync();
        Say($"{source}: {done} faults, {run.Load.Changes} changes, each of them there once and in order");
    }

    private static (string Name, Func<Task> Do)[] Faults(PeerStack peers, RestartRun run, string source) =>
    [
        ("dump connection killed", () => peers.KillDumpAsync()),
        ("source frozen for 2 s", async () =>
        {
            await peers.PauseAsync(source);
            await Task.Delay(TimeSpan.FromSeconds(2));
            await peers.ResumeAsync(source);
        }),
        ("source killed and started", async () =>
        {
            await peers.KillAsync(source);
            await peers.StartAsync(source);
        }),
        ("binlog flushed twice", async () =>
        {
            await using MySqlConnection connection = await peers.ConnectAsync();
            await Sql.ExecuteAsync(connection, "FLUSH BINARY LOGS");
            await Sql.ExecuteAsync(connection, "FLUSH BINARY LOGS");
        }),
        ("Canal killed and started", () => RestartCanalAsync(peers)),
        ("bridge killed and started", run.RestartBridgeAsync),
        ("Canal and bridge killed and started", async () =>
        {
            await peers.KillAsync("canal");
            await run.KillBridgeAsync();
            run.StartBridge();
            await peers.StartAsync("canal");
        }),
        ("binlog flushed, dump connection killed at once", async () =>
        {
            await using MySqlConnection connection = await peers.ConnectAsync();
            await Sql.ExecuteAsync(connection, "FLUSH BINARY LOGS");
            await peers.KillDumpAsync();
        }),
    ];

    private static async Task RestartCanalAsync(PeerStack peers)
    {
        await peers.KillAsync("canal");
        await peers.StartAsync("canal");
    }

    private void Say(string line) => FaultLog.Say(output, line);
}
