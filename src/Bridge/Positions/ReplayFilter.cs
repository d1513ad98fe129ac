using System.Globalization;
using System.Text;
using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Positions;

/// <summary>Knows what was already published and drops it when Canal delivers it again; the only place that orders positions.</summary>
/// <remarks>
/// Canal delivers again after a reconnect, after its own restart (also what was acked, up to a transaction's start) and, without
/// any sign, inside a running stream when its parser lost MySQL. So every entry is compared, always. A position says "published"
/// only within one server's binlog: what shows another binlog stops the bridge.
/// </remarks>
internal sealed class ReplayFilter
{
    /// <summary>No row of the entry is new.</summary>
    public const int AllRows = int.MaxValue;

    private readonly bool _serverIdMayChange;
    private readonly int _epoch;
    private byte[] _file = [];
    private byte[] _previousFile = [];
    private long _previousOffset = -1;
    private byte[] _seenFile = [];
    private long _seenOffset = -1;
    private bool _sessionBegins;
    private bool _instanceRestarted;
    private byte[] _gtid = [];

    // Of Last: its last row taken, and its server id.
    private int _lastRow;
    private long _serverId;

    // A smaller number later means that Canal's instance was started anew.
    private long _lastBatchId;

    // Last BEGIN or END that became a record.
    private BinlogPosition? _boundary;
    private byte[] _boundaryFile = [];

    /// <param name="stored">Last committed position; null when there is none.</param>
    /// <param name="epoch">Epoch in force; a stored position of an earlier one is not compared.</param>
    /// <param name="serverIdMayChange">One binlog holds events of several servers.</param>
    public ReplayFilter(StoredPosition? stored, int epoch, bool serverIdMayChange)
    {
        _epoch = epoch;
        _serverIdMayChange = serverIdMayChange;
        if (stored?.Epoch == epoch && stored.Boundary is { } boundary)
        {
            // A transaction may have begun before the first row.
            _boundary = boundary;
            _boundaryFile = Encoding.UTF8.GetBytes(boundary.File);
        }

        if (stored?.Binlog is { } position && stored.Epoch == epoch)
        {
            Last = position;
            _file = Encoding.UTF8.GetBytes(position.File);
            _lastRow = stored.Row;
            _serverId = stored.ServerId;
            MaxExecuteTimeMilliseconds = stored.MaxExecuteTimeMilliseconds;
            _lastBatchId = stored.BatchId;
            _gtid = stored.Gtid is { } gtid ? Encoding.UTF8.GetBytes(gtid) : [];
        }
    }

    /// <summary>Last entry taken; null before the first.</summary>
    public BinlogPosition? Last { get; private set; }

    /// <summary>Latest event time taken.</summary>
    public long MaxExecuteTimeMilliseconds { get; private set; }

    /// <summary>Age of the latest event taken; zero before the first, and when the source's clock is ahead.</summary>
    public TimeSpan Lag(DateTimeOffset now)
    {
        TimeSpan lag = now - DateTimeOffset.FromUnixTimeMilliseconds(MaxExecuteTimeMilliseconds);
        return MaxExecuteTimeMilliseconds > 0 && lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
    }

    /// <summary>What has been taken so far, to be stored with the records that it leads to.</summary>
    /// <param name="destination">Canal destination.</param>
    /// <param name="owner">This process.</param>
    /// <param name="time">When it is written.</param>
    public StoredPosition Position(string destination, Guid owner, DateTimeOffset time) => new()
    {
        Destination = destination,
        Owner = owner,
        Epoch = _epoch,
        Binlog = Last,
        Row = _lastRow,
        Gtid = _gtid.Length == 0 ? null : Encoding.UTF8.GetString(_gtid),
        ServerId = _serverId,
        MaxExecuteTimeMilliseconds = MaxExecuteTimeMilliseconds,
        BatchId = _lastBatchId,
        Boundary = _boundary,
        Time = time,
    };

    /// <summary>A new Canal session begins: entries may repeat from here.</summary>
    public void BeginSession()
    {
        _previousOffset = -1;
        _sessionBegins = true;
    }

    /// <summary>Looks at an entry of any kind, before it is taken or dropped.</summary>
    /// <exception cref="PositionGapException">Canal's instance was started anew and left changes out.</exception>
    public void Observe(in CanalEntry entry, long batchId)
    {
        EntryHeader header = entry.Header;
        if (_sessionBegins)
        {
            _sessionBegins = false;
            _instanceRestarted = batchId <= _lastBatchId;
            if (_instanceRestarted)
            {
                RefuseGap(entry);
            }
        }

        if (entry.Type != CanalEntryType.RowData)
        {
            // A redelivery inside the stream begins at an END or BEGIN: what follows may be the last entry once more.
            _previousOffset = -1;
        }

        _lastBatchId = batchId;
        _seenOffset = header.LogfileOffset;
        Keep(ref _seenFile, header.LogfileName);
    }

    /// <summary>Whether the session began with a new instance, whose batch numbers start again; true once.</summary>
    public bool TakeInstanceRestarted()
    {
        bool restarted = _instanceRestarted;
        _instanceRestarted = false;
        return restarted;
    }

