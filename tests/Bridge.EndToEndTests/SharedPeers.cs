using CanalBridge.EndToEndTests;
using CanalBridge.Testing.Peers;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(SharedPeers))]

namespace CanalBridge.EndToEndTests;

/// <summary>One stack with MariaDB and one with MySQL, started when first asked for and used by all tests; a test that harms one mends it.</summary>
public sealed class SharedPeers : IAsyncDisposable
{
    private readonly Dictionary<string, PeerStack> _stacks = [];

    public async ValueTask DisposeAsync()
    {
        foreach (PeerStack stack in _stacks.Values)
        {
            await stack.DisposeAsync();
        }
    }

    internal async Task<PeerStack> GetAsync(string source, bool mustBeOurs = false)
    {
        if (!_stacks.TryGetValue(source, out PeerStack? stack))
        {
            _stacks[source] = stack = await PeerStack.StartAsync(source, mustBeOurs);
        }

        return stack;
    }
}
