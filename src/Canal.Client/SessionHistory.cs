namespace Canal.Client;

/// <summary>What a session must know of its predecessors. Handed on by <see cref="CanalSession.ReopenAsync"/>.</summary>
internal sealed class SessionHistory(CanalClientOptions options, TimeProvider time)
{
    /// <summary>A server that answers again has executed by then what it still held of an earlier connection.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private int _leftovers;
    private long? _servedAgain;
    private (CanalEndpoint Endpoint, long LastId)? _refusedAck;

    /// <summary>How much to ask for.</summary>
    public AdaptiveFetchSize FetchSize { get; } = new(options.FetchSize);

    /// <summary>A connection ended with GETs that the server may still execute, however late it wakes up: each takes a batch at most.</summary>
    public void LeaveBehind(int gets)
    {
        if (gets > 0)
        {
            _leftovers += gets;
            _servedAgain = null;
        }
    }

    /// <summary>A server has answered a GET of a new session: from now on the leftovers have little time.</summary>
    public void Served() => _servedAgain ??= time.GetTimestamp();

    /// <summary>Whether requests of our own can have taken so many batches; they are spent then.</summary>
    public bool Explains(long batches)
    {
        if (_servedAgain is { } served && time.GetElapsedTime(served) > options.ResponseTimeout + Settling)
        {
            _leftovers = 0;
        }

        if (batches > _leftovers)
        {
            return false;
        }

        _leftovers -= (int)batches;
        return true;
    }

    /// <summary>A server did not know a batch that it was to forget: its instance started anew, or somebody else took the batch back.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="lastId">The last batch that it gave.</param>
    public void AckRefused(CanalEndpoint endpoint, long lastId) => _refusedAck = (endpoint, lastId);

    /// <summary>The first batch of the next session decides which. Numbers that went on: the instance is the same one, so somebody took batches back.</summary>
    public bool ShowsOtherConsumer(CanalEndpoint endpoint, long firstId)
    {
        bool wentOn = _refusedAck is { } refused && refused.Endpoint == endpoint && firstId > refused.LastId;
        _refusedAck = null;
        return wentOn && !Explains(1);
    }
}