    /// <summary>Index of the first row of an entry that was not taken before: 0 for a new entry, <see cref="AllRows"/> for an old one.</summary>
    /// <exception cref="PositionNotComparableException">The entry belongs to another binlog than <see cref="Last"/>.</exception>
    public int FirstNewRow(in CanalEntry entry)
    {
        EntryHeader header = entry.Header;
        RefuseSharedOffset(entry);
        if (Last is not { } last)
        {
            return 0;
        }

        if (header.ServerId != _serverId && !_serverIdMayChange)
        {
            throw NotComparable(entry, $"the server id changed from {_serverId} to {header.ServerId} (set Source:ServerIdMayChange if one binlog holds events of several servers)");
        }

        BinlogOrder order = Order(header, last, _file);
        switch (order)
        {
            case BinlogOrder.After:
                return 0;
            case BinlogOrder.NotComparable:
                throw NotComparable(entry, "the binlog has another base name");
            default:
                // What was taken before cannot be newer than everything taken: RESET MASTER or a replaced server wrote it.
                if (header.ExecuteTimeMilliseconds > MaxExecuteTimeMilliseconds)
                {
                    throw NotComparable(entry, "it lies at or before the stored position but happened later, as after RESET MASTER or on another server");
                }

                return order == BinlogOrder.Same && header.EventType.IsRowChange() ? _lastRow + 1 : AllRows;
        }
    }

    /// <summary>Whether a BEGIN or END lies behind everything taken. Of another binlog it is not: its rows will tell.</summary>
    public bool IsNewBoundary(in CanalEntry entry) =>
        (Last is not { } last || Order(entry.Header, last, _file) == BinlogOrder.After)
        && (_boundary is not { } boundary || Order(entry.Header, boundary, _boundaryFile) == BinlogOrder.After);

    /// <summary>A BEGIN or END became a record.</summary>
    public void AdvanceBoundary(in CanalEntry entry)
    {
        EntryHeader header = entry.Header;
        string file = _boundary is { } last && header.LogfileName.SequenceEqual(_boundaryFile) ? last.File : Encoding.UTF8.GetString(header.LogfileName);
        Keep(ref _boundaryFile, header.LogfileName);
        _boundary = new BinlogPosition(file, header.LogfileOffset);
    }

    /// <summary>The entry was taken: it and all before it are old from now on.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="rows">Number of rows in it.</param>
    public void Advance(in CanalEntry entry, int rows)
    {
        EntryHeader header = entry.Header;
        string file = Last is { } last && header.LogfileName.SequenceEqual(_file) ? last.File : Encoding.UTF8.GetString(header.LogfileName);
        Keep(ref _file, header.LogfileName);

        Keep(ref _gtid, header.TransactionGtid);
        Last = new BinlogPosition(file, header.LogfileOffset);
        _lastRow = Math.Max(rows - 1, 0);
        _serverId = header.ServerId;
        MaxExecuteTimeMilliseconds = Math.Max(MaxExecuteTimeMilliseconds, header.ExecuteTimeMilliseconds);
    }

    /// <summary>
    /// An instance that starts anew (its batch numbers start at 1 again) begins at its cursor: a BEGIN, END or DDL that it delivered
    /// before. One that begins behind everything seen has lost its cursor, and the changes in between with it. In GTID mode it
    /// begins after the cursor, so nothing can be told there.
    /// </summary>
    private void RefuseGap(in CanalEntry entry)
    {
        EntryHeader header = entry.Header;
        if (Last is not { } last || !header.Gtid.IsEmpty)
        {
            return;
        }

        bool sawItself = _seenOffset >= 0;
        BinlogPosition known = sawItself ? new BinlogPosition(Encoding.UTF8.GetString(_seenFile), _seenOffset) : last;
        bool isCursor = entry.Type != CanalEntryType.RowData || !(header.EventType.IsRowChange() || header.EventType == CanalEventType.Query);

        // ENDs are not stored: after our own restart the cursor may be one, or a DDL in a group without rows, that we do not know any more.
        if (entry.Header.Position.CompareTo(known) == BinlogOrder.After && (sawItself || !isCursor))
        {
            throw new PositionGapException(known.ToString(), entry.Header.Position.ToString(), _epoch + 1);
        }
    }

    /// <summary>With binlog_transaction_compression all events of a transaction share one offset: no order, so no exactly-once.</summary>
    private void RefuseSharedOffset(in CanalEntry entry)
    {
        EntryHeader header = entry.Header;
        if (!header.EventType.IsRowChange())
        {
            return;
        }

        if (header.LogfileOffset == _previousOffset && header.LogfileName.SequenceEqual(_previousFile))
        {
            throw new AmbiguousPositionException(entry.Header.Position.ToString());
        }

        _previousOffset = header.LogfileOffset;
        Keep(ref _previousFile, header.LogfileName);
    }

    /// <summary>The usual case is decided without making a string: the same file, further on.</summary>
    private static BinlogOrder Order(in EntryHeader header, BinlogPosition known, byte[] file) => header.LogfileName.SequenceEqual(file)
        ? header.LogfileOffset.CompareTo(known.Offset) switch { < 0 => BinlogOrder.Before, 0 => BinlogOrder.Same, > 0 => BinlogOrder.After }
        : header.Position.CompareTo(known);

    /// <summary>Copies a text that outlives its batch; nothing is allocated while it stays the same.</summary>
    private static void Keep(ref byte[] kept, ReadOnlySpan<byte> text)
    {
        if (!text.SequenceEqual(kept))
        {
            kept = text.ToArray();
        }
    }

    private PositionNotComparableException NotComparable(in CanalEntry entry, string reason) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Last} row {_lastRow} (server id {_serverId}, epoch {_epoch})"),
        string.Create(CultureInfo.InvariantCulture, $"{entry.Header.Position} (server id {entry.Header.ServerId})"),
        reason,
        _epoch + 1);
}
