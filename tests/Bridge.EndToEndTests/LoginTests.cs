using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>A Canal server that wants a login.</summary>
public sealed class LoginTests
{
    [Fact]
    public async Task Right_password_reads_and_wrong_password_ends_with_a_clear_message()
    {
        await using PeerStack peers = await PeerStack.StartAsync("mariadb", mustBeOurs: true, "canal.user=canal", "canal.password=s3cret-pass");
        await using (var run = await RestartRun.StartAsync(peers, "login", ("Canal__Username", "canal"), ("Canal__Password", "s3cret-pass")))
        {
            await run.AssertEverythingOnceAsync();
        }

        await using BridgeProcess refused = BridgeProcess.Run(peers, "login", ("Canal__Username", "canal"), ("Canal__Password", "wr0ng-pass"));

        Assert.Equal(7, await refused.WaitForExitAsync());
        Assert.Contains("auth failed for user:canal", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-pass", refused.Output, StringComparison.Ordinal);
    }
}
