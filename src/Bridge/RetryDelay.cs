namespace CanalBridge;

/// <summary>Pause before the next attempt: short at first, doubled each time, up to a limit.</summary>
internal sealed class RetryDelay
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;
    private TimeSpan _next;

    public RetryDelay(TimeSpan first, TimeSpan longest)
    {
        _first = _next = first;
        _longest = longest;
    }

    /// <summary>The pause to make now.</summary>
    public TimeSpan Next()
    {
        TimeSpan now = _next;
        _next = _next * 2 < _longest ? _next * 2 : _longest;
        return now;
    }

    /// <summary>Something went well: begin with the short pause again.</summary>
    public void Reset() => _next = _first;
}
