namespace CanalBridge;

/// <summary>Something that is due again and again, by a clock that only moves forward.</summary>
internal sealed class Interval
{
    private readonly TimeSpan _length;
    private readonly TimeProvider _time;
    private long _begun;

    /// <param name="length">Time between two; zero for never.</param>
    /// <param name="time">Clock.</param>
    public Interval(TimeSpan length, TimeProvider time)
    {
        _length = length;
        _time = time;
        _begun = time.GetTimestamp();
    }

    public bool IsDue => _length > TimeSpan.Zero && _time.GetElapsedTime(_begun) >= _length;

    public void Restart() => _begun = _time.GetTimestamp();
}
