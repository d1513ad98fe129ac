using System.Globalization;
using System.Text;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization;

namespace CanalBridge.Positions;

/// <summary>Knows what was taken before and drops it when Canal delivers it again; the only place that decides what is new.</summary>
/// <remarks>
/// Canal delivers again after a reconnect, after its own restart (also what was acknowledged) and, without any sign, inside a running stream when it lost
/// MySQL. So every entry is looked at, always: by <see cref="GtidRule"/> where it carries GTIDs, else by <see cref="ContentRule"/>. No row is judged by
/// its time, and none by its label alone. What cannot be decided ends in an exception, and nothing of it is acknowledged.
/// </remarks>
internal sealed class ReplayFilter
{
    /// <summary>No row of the entry is new.</summary>
    public const int AllRows = int.MaxValue;

    private readonly bool _serverIdMayChange;
    private readonly int _epoch;
    private readonly BinlogPlace _place;
    private readonly ContentRule _content;
    private readonly GtidRule _gtids;
    private bool _sessionBegins;
    private bool _batchBegins;
    private bool _isGtid;
    private long _lastBatchId;
    private byte[] _gtid = [];
    private byte[] _file = [];
    private int _lastRow;
    private long _serverId;
    private long _maxTime;

    /// <param name="stored">Last committed position; null when there is none.</param>
    /// <param name="epoch">Epoch in force; a stored position of an earlier one is not compared.</param>
    /// <param name="kind">Kind of the source: MariaDB's labels name another file after a rotation.</param>
    /// <param name="serverIdMayChange">One binlog holds events of several servers.</param>
    public ReplayFilter(StoredPosition? stored, int epoch, SourceKind kind, bool serverIdMayChange)
    {
        _epoch = epoch;
        _serverIdMayChange = serverIdMayChange;
        bool trustsLabels = kind == SourceKind.MySql;
        StoredPosition? known = stored?.Epoch == epoch ? stored : null;
        _place = new BinlogPlace(trustsLabels, known?.Seen);
        _content = new ContentRule(trustsLabels, _place, known?.Content);
        _gtids = new GtidRule(_place, known?.Gtids);
        _isGtid = _gtids.IsSeeded;
        if (known is not null)
        {
            Last = known.Binlog;
            _file = Encoding.UTF8.GetBytes(known.Binlog?.File ?? "");
            _lastRow = known.Row;
            _serverId = known.ServerId;
            _maxTime = known.MaxExecuteTimeMilliseconds;
            _lastBatchId = known.BatchId;
            _gtid = Encoding.UTF8.GetBytes(known.Gtid ?? "");
        }
    }

    /// <summary>Last entry taken, at its true place; null before the first.</summary>
    public BinlogPosition? Last { get; private set; }

    /// <summary>What Canal sends now must not be acknowledged: it looks like a repetition, but that is not proven yet.</summary>
    public bool IsInDoubt => _isGtid ? _gtids.IsInDoubt : _content.IsInDoubt;

    /// <summary>The rest of a transaction came without its beginning: nothing more is acknowledged until all of it comes.</summary>
    public bool IsTorn => _isGtid ? _gtids.IsTorn : _content.IsTorn;

    /// <summary>What has been taken so far, to be stored with the records that it leads to.</summary>
    /// <param name="destination">Canal destination.</param>
    /// <param name="owner">This process.</param>
    public StoredPosition Position(string destination, Guid owner) => new()
    {
        Destination = destination,
        Owner = owner,
        Epoch = _epoch,
        Binlog = Last,
        Row = _lastRow,
        Gtid = _gtid.Length == 0 ? null : Encoding.UTF8.GetString(_gtid),
        ServerId = _serverId,
        MaxExecuteTimeMilliseconds = _maxTime,
        BatchId = _lastBatchId,
        Seen = _place.Seen,
        Content = _isGtid ? null : _content.State,
        Gtids = _isGtid ? _gtids.State : null,
    };

    /// <summary>A new Canal session begins: entries may repeat from here.</summary>
    public void BeginSession() => _sessionBegins = true;

    /// <summary>A new batch begins.</summary>
    public void BeginBatch()
    {
        _batchBegins = true;
        _gtids.BeginBatch();
    }

    /// <summary>The batch has ended.</summary>
    /// <returns>What of the batches without their ack may be acknowledged, once a position that covers it is committed.</returns>
    public BatchProof EndBatch()
    {
        BatchProof content = _content.EndBatch(), gtids = _gtids.EndBatch();
        return _isGtid ? gtids : content;
    }

    /// <summary>Canal has nothing more, and what came again stayed in doubt for longer than it can take to prove it.</summary>
    /// <returns>True: it is new after all; read it again in a new session. Else nothing is acknowledged, and the exception says so.</returns>
    /// <exception cref="PositionNotComparableException">It belongs to another binlog than what was taken.</exception>
    public bool SettleDoubt() => !_isGtid && _content.TryAccept()
        ? true
        : throw PositionNotComparableException.NeverProven(Stored(), _place.Position.ToString(), _epoch + 1);

