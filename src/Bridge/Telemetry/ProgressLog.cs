using Microsoft.Extensions.Logging;

namespace CanalBridge.Telemetry;

/// <summary>Tells the log reader, and only now and then, that rows flow, and when they flow again after trouble.</summary>
internal sealed class ProgressLog
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(5);

    private readonly string _destination;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _since;
    private long _records;
    private long _transactions;
    private long _lastChange;
    private long _lastIdleLine;
    private long? _troubleSince;

    public ProgressLog(string destination, TimeProvider time, ILogger logger)
    {
        _destination = destination;
        _time = time;
        _logger = logger;
        _since = _lastChange = _lastIdleLine = time.GetTimestamp();
    }

    /// <summary>Something went wrong; the next commit ends it.</summary>
    /// <param name="begun">Timestamp of its beginning; now if it is not given.</param>
    public void Trouble(long? begun = null) => _troubleSince ??= begun ?? _time.GetTimestamp();

    /// <summary>Canal answered that it has nothing.</summary>
    public void Idle(string position)
    {
        if (_time.GetElapsedTime(_lastIdleLine) >= IdleInterval)
        {
            _lastIdleLine = _time.GetTimestamp();
            Log.Idle(_logger, _destination, _time.GetElapsedTime(_lastChange).TotalMinutes, position);
        }
    }

    /// <summary>A Kafka transaction was committed.</summary>
    /// <param name="records">Its records.</param>
    /// <param name="position">Position that it leads to.</param>
    /// <param name="lag">Age of its newest row.</param>
    public void Committed(int records, string position, TimeSpan lag)
    {
        if (_troubleSince is { } begun)
        {
            Log.Recovered(_logger, _destination, _time.GetElapsedTime(begun).TotalSeconds, position, lag.TotalSeconds);
            _troubleSince = null;
        }

        _lastChange = _lastIdleLine = _time.GetTimestamp();
        _records += records;
        _transactions++;
        if (_time.GetElapsedTime(_since) >= Interval)
        {
            Log.Progress(_logger, _destination, _records, _transactions, position, lag.TotalSeconds);
            _since = _time.GetTimestamp();
            _records = 0;
            _transactions = 0;
        }
    }
}
