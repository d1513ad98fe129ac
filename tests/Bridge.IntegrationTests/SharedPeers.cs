using CanalBridge.IntegrationTests;
using CanalBridge.Testing.Peers;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(SharedPeers))]

namespace CanalBridge.IntegrationTests;

/// <summary>One stack for all tests here, started when first asked for.</summary>
public sealed class SharedPeers : IAsyncDisposable
{
    private PeerStack? _stack;

    public async ValueTask DisposeAsync()
    {
        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }
    }

    internal async Task<PeerStack> GetAsync() => _stack ??= await PeerStack.StartAsync("mariadb", mustBeOurs: false);
}
