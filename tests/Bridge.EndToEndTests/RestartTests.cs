using System.Diagnostics;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>Everything between the source and the consumer fails under load; at the end each change is there once, in order.</summary>
public sealed class RestartTests(SharedPeers shared, ITestOutputHelper output)
{
    [Fact]
    public async Task Bridge_killed_at_ten_random_instants_loses_and_repeats_nothing()
    {
        PeerStack peers = await shared.GetAsync("mariadb", mustBeOurs: true);
        await using var run = await RestartRun.StartAsync(peers, "killed");
        var random = new Random(10);
        for (int i = 0; i < 10; i++)
        {
            await Task.Delay(random.Next(100, 1500), TestContext.Current.CancellationToken);
            run.Bridge.Kill();
            await run.Bridge.WaitForExitAsync();
            await run.Bridge.DisposeAsync();
            long killedUpTo = run.Load.LastId;

            run.Bridge = BridgeProcess.Run(peers, run.Prefix);
            CommittedRecord next = await run.WaitForRowAfterAsync(killedUpTo);

            TimeSpan recovered = Stopwatch.GetElapsedTime(run.Bridge.StartedAt, next.SeenAt);
            Say($"SIGKILL {i + 1}: first new row {recovered.TotalSeconds:F2} s after the start of the next process");
            Assert.InRange(recovered.TotalSeconds, 0, 10);
        }

        await run.AssertEverythingOnceAsync();
    }

    [Fact]
    public async Task Canal_killed_and_stopped_and_started_loses_and_repeats_nothing()
    {
        PeerStack peers = await shared.GetAsync("mariadb", mustBeOurs: true);
        await using var run = await RestartRun.StartAsync(peers, "canal_gone");
        await run.WaitForCursorAsync();
        await run.FaultAsync("Canal killed and started", Say, async () =>
        {
            await peers.KillAsync("canal");
            await peers.StartAsync("canal");
        });
        await run.FaultAsync("Canal stopped and started", Say, async () =>
        {
            await peers.StopAsync("canal");
            await peers.StartAsync("canal");
        });
        await run.AssertEverythingOnceAsync();
    }

    [Fact]
    public async Task Kafka_stopped_killed_and_frozen_loses_and_repeats_nothing()
    {
        PeerStack peers = await shared.GetAsync("mariadb", mustBeOurs: true);
        await using var run = await RestartRun.StartAsync(peers, "kafka_gone");
        await run.FaultAsync("Kafka stopped and started", Say, async () =>
        {
            await peers.StopAsync("kafka1");
            await peers.StartAsync("kafka1");
        });
        await run.FaultAsync("Kafka killed and started", Say, async () =>
        {
            await peers.KillAsync("kafka1");
            await peers.StartAsync("kafka1");
        });
        await run.FaultAsync("Kafka frozen for 5 s", Say, () => FrozenAsync(() => peers.PauseAsync("kafka1"), () => peers.ResumeAsync("kafka1")));
        await run.AssertEverythingOnceAsync();
    }

    [Fact]
    public async Task Frozen_bridge_and_frozen_canal_go_on_when_they_thaw()
    {
        PeerStack peers = await shared.GetAsync("mariadb", mustBeOurs: true);
        await using var run = await RestartRun.StartAsync(peers, "frozen");
        await run.FaultAsync("bridge frozen for 5 s", Say, () => FrozenAsync(() => Signal(run, "STOP"), () => Signal(run, "CONT")));
        await run.FaultAsync("Canal frozen for 5 s", Say, () => FrozenAsync(() => peers.PauseAsync("canal"), () => peers.ResumeAsync("canal")));
        Assert.False(run.Bridge.HasExited, run.Bridge.Output);
        await run.AssertEverythingOnceAsync();
    }

    private static Task Signal(RestartRun run, string name)
    {
        run.Bridge.Signal(name);
        return Task.CompletedTask;
    }

    private static async Task FrozenAsync(Func<Task> freeze, Func<Task> thaw)
    {
        await freeze();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await thaw();
    }

    private void Say(string line) => FaultLog.Say(output, line);
}
