using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>Three brokers, of which two must have a record.</summary>
public sealed class ReplicaTests(ITestOutputHelper output)
{
    [Fact]
    public async Task With_too_few_replicas_the_bridge_waits_and_goes_on_when_they_are_back()
    {
        await using PeerStack peers = await PeerStack.StartAsync("mariadb", mustBeOurs: true, "kafka=3");
        await using var run = await RestartRun.StartAsync(peers, "replicas", ("Kafka__TransactionTimeout", "00:00:10"));

        await run.FaultAsync("two of three brokers killed for longer than the transaction time-out", output.WriteLine, async () =>
        {
            await peers.KillAsync("kafka2");
            await peers.KillAsync("kafka3");
            await Task.Delay(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
            Assert.False(run.Bridge.HasExited, run.Bridge.Output);
            await peers.StartAsync("kafka2");
            await peers.StartAsync("kafka3");
        });

        Assert.False(run.Bridge.HasExited, run.Bridge.Output);
        await run.AssertEverythingOnceAsync();
    }
}
