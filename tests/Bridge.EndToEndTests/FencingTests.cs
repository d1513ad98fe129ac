using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Two bridges on one destination: one of them writes, the other stands by.</summary>
public sealed class FencingTests(SharedPeers shared, ITestOutputHelper output)
{
    /// <summary>A bridge that stands by takes over when the owner was silent for about this and 15 seconds.</summary>
    private static readonly (string, string) ShortSilence = ("Kafka__TransactionTimeout", "00:00:05");

    [Fact]
    public async Task Fenced_bridge_stands_by_and_takes_over_when_the_second_is_killed()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        using var probes = new ProbePort();
        await using var run = await RestartRun.StartAsync(peers, "fenced", ShortSilence, probes.Option);
        await using BridgeProcess first = run.Bridge;

        await using BridgeProcess second = run.Bridge = BridgeProcess.Run(peers, run.Prefix, ShortSilence);
        await probes.WaitForAsync("readyz", 503, first);
        await probes.WaitForAsync("livez", 200, first);
        await run.WaitForRowAfterAsync(run.Load.LastId);
        Assert.False(second.HasExited, second.Output);

        await run.FaultAsync("second bridge killed, the first stands by", line => FaultLog.Say(output, line), async () =>
        {
            await run.KillBridgeAsync();
            run.Bridge = first;
        });
        await probes.WaitForAsync("readyz", 200, first);
        await run.AssertEverythingOnceAsync();
    }

    [Fact]
    public async Task Frozen_bridge_that_was_replaced_writes_nothing_when_it_thaws_and_stands_by()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        using var probes = new ProbePort();
        await using var run = await RestartRun.StartAsync(peers, "replaced", probes.Option);
        await using BridgeProcess sleeper = run.Bridge;
        sleeper.Signal("STOP");
        run.Bridge = BridgeProcess.Run(peers, run.Prefix);
        await run.WaitForRowAfterAsync(run.Load.LastId);

        sleeper.Signal("CONT");

        await probes.WaitForAsync("readyz", 503, sleeper);
        await probes.WaitForAsync("livez", 200, sleeper);
        await run.WaitForRowAfterAsync(run.Load.LastId);
        await run.AssertEverythingOnceAsync();
    }

    /// <summary>To the bridge that was replaced every row of the table is one that it leaves out: nothing for Kafka, only something to acknowledge.</summary>
    [Fact]
    public async Task Frozen_bridge_with_another_table_list_acknowledges_nothing_when_it_thaws()
    {
        const int rows = 200;
        PeerStack peers = await shared.GetAsync("mariadb");
        await using MySqlConnection source = await peers.ConnectAsync();
        await Sql.ExecuteAsync(source, "CREATE DATABASE lists; CREATE TABLE lists.both (id INT PRIMARY KEY); CREATE TABLE lists.one (id INT PRIMARY KEY)");
        using var probes = new ProbePort();
        await using BridgeProcess sleeper = BridgeProcess.Run(peers, "lists", ("Source__TableExcludeList", @"lists\.one"), probes.Option);
        await sleeper.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, "lists.lists");
        await Sql.ExecuteAsync(source, "INSERT INTO lists.both VALUES (1)");
        await consumer.WaitForAsync(static r => r.Operation == "c", () => sleeper.Output);
        sleeper.Signal("STOP");
        await using BridgeProcess owner = BridgeProcess.Run(peers, "lists");
        await owner.WaitUntilReadingAsync();

        for (int id = 1; id <= rows; id++)
        {
            await Sql.ExecuteAsync(source, $"INSERT INTO lists.one VALUES ({id})");
            if (id == rows / 4)
            {
                await consumer.WaitForAsync(r => r.Topic == "lists.lists.one", () => owner.Output, () => owner.HasExited);
                sleeper.Signal("CONT");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await consumer.WaitForAsync(r => r.Topic == "lists.lists.one" && r.Key == $"{{\"id\":{rows}}}", () => owner.Output, () => owner.HasExited);
        await consumer.ReadToEndAsync();
        Assert.Equal(Enumerable.Range(1, rows), consumer.Records.Where(static r => r.Topic == "lists.lists.one").Select(static r => r.After.GetProperty("id").GetInt32()));
        Assert.False(sleeper.HasExited, sleeper.Output);
        await probes.WaitForAsync("readyz", 503, sleeper);
    }
}
