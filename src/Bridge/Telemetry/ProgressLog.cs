using Microsoft.Extensions.Logging;

namespace CanalBridge.Telemetry;

/// <summary>Tells the log reader, and only now and then, that rows flow, and when they flow again after trouble.</summary>
internal sealed class ProgressLog
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(5);

    private readonly string _destination;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TimeSpan _interval = FirstInterval;
    private long _since;
    private long _records;
    private long _transactions;
    private long _lastGood;
    private long _lastChange;
    private long _lastIdleLine;
    private long? _troubleSince;
    private string _position = "";
    private TimeSpan _lag;

    public ProgressLog(string destination, TimeProvider time, ILogger logger)
    {
        _destination = destination;
        _time = time;
        _logger = logger;
        _since = _lastGood = _lastChange = _lastIdleLine = time.GetTimestamp();
    }

    /// <summary>Something went wrong; <see cref="AllIsWell"/> ends it. It began at the last such call, which may be long before it was noticed.</summary>
    public void Trouble() => _troubleSince ??= _lastGood;

    /// <summary>What was fetched is committed and acknowledged.</summary>
    /// <param name="position">Up to here.</param>
    public void AllIsWell(string position)
    {
        if (_troubleSince is { } begun)
        {
            Log.Recovered(_logger, _destination, _time.GetElapsedTime(begun).TotalSeconds, position);
            _troubleSince = null;

            // Silence is counted from here: nobody could have heard a change.
            _lastChange = _lastIdleLine = _time.GetTimestamp();
        }

        _lastGood = _time.GetTimestamp();
    }

    /// <summary>Canal answered that it has nothing more, and all that it gave is committed.</summary>
    public void Idle(string position)
    {
        AllIsWell(position);
        TellProgress();
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
        _lastChange = _lastIdleLine = _time.GetTimestamp();
        _records += records;
        _transactions++;
        _position = position;
        _lag = lag;
        TellProgress();
    }

    private void TellProgress()
    {
        if (_transactions > 0 && _time.GetElapsedTime(_since) >= _interval)
        {
            _interval = Interval;
            Log.Progress(_logger, _destination, _records, _transactions, _position, _lag.TotalSeconds);
            _since = _time.GetTimestamp();
            _records = 0;
            _transactions = 0;
        }
    }
}
