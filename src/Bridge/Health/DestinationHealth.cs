
namespace CanalBridge.Health;

/// <summary>What a destination is doing and how far it is: written by its loop and by what the loop waits for, read by probes, metrics and the status page.</summary>
/// <remarks>Called once per batch or transaction, never per row. Times are those of the given clock.</remarks>
internal sealed class DestinationHealth
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly string _destination;
    private readonly Guid _owner;
    private DestinationState _state = DestinationState.Starting;
    private DateTimeOffset _stateSince;
    private bool _isOwner;
    private string? _endpoint;
    private string? _position;
    private DateTimeOffset? _lastCommit;
    private DateTimeOffset? _newestCommitted;
    private TimeSpan _sourceLag;
    private RowBalance _rows;
    private long _records;
    private long _transactions;
    private int _unackedBatches;
    private long _oldestUnacked;
    private long _lastChange;
    private long _lastAllWell;
    private bool _isCaughtUp;
    private string? _lastError;
    private DateTimeOffset? _lastErrorAt;
    private long _queueBytes;
    private long _beat;

    /// <param name="destination">Canal destination.</param>
    /// <param name="owner">Name of this process beside the position.</param>
    /// <param name="time">Clock.</param>
    public DestinationHealth(string destination, Guid owner, TimeProvider time)
    {
        _destination = destination;
        _owner = owner;
        _time = time;
        _stateSince = time.GetUtcNow();
        _beat = _lastChange = _lastAllWell = time.GetTimestamp();
    }

    /// <summary>The loop moves: call it wherever it waits for somebody else, in each turn.</summary>
    public void Beat() => Volatile.Write(ref _beat, _time.GetTimestamp());

    /// <summary>The destination is in another state. What was stopping or has ended only goes on to an end.</summary>
    public void Enter(DestinationState state)
    {
        Beat();
        lock (_lock)
        {
            if (state != _state && (_state < DestinationState.Stopping || (_state == DestinationState.Stopping && state > DestinationState.Stopping)))
            {
                _state = state;
                _stateSince = _time.GetUtcNow();
                _isCaughtUp &= state == DestinationState.Running;
            }
        }
    }

    /// <summary>The claim is committed.</summary>
    /// <param name="position">Where an earlier process, or an earlier producer of this one, has left off; null if there is none.</param>
    /// <param name="since">When that was: what came since then may be late.</param>
    public void Own(string? position, DateTimeOffset since)
    {
        TimeSpan ago = _time.GetUtcNow() - since;
        lock (_lock)
        {
            _isOwner = true;
            if (position is not null && _position is null && ago > TimeSpan.Zero)
            {
                _position = position;
                _lastAllWell -= (long)(ago.TotalSeconds * _time.TimestampFrequency);
            }
        }
    }

    /// <summary>Somebody keeps us waiting: told, and tried again.</summary>
    /// <param name="reason">Without row values and credentials.</param>
    public void Waits(string reason)
    {
        lock (_lock)
        {
            _lastError = reason;
            _lastErrorAt = _time.GetUtcNow();
        }
    }

    /// <summary>Another process has taken the destination over.</summary>
    public void Disown()
    {
        lock (_lock)
        {
            _isOwner = false;
        }
    }

    /// <summary>Subscribed at this server.</summary>
    public void Connected(string endpoint)
    {
        lock (_lock)
        {
            _endpoint = endpoint;
        }

        Enter(DestinationState.Running);
    }

    /// <summary>Something failed that is going to be tried again, or ends the process.</summary>
    /// <param name="error">Without row values and credentials.</param>
    public void Failed(string error)
    {
        lock (_lock)
        {
            Waits(error);
            _isCaughtUp = false;
        }
    }

    /// <summary>A batch was mapped; its records are sent next.</summary>
    /// <param name="received">Its rows.</param>
    /// <param name="filtered">Of them, left out as the options ask.</param>
    /// <param name="duplicates">Of them, published before.</param>
    /// <param name="records">Its records.</param>
    /// <param name="sourceLag">Age of its newest row; null if it had none.</param>
    /// <param name="inFlight">Rows of all batches in the open transaction.</param>
    /// <param name="unackedBatches">Batches not acknowledged, this one included.</param>
    /// <param name="isNews">It holds something new: only that shows that the source is not silent.</param>
    public void Took(int received, int filtered, int duplicates, int records, TimeSpan? sourceLag, long inFlight, int unackedBatches, bool isNews = true)
    {
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            _rows = _rows with
            {
                Received = _rows.Received + received,
                Filtered = _rows.Filtered + filtered,
                Duplicates = _rows.Duplicates + duplicates,
                InFlight = inFlight,
            };
            _records += records;
            _sourceLag = sourceLag ?? _sourceLag;
            _oldestUnacked = _unackedBatches == 0 ? now : _oldestUnacked;
            _unackedBatches = unackedBatches;
            _lastChange = isNews ? now : _lastChange;
            _isCaughtUp = false;
        }
    }

    /// <summary>A Kafka transaction was committed.</summary>
    /// <param name="rows">Rows in it.</param>
    /// <param name="position">Everything up to here is in Kafka.</param>
    /// <param name="lag">Age of its newest row.</param>
    public void Committed(long rows, string position, TimeSpan lag)
    {
        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            _rows = _rows with { Committed = _rows.Committed + rows, InFlight = 0 };
            _transactions++;
            _position = position;
            _lastCommit = now;
            _newestCommitted = now - lag;
        }
    }

    /// <summary>A group of batches gave no records: Kafka holds all that there is up to their newest row.</summary>
    /// <param name="lag">Age of that row; null where they have none.</param>
    public void Passed(TimeSpan? lag)
    {
        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            _transactions++;
            _lastCommit = now;
            _newestCommitted = lag is { } age ? now - age : _newestCommitted;
        }
    }

    /// <summary>Batches were acknowledged, or their session has ended and they come again.</summary>
    /// <param name="unacked">Batches without their ack that are left.</param>
    public void Settled(int unacked = 0)
    {
        lock (_lock)
        {
            _unackedBatches = unacked;
        }
    }

    /// <summary>What was sent since the last commit was given up, or may have been: Canal delivers it again.</summary>
    /// <param name="rows">Rows of it.</param>
    public void Returned(long rows)
    {
        lock (_lock)
        {
            _rows = _rows with { Returned = _rows.Returned + rows, InFlight = 0 };
            _unackedBatches = 0;
        }
    }

    /// <summary>Canal has nothing more, and all that it gave is committed and acknowledged.</summary>
    /// <param name="position">Everything up to here is in Kafka.</param>
    public void CaughtUp(string? position)
    {
        lock (_lock)
        {
            _position = position ?? _position;
            _sourceLag = TimeSpan.Zero;
            _isCaughtUp = _state == DestinationState.Running;
            _lastAllWell = _time.GetTimestamp();
        }
    }

    /// <summary>The Kafka client's queue.</summary>
    public void Queued(long bytes) => Volatile.Write(ref _queueBytes, bytes);

    /// <summary>All of it, of one moment.</summary>
    public DestinationSnapshot Read()
    {
        lock (_lock)
        {
            TimeSpan sinceWell = _time.GetElapsedTime(_lastAllWell);
            TimeSpan age = _newestCommitted is { } newest ? _time.GetUtcNow() - newest : sinceWell;
            TimeSpan lag = age < sinceWell ? age : sinceWell;
            return new DestinationSnapshot
            {
                Destination = _destination,
                State = _state,
                StateSince = _stateSince,
                Owner = _owner,
                IsOwner = _isOwner,
                Endpoint = _endpoint,
                Position = _position,
                LastCommit = _lastCommit,
                SourceLag = _sourceLag,
                DeliveryLag = _isCaughtUp || lag < TimeSpan.Zero ? TimeSpan.Zero : lag,
                SourceSilence = _time.GetElapsedTime(_lastChange),
                Rows = _rows,
                Records = _records,
                Transactions = _transactions,
                UnackedBatches = _unackedBatches,
                OldestUnacked = _unackedBatches == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_oldestUnacked),
                QueueBytes = Volatile.Read(ref _queueBytes),
                LastError = _lastError,
                LastErrorAt = _lastErrorAt,
                SinceBeat = _time.GetElapsedTime(Volatile.Read(ref _beat)),
            };
        }
    }
}
