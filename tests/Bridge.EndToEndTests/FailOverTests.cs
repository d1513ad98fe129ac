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
        await using MySqlConnection old = await peers.ConnectAsync();
        await using var replica = new MySqlConnection($"{address};Pooling=false");
        await replica.OpenAsync(TestContext.Current.CancellationToken);
        // Its files and offsets are others than the source's. Canal 1.1.7 cannot go on by GTID in a file of MariaDB's that has nothing before it.
        await Sql.ExecuteAsync(old, $"CREATE DATABASE before_{database}");
        await UntilCaughtUpAsync(replica, source, await BinlogEvents.ExecutedGtidsAsync(old, source));
        await Sql.ExecuteAsync(replica, "FLUSH BINARY LOGS");
        await using var run = await RestartRun.StartAsync(peers, database);
        await run.WaitForRowAfterAsync(run.Load.LastId + 200);

        long promoted = 0;
        await run.FaultAsync($"{source}: replica promoted, Canal pointed to it", line => FaultLog.Say(output, line), async () =>
        {
            await run.Load.PauseAsync();
            await UntilCaughtUpAsync(replica, source, await BinlogEvents.ExecutedGtidsAsync(old, source));
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
        await peers.WaitForClusterCursorAsync();

        await run.FaultAsync("the running Canal of a cluster killed", line => FaultLog.Say(output, line), () => peers.KillAsync("canal"));

        await run.AssertEverythingOnceAsync();
    }

    /// <summary>Not its newest row alone: Canal must not have read a change that the replica has not.</summary>
    private static async Task UntilCaughtUpAsync(MySqlConnection replica, string source, string executed)
    {
        string wait = source == "mysql" ? "WAIT_FOR_EXECUTED_GTID_SET" : "MASTER_GTID_WAIT";
        Assert.Equal("0", await Sql.TextAsync(replica, $"SELECT {wait}('{executed}', 60)"));
    }
}
