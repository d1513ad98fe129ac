using System.Globalization;
using Canal.Client;

namespace CanalBridge.Loop.Fetch;

/// <summary>Decides on a failure of a Canal session: a new session, or the end. The counterpart of Kafka's FaultPolicy.</summary>
/// <remarks>
/// While no session can be opened, <see cref="CanalSession.OpenAsync"/> tries on by the same <see cref="CanalException.IsTransient"/>; what it gives up is not transient any more, but for
/// another consumer, which may be stopped.
/// A batch that was read but cannot be understood is no matter of the session: it would come again, so the bridge stops.
/// </remarks>
internal sealed class SessionFaults
{
    /// <summary>Damage on the way heals with a new session; what ends this many open sessions without a batch between is in the data, such as a frame over the cap.</summary>
    private const int MostProtocolFailures = 5;

    /// <summary>A consumer that was started by mistake and stopped disturbs a few times; one that stays, at every few batches.</summary>
    private const int DisturbancesWithoutPause = 4;

    private static readonly TimeSpan DisturbanceWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Queue<long> _disturbances = new();
    private int _protocolFailures;

    public SessionFaults(TimeProvider time) => _time = time;

    /// <summary>A batch arrived.</summary>
    public void Reset() => _protocolFailures = 0;

    /// <summary>
    /// How long to wait before the next session, as of the last failure: zero, but for another consumer that stays. It gets the more time the longer it disturbs; two readers
    /// that take the destination from each other at once would only keep both from reading.
    /// </summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>
    /// Whether another reader of the destination is in the way, as far as that can be seen. A refused ack (<see cref="CanalServerException.IsBatchGone"/>) may also be a restart
    /// of the instance: the next session tells, and ends with a failure of its own if it is none.
    /// </summary>
    public static bool IsOtherConsumer(CanalException failure) => failure is CanalProtocolException { IsOtherConsumer: true };

    /// <summary>All answers of <see cref="ReasonOf"/>.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["connection", "timeout", "protocol", "server", "other_consumer"];

    /// <summary>A failure in one word of a few, for counting.</summary>
    public static string ReasonOf(CanalException failure) => failure switch
    {
        _ when IsOtherConsumer(failure) => "other_consumer",
        CanalServerException => "server",
        CanalProtocolException { IsHarmless: true } => "connection",
        CanalProtocolException => "protocol",
        _ when failure.InnerException is OperationCanceledException => "timeout",
        _ => "connection",
    };

    /// <summary>What the server refused with, or <c>protocol</c> for an answer that cannot be read; null where there was no answer.</summary>
    public static string? CodeOf(CanalException failure) => failure switch
    {
        CanalServerException e => e.Code.ToString(CultureInfo.InvariantCulture),
        CanalProtocolException { IsOtherConsumer: false, IsHarmless: false } => "protocol",
        _ => null,
    };

    /// <summary>Notes a failure, and says whether a new session may mend it. <see cref="Pause"/> says when.</summary>
    public bool MayReconnect(CanalException failure)
    {
        Pause = TimeSpan.Zero;
        if (IsOtherConsumer(failure))
        {
            _disturbances.Enqueue(_time.GetTimestamp());
            while (_time.GetElapsedTime(_disturbances.Peek()) > DisturbanceWindow)
            {
                _disturbances.Dequeue();
            }

            Pause = PauseAfter(_disturbances.Count - DisturbancesWithoutPause);
        }
        else if (failure is CanalProtocolException { IsHarmless: false, AsksForLess: false })
        {
            _protocolFailures++;
        }

        return failure.IsTransient && _protocolFailures < MostProtocolFailures;
    }

    private static TimeSpan PauseAfter(int disturbances)
    {
        TimeSpan pause = disturbances > 0 ? FirstPause : TimeSpan.Zero;
        for (int i = 1; i < disturbances && pause < LongestPause; i++)
        {
            pause *= 2;
        }

        return pause < LongestPause ? pause : LongestPause;
    }
}
