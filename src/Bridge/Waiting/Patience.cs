namespace CanalBridge.Waiting;

/// <summary>One wait for somebody else: when it began, when it is told, when it is over.</summary>
/// <remarks>
/// The caller repeats its call and asks <see cref="Turn"/> after each attempt that failed. One instance per wait, for one thread.
/// </remarks>
internal sealed class Patience
{
    /// <summary>A wait is told when it is long enough, then once per interval: an outage must not flood the log.</summary>
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly IWaitWitness? _witness;
    private readonly TimeSpan _limit;
    private readonly CancellationToken _stop;
    private readonly long _started;
    private long? _told;

    /// <param name="time">Clock.</param>
    /// <param name="witness">Told that the wait goes on; null for nobody.</param>
    /// <param name="limit">Longest wait; null for no limit.</param>
    /// <param name="stop">Ends the wait: the process is to stop.</param>
    public Patience(TimeProvider time, IWaitWitness? witness, TimeSpan? limit = null, CancellationToken stop = default)
    {
        _time = time;
        _witness = witness;
        _limit = limit ?? TimeSpan.MaxValue;
        _stop = stop;
        _started = time.GetTimestamp();
    }

    /// <summary>How long the wait lasts before it is told. Zero tells its first turn; more is for waits that are usual while they are short.</summary>
    public TimeSpan ToldAfter { get; init; }

    /// <summary>Time since the wait began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>The process is to stop.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>The limit is reached, or the process is to stop: the call is not made again.</summary>
    public bool IsOver => IsStopping || Elapsed > _limit;

    /// <summary>Longest wait, as given.</summary>
    public TimeSpan Limit => _limit;

    /// <summary>An attempt has failed and the next one follows at once: there is nothing to tell.</summary>
    public void Alive() => _witness?.Alive();

    /// <summary>An attempt has failed and the next one follows.</summary>
    /// <param name="reason">For whom and why, as of <see cref="IWaitWitness.Waits"/>.</param>
    /// <returns>True where it is time for a line in the log.</returns>
    public bool Turn(string reason)
    {
        _witness?.Alive();
        if (_told is { } last ? _time.GetElapsedTime(last) < TellInterval : Elapsed < ToldAfter)
        {
            return false;
        }

        _told = _time.GetTimestamp();
        _witness?.Waits(reason);
        return true;
    }

    /// <summary>Blocks for a while, or until the process is to stop.</summary>
    public void Pause(TimeSpan pause) => _stop.WaitHandle.WaitOne(pause);
}