    /// <summary>Index of the first row of an entry that was not taken before: 0 for a new entry, <see cref="AllRows"/> for an old one. A BEGIN or END is one row.</summary>
    /// <param name="entry">The next entry of the stream, of any kind.</param>
    /// <param name="batchId">Its batch.</param>
    /// <exception cref="PositionGapException">Canal's instance was started anew and left changes out.</exception>
    /// <exception cref="PositionNotComparableException">The entry belongs to another binlog than what was taken.</exception>
    public int FirstNewRow(in CanalEntry entry, long batchId)
    {
        EntryHeader header = entry.Header;

        // The numbers of an instance's batches start again with it.
        bool isNewInstance = batchId <= _lastBatchId, sessionBegins = _sessionBegins;
        _lastBatchId = batchId;
        _sessionBegins = false;
        if (!header.Gtid.IsEmpty && (_isGtid || _content.IsEmpty))
        {
            return FirstNewByGtid(entry, sessionBegins, isNewInstance);
        }

        if (_isGtid)
        {
            throw PositionNotComparableException.WithoutGtid(header.Position.ToString());
        }

        if (sessionBegins)
        {
            _content.BeginSession(entry, isNewInstance);
        }

        if (_batchBegins)
        {
            _batchBegins = false;
            _content.BeginBatch(entry);
        }

        if (!_content.IsNew(entry))
        {
            return AllRows;
        }

        RefuseOtherServer(entry);
        return header.Gtid.IsEmpty ? 0 : FirstNewByGtid(entry, sessionBegins: false, isNewInstance: false);
    }

    /// <summary>The entry as its records show it: at its true place.</summary>
    public CanalEntry AtTruePlace(in CanalEntry entry) => _place.IsElsewhere ? entry.At(_place.File, _place.Offset) : entry;

    /// <summary>The entry was taken: it and all before it are old from now on.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="rows">Number of rows in it, repeated ones included.</param>
    /// <param name="firstRow">As <see cref="FirstNewRow"/> said.</param>
    public void Advance(in CanalEntry entry, int rows, int firstRow)
    {
        EntryHeader header = entry.Header;
        if (_isGtid)
        {
            _gtids.Take(entry, rows, firstRow);
        }

        string file = Last is { } last && _place.File.SequenceEqual(_file) ? last.File : Encoding.UTF8.GetString(_place.File);
        Keep(ref _file, _place.File);
        Keep(ref _gtid, header.TransactionGtid);
        Last = new BinlogPosition(file, _place.Offset);
        _lastRow = Math.Max(rows - 1, 0);
        _serverId = header.ServerId;
        _maxTime = Math.Max(_maxTime, header.ExecuteTimeMilliseconds);
    }

    /// <summary>Where the entry met last stands, for messages.</summary>
    public string Met => _place.IsKnown ? _place.Position.ToString() : "the start";

    private int FirstNewByGtid(in CanalEntry entry, bool sessionBegins, bool isNewInstance)
    {
        if (!_isGtid)
        {
            _gtids.Seed(entry.Header);
            _isGtid = true;
        }

        if (sessionBegins)
        {
            _gtids.BeginSession(entry.Header, isNewInstance);
        }

        return _gtids.FirstNewRow(entry);
    }

    /// <summary>Without GTIDs a position says "taken" within one server's binlog only.</summary>
    private void RefuseOtherServer(in CanalEntry entry)
    {
        EntryHeader header = entry.Header;
        if (Last is not { } last || entry.Type != CanalEntryType.RowData || !header.Gtid.IsEmpty)
        {
            return;
        }

        if (header.ServerId != _serverId && !_serverIdMayChange)
        {
            throw NotComparable(entry, $"the server id changed from {_serverId} to {header.ServerId} (set Source:ServerIdMayChange if one binlog holds events of several servers)");
        }

        if (!_place.File.SequenceEqual(_file) && _place.Position.CompareTo(last) == BinlogOrder.NotComparable)
        {
            throw NotComparable(entry, "the binlog has another base name");
        }
    }

    /// <summary>Copies a text that outlives its batch; nothing is allocated while it stays the same.</summary>
    private static void Keep(ref byte[] kept, ReadOnlySpan<byte> text)
    {
        if (!text.SequenceEqual(kept))
        {
            kept = text.ToArray();
        }
    }

    private string Stored() => string.Create(CultureInfo.InvariantCulture, $"{Last} row {_lastRow} (server id {_serverId}, epoch {_epoch})");

    private PositionNotComparableException NotComparable(in CanalEntry entry, string reason) =>
        new(Stored(), string.Create(CultureInfo.InvariantCulture, $"{entry.Header.Position} (server id {entry.Header.ServerId})"), reason, _epoch + 1);
}
