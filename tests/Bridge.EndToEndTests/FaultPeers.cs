using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>A stack for the tests of one class, each of which leaves it as it found it; after one that did not, the next gets a new one.</summary>
/// <remarks>The small ring lets a frozen bridge stop Canal in the middle of a large transaction.</remarks>
public abstract class FaultPeers(string source, params string[] settings) : IAsyncDisposable
{
    private PeerStack? _stack;
    private bool _isClean;

    public async ValueTask DisposeAsync()
    {
        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The test has ended well.</summary>
    internal void Done() => _isClean = true;

    /// <summary>The one that this test got before.</summary>
    internal async Task<PeerStack> CurrentAsync() => _stack ?? await GetAsync();

    internal async Task<PeerStack> GetAsync()
    {
        if (_stack is not null && !_isClean)
        {
            await _stack.DisposeAsync();
            _stack = null;
        }

        _isClean = false;
        return _stack ??= await PeerStack.StartAsync(source, mustBeOurs: true, [$"{source}.max_binlog_size=1048576", "canal.buffer.size=4096", .. settings]);
    }
}

public sealed class MariaDbPeers() : FaultPeers("mariadb");

public sealed class MariaDbGtidPeers() : FaultPeers("mariadb", "canal.gtid=true", "canal.tsdb=true");

public sealed class MySqlPeers() : FaultPeers("mysql", "canal.tsdb=true");

public sealed class MySqlGtidPeers() : FaultPeers("mysql", "canal.gtid=true");
