using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>SIGTERM under load.</summary>
public sealed class StopTests(SharedPeers shared)
{
    [Fact]
    public async Task Sigterm_under_load_exits_0_and_the_next_process_goes_on_without_loss_or_repetition()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var run = await RestartRun.StartAsync(peers, "stopped");
        for (int i = 0; i < 3; i++)
        {
            run.Bridge.Signal("TERM");
            Assert.Equal(0, await run.Bridge.WaitForExitAsync());
            await run.Bridge.DisposeAsync();
            run.Bridge = BridgeProcess.Run(peers, run.Prefix);
            await run.WaitForRowAfterAsync(run.Load.LastId);
        }

        await run.AssertEverythingOnceAsync();
    }
}
