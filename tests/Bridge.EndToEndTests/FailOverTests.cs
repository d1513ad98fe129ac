using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Another server takes a server's place: a replica the source's, a second Canal the first one's.</summary>
public sealed class FailOverTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Promoted_replica_is_read_on_by_gtid_without_a_person(string source)
    {
        await using PeerStack peers = await PeerStack.StartAsync(source, mustBeOurs: true, $"{source}2", "canal.gtid=true");
        string database = $"promoted_{source}";
        string port = await peers.PortOfAsync($"{source}2"), address = peers.ConnectionStringTo(port);
        await using var run = await RestartRun.StartAsync(peers, database);
        await using var replica = new MySqlConnection($"{address};Pooling=false");
        await replica.OpenAsync(TestContext.Current.CancellationToken);
        // Its files and offsets are others than the source's.
        await Sql.ExecuteAsync(replica, "FLUSH BINARY LOGS");
        await run.WaitForRowAfterAsync(run.Load.LastId + 200);

        long promoted = 0;
        await run.FaultAsync($"{source}: replica promoted, Canal pointed to it", line => FaultLog.Say(output, line), async () =>
        {
            await run.Load.PauseAsync();
            await UntilCaughtUpAsync(replica, database, run.Load.LastId);
            await Sql.ExecuteAsync(replica, source == "mysql" ? "STOP REPLICA" : "STOP SLAVE");
            promoted = run.Load.LastId;
            await peers.StopAsync("canal");
            run.Load.MoveTo(address);
            run.Load.Resume();
            await run.UntilRowAfterIsInTheTableAsync(run.Load.LastId + 50);
            await peers.UpAsync("canal", $"canal.source=127.0.0.1:{port}");
        });

        await run.WaitForRowAfterAsync(run.Load.LastId + 50);
        await run.AssertEverythingOnceAsync(byPosition: false);
        await run.AssertTruePositionsAsync(replica, insertedBehind: promoted);
    }

    [Fact]
    public async Task Second_canal_of_a_cluster_goes_on_when_the_first_is_killed()
    {
        await using PeerStack peers = await PeerStack.StartAsync("mariadb", mustBeOurs: true, "zookeeper", "canal2");
        await using var run = await RestartRun.StartAsync(peers, "cluster");

        await run.FaultAsync("the running Canal of a cluster killed", line => FaultLog.Say(output, line), () => peers.KillAsync("canal"));

        await run.AssertEverythingOnceAsync();
    }

    private static async Task UntilCaughtUpAsync(MySqlConnection replica, string database, long last)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string table = $"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '{database}' AND table_name = 'load_rows'";
        while (await Sql.TextAsync(replica, table) == "0" || await Sql.TextAsync(replica, $"SELECT COUNT(*) FROM {database}.load_rows WHERE id = {last}") == "0")
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
