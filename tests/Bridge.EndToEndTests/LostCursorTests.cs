using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>A Canal server that has lost its cursor goes on at the end of the binlog.</summary>
public sealed class LostCursorTests
{
    [Fact]
    public async Task Bridge_stops_instead_of_passing_over_the_changes_that_canal_left_out()
    {
        await using PeerStack peers = await PeerStack.StartAsync("mariadb", mustBeOurs: true);
        await using var run = await RestartRun.StartAsync(peers, "lost_cursor");

        await peers.StopAsync("canal");
        peers.DeleteCanalCursor();
        long missing = run.Load.LastId;
        await run.UntilRowAfterIsInTheTableAsync(missing + 100);
        await peers.StartAsync("canal");

        Assert.Equal(4, await run.Bridge.WaitForExitAsync());
        Assert.Contains("has lost its cursor", run.Bridge.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Records, r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() > missing + 100);
    }
}
