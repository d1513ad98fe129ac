using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>Two bridges on one destination: one of them writes.</summary>
public sealed class FencingTests(SharedPeers shared)
{
    [Fact]
    public async Task Second_bridge_fences_the_first_and_nothing_comes_twice()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var run = await RestartRun.StartAsync(peers, "fenced");
        await using BridgeProcess first = run.Bridge;

        run.Bridge = BridgeProcess.Run(peers, run.Prefix);
        int exitCode = await first.WaitForExitAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("fenced", first.Output, StringComparison.Ordinal);
        await run.WaitForRowAfterAsync(run.Load.LastId);
        Assert.False(run.Bridge.HasExited, run.Bridge.Output);
        await run.AssertEverythingOnceAsync();
    }

    [Fact]
    public async Task Frozen_bridge_that_was_replaced_writes_nothing_when_it_thaws_and_ends()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var run = await RestartRun.StartAsync(peers, "replaced");
        await using BridgeProcess sleeper = run.Bridge;
        sleeper.Signal("STOP");
        run.Bridge = BridgeProcess.Run(peers, run.Prefix);
        await run.WaitForRowAfterAsync(run.Load.LastId);

        sleeper.Signal("CONT");

        Assert.Equal(3, await sleeper.WaitForExitAsync());
        await run.WaitForRowAfterAsync(run.Load.LastId);
        await run.AssertEverythingOnceAsync();
    }
}
