using CanalBridge.Kafka;
using Confluent.Kafka;

namespace CanalBridge.Loop.Publish;

/// <summary>Refused logins during one fence: the client's error handler alone is told of them.</summary>
internal sealed class LoginRefusals(TimeProvider time)
{
    private Error? _last;
    private long _first;

    /// <summary>How many were seen.</summary>
    public int Count { get; private set; }

    /// <summary>Time since the first of them.</summary>
    public TimeSpan Elapsed => Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(_first);

    /// <summary>Counts what the error handler was told last, once.</summary>
    public void Look(Error? error)
    {
        // Each refusal is an object of its own.
        if (!FaultPolicy.IsRefusedLogin(error) || ReferenceEquals(error, _last))
        {
            return;
        }

        _last = error;
        if (Count++ == 0)
        {
            _first = time.GetTimestamp();
        }
    }
}
