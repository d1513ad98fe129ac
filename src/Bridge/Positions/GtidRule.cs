using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Canal.Client.Entries;

namespace CanalBridge.Positions;

/// <summary>Tells new rows from repeated ones by transaction and number of the row in it, where Canal gives GTIDs.</summary>
/// <remarks>
/// <para>
/// A transaction is old if it is in the set of those that are done. The one under way is passed over up to the units taken: rows, left out ones too,
/// and statements. Their order is the same on every server that has the transaction; files, offsets and the cuts between entries are not.
/// </para>
/// <para>
/// GTIDs start again where somebody resets the source. So repeated units are dropped, but not acknowledged before one of their transactions is shown to
/// be the one met under its GTID: by time, server, table and first row.
/// </para>
/// </remarks>
internal sealed class GtidRule
{
    /// <summary>Transactions whose marks are kept with the position.</summary>
    private const int StoredMarks = 48;

    /// <summary>Marks of older transactions that are kept, one of so many: they reach thousands of transactions back.</summary>
    private const int StoredSparseMarks = 96, SparseInterval = 64;

    /// <summary>First entries of batches that are kept: more than can be without their ack.</summary>
    private const int StoredPoints = 64;

    private const int MarksInMemory = 4096;

    private readonly BinlogPlace _place;
    private readonly TornTransactions _torn;
    private readonly RecentPrints _marks = new(MarksInMemory);
    private readonly RecentPrints _sparseMarks = new(StoredSparseMarks);
    private GtidSet? _done;

    // What the entry met last says: Canal repeats the set in each entry of a transaction.
    private byte[] _set = [];
    private bool _hasNewSet;

    // Where the newest transaction begins: another server has it at another offset.
    private byte[] _newest = [];
    private long _newestOffset;

    // The transaction under way, as far as it was taken; and the one that the entry met last belongs to.
    private UnderWay? _open;
    private Current _current;

    // Units of their transaction before the first entries of batches: the same instance goes on at one of them after a lost session, perhaps in mid-transaction.
    private readonly RecentPrints _points = new(MarksInMemory);
    private (ulong Print, int Units)? _firstOfBatch;
    private bool _batchBegins;
    private bool _goesOn;

    // End of the event met last, repeated ones included: the place itself follows new ones only.
    private long _metEnd = -1;
    private long _metOffset = -1;

    // New transactions until the next mark that is kept for long.
    private int _untilSparse;

    private bool _isProven;
    private bool _hasProof;

    /// <param name="place">Where the entry met last stands; moved by this rule.</param>
    /// <param name="stored">What an earlier run has kept; null for nothing.</param>
    /// <exception cref="FormatException">It holds no set of GTIDs.</exception>
    public GtidRule(BinlogPlace place, GtidState? stored)
    {
        _place = place;
        _torn = new TornTransactions(stored is { TellsBegins: true });
        if (stored is not null)
        {
            _done = GtidSet.Parse(stored.Done);
            _open = stored.Open is { } open ? new UnderWay(open, stored.OpenUnits, stored.OpenIsStatement, stored.OpenHasBegun) : null;
            _sparseMarks.Add(stored.SparseMarks);
            _marks.Add(stored.SparseMarks);
            _marks.Add(stored.Marks);
            _points.Add(stored.Points);
            _newest = Encoding.UTF8.GetBytes(stored.Newest);
            _newestOffset = stored.NewestOffset;
        }
    }

    /// <summary>It is known what was done.</summary>
    public bool IsSeeded => _done is not null;

    /// <inheritdoc cref="ContentRule.IsInDoubt"/>
    public bool IsInDoubt { get; private set; }

    /// <inheritdoc cref="TornTransactions.IsTorn"/>
    public bool IsTorn => _torn.IsTorn;

    /// <summary>What has to be kept with the position; null before the first entry.</summary>
    public GtidState? State => _done is null ? null : new GtidState
    {
        Done = _done.ToString()!,
        Open = _open?.Gtid,
        OpenUnits = _open?.Units ?? 0,
        OpenIsStatement = _open is { IsStatement: true },
        OpenHasBegun = _open is { HasBegun: true },
        TellsBegins = _torn.TellsBegins,
        Marks = _marks.Newest(StoredMarks),
        SparseMarks = _sparseMarks.Newest(StoredSparseMarks),
        Points = _points.Newest(StoredPoints),
        Newest = Encoding.UTF8.GetString(_newest),
        NewestOffset = _newestOffset,
    };

    /// <summary>Everything that the source has executed up to an entry counts as done, but for the entry's own transaction.</summary>
    public void Seed(in EntryHeader header)
    {
        GtidSet executed = SetOf(header);
        _done = executed.Without(OwnOf(header, executed) ?? throw PositionNotComparableException.WithoutGtid(header.Position.ToString()));
        _isProven = true;
    }

    /// <summary>Looks at the first entry of a Canal session.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="isNewInstance">Canal's instance was started anew, and begins behind its cursor.</param>
    /// <exception cref="PositionGapException">The instance begins behind transactions that were never delivered.</exception>
    public void BeginSession(in EntryHeader header, bool isNewInstance)
    {
        _set = [];
        _metEnd = _metOffset = -1;
        _isProven = IsInDoubt = false;
        _goesOn = !isNewInstance;
        _torn.BeginSession(isNewInstance);
        if (!isNewInstance || _done is null)
        {
            return;
        }

        GtidSet executed = SetOf(header);
        if (OwnOf(header, executed) is not { } own)
        {
            return;
        }

        // Behind a statement Canal's cursor may stand although nothing tells its end.
        GtidSet known = GtidSet.Parse(_done.ToString()!);
        if (_open is { IsStatement: true } statement)
        {
            known.Add(statement.Gtid);
        }

        // Before a transaction that was delivered the cursor passes over nothing; a promoted replica may have some of its own that have no entry.
        bool isBeforeKnown = known.Contains(own) || _open?.Gtid == own;
        if (known.Missing(executed, own, ofKnownSources: isBeforeKnown) is { } missing)
        {
            throw PositionGapException.Missing(missing, own, _place.Position.ToString());
        }
    }

    /// <summary>Looks at the beginning of a batch.</summary>
    public void BeginBatch()
    {
        _hasProof = false;
        _batchBegins = true;
        _torn.BeginBatch();
    }

    /// <summary>Looks back at a batch. What Canal has passed over in silence, as no row of it is ours, is done.</summary>
    /// <remarks>
    /// The batch itself keeps its ack until the next one: so Canal's cursor stays before a transaction that was delivered, and its next instance begins
    /// there. Else it would begin behind statements that have a GTID but no entry (GRANT, CREATE VIEW), which look like missing transactions.
    /// </remarks>
    public BatchProof EndBatch()
    {
        if (_firstOfBatch is { } first)
        {
            _points.Add(first.Print, first.Units);
            _firstOfBatch = null;
        }

        if (_hasNewSet && _done is not null)
        {
            GtidSet executed = GtidSet.Parse(Encoding.UTF8.GetString(_set));
            _done.Add(_open is { } open && open.Gtid == _current.Gtid ? executed.Without(open.Gtid) : executed);
            _hasNewSet = false;
        }

        return _torn.Limit(!IsInDoubt || _hasProof ? BatchProof.UpToIt : BatchProof.None);
    }

    /// <summary>Index of the first new row of an entry: 0 for a wholly new one, <see cref="ReplayFilter.AllRows"/> for an old one. A BEGIN or END is one row.</summary>
    /// <exception cref="PositionNotComparableException">A GTID comes again for another transaction, or rows have none of their own.</exception>
    public int FirstNewRow(in CanalEntry entry)
    {
        EntryHeader header = entry.Header;
        if (!header.Gtid.SequenceEqual(_set))
        {
            BeginTransaction(header);
        }
        else if (BeginsAgain(entry))
        {
            BeginAgain(entry);
        }

        if (_goesOn)
        {
            _goesOn = false;
            GoOn(entry);
        }

        if (_batchBegins)
        {
            _batchBegins = false;
            _firstOfBatch = (EntryPrint.Whole(entry, withFile: false), (int)Math.Min(_current.Units, int.MaxValue));
        }

        _metOffset = header.LogfileOffset;
        _metEnd = header.LogfileOffset + header.EventLength;
        if (IsLeft(entry))
        {
            return ReplayFilter.AllRows;
        }

        bool isInTransaction = _current.Units > 0;
        int first = entry.Type switch
        {
            CanalEntryType.TransactionBegin => _current.IsOld || _current.IsRepeated ? ReplayFilter.AllRows : 0,
            CanalEntryType.TransactionEnd => EndTransaction(),
            CanalEntryType.RowData => FirstNewUnit(entry),
            _ => 0,
        };
        if (first != ReplayFilter.AllRows)
        {
            _place.MoveTo(header, isInTransaction);
        }

        return first;
    }

    /// <summary>The same instance goes on at the first entry of a batch without ack, or behind all that was taken: both may lie inside a transaction.</summary>
    private void GoOn(in CanalEntry entry)
    {
        int? units = UnitsBefore(entry);
        if (_current.IsOld && units is not null)
        {
            // The batch may begin behind the first unit of its transaction.
            _current = _current with { IsMarked = true };
            _isProven = true;
        }

        if (!_current.IsRepeated || entry.Type == CanalEntryType.TransactionBegin)
        {
            return;
        }

        RefuseAmbiguous(units, entry);

        // Unknown and falling back: Canal lost the source meanwhile, and sends the transaction from its beginning.
        bool follows = _place.IsForward(entry.Header) || _place.IsSame(entry.Header);
        _current = _current with { Units = units ?? (follows ? _open?.Units ?? 0 : 0), IsMarked = true };
        _isProven = true;
    }

    /// <summary>Units of its transaction before an entry that began a batch; null for one that began none, or is forgotten.</summary>
    private int? UnitsBefore(in CanalEntry entry) => _points.Find(EntryPrint.Whole(entry, withFile: false));

    private static void RefuseAmbiguous(int? units, in CanalEntry entry)
    {
        if (units == RecentPrints.Ambiguous)
        {
            throw new AmbiguousPositionException(entry.Header.Position.ToString());
        }
    }

    /// <summary>The new units of an entry were taken.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="rows">Its rows, repeated ones included.</param>
    /// <param name="firstRow">As <see cref="FirstNewRow"/> said.</param>
    public void Take(in CanalEntry entry, int rows, int firstRow)
    {
        bool isStatement = rows == 0 && entry.ReadRowChange().IsDdl;
        _current = _current with { Units = _current.Units + (isStatement ? 1 : rows - firstRow) };
        if (_open is { } open && _current.Units > open.Units)
        {
            _open = open with { Units = _current.Units, IsStatement = isStatement, HasBegun = true };
        }
    }

    private void BeginTransaction(in EntryHeader header)
    {
        _set = header.Gtid.ToArray();
        _hasNewSet = true;
        string? own = OwnOf(header);
        bool isOld = own is null || _done!.Contains(own), isRepeated = !isOld && _open?.Gtid == own;
        if (!isOld && !isRepeated)
        {
            if (_torn.IsTorn)
            {
                throw PositionGapException.Torn(header.Position.ToString());
            }

            if (_open is { } ended)
            {
                // Canal may leave out an END.
                _done!.Add(ended.Gtid);
            }

            if (IsInDoubt && _marks.Count > 0)
            {
                throw PositionNotComparableException.GtidsStartedAgain(own!, _place.Position.ToString());
            }

            IsInDoubt = false;
            _isProven = true;
            _open = new UnderWay(own!, 0, IsStatement: false, HasBegun: false);
            _newest = _set;
            _newestOffset = header.LogfileOffset;
        }
        else if (!_goesOn && header.Gtid.SequenceEqual(_newest) && header.LogfileOffset != _newestOffset)
        {
            _newestOffset = header.LogfileOffset;
            _place.Leave();
        }

        _current = new Current(own, isOld, isRepeated, HasEnded: false, IsMarked: false, Units: 0);
    }

    /// <summary>The entry is of the rest of a transaction that came without its beginning.</summary>
    private bool IsLeft(in CanalEntry entry)
    {
        if (_current.IsOld || _current.HasEnded || _open is not { } open)
        {
            return false;
        }

        if (_torn.IsWithoutBegin(entry, open.HasBegun))
        {
            return true;
        }

        bool isBegin = entry.Type == CanalEntryType.TransactionBegin;
        if (!open.HasBegun && (isBegin || (entry.Type == CanalEntryType.RowData && entry.ReadRowChange().IsDdl)))
        {
            // What came of it before was left.
            _current = isBegin ? _current with { IsRepeated = false } : _current;
            _newestOffset = entry.Header.LogfileOffset;
            _open = open with { HasBegun = true };
        }

        return false;
    }

    /// <summary>Canal lost the source inside the transaction and sends it once more.</summary>
    /// <remarks>MariaDB's transactions have no BEGIN: an offset that falls back shows it, since a transaction stands in one file.</remarks>
    private bool BeginsAgain(in CanalEntry entry) => !_current.HasEnded
        && (entry.Type == CanalEntryType.TransactionBegin
            || (entry.Header.LogfileOffset < _metEnd && entry.Header.LogfileOffset != _metOffset && !_place.IsWrap(entry.Header, isInTransaction: _current.Units > 0)));

    /// <summary>From its beginning; or, where another client has rolled back, from the first entry of a batch without its ack.</summary>
    private void BeginAgain(in CanalEntry entry)
    {
        int? units = _batchBegins ? UnitsBefore(entry) : null;
        RefuseAmbiguous(units, entry);
        bool isInside = units > 0;
        _current = _current with { Units = units ?? 0, IsRepeated = true, IsMarked = isInside, HasBegunAgain = !isInside };
    }

    private int EndTransaction()
    {
        bool isRepeated = _current.IsOld || _current.HasEnded;
        _current = _current with { HasEnded = true };
        if (isRepeated)
        {
            return ReplayFilter.AllRows;
        }

        _done!.Add(_current.Gtid!);
        _open = null;
        return 0;
    }

    private int FirstNewUnit(in CanalEntry entry)
    {
        RowChange change = entry.ReadRowChange();
        bool isRows = entry.Header.EventType.IsRowChange() && change.Sql.IsEmpty;
        if (isRows || change.IsDdl)
        {
            Mark(entry, change);
        }

        if (_current.HasEnded && isRows)
        {
            // Canal passes over the GTID event of a tagged transaction, whose rows then look like those of the one before.
            throw PositionNotComparableException.WithoutGtid(_place.Position.ToString());
        }

        if (_current.IsOld)
        {
            return ReplayFilter.AllRows;
        }

        long skipped = (_open?.Units ?? 0) - _current.Units;
        int units = isRows ? change.CountRows() : change.IsDdl ? 1 : 0;
        if (skipped <= 0)
        {
            // A statement's text counts for nothing: where it stands tells whether it comes again.
            return units == 0 && _current.IsRepeated && _place.IsAtOrBefore(entry.Header) ? ReplayFilter.AllRows : 0;
        }

        _current = _current with { Units = _current.Units + Math.Min(units, skipped) };
        return units <= skipped ? ReplayFilter.AllRows : (int)skipped;
    }

    /// <summary>By its first unit a transaction is known again, or shown to be another one.</summary>
    private void Mark(in CanalEntry entry, in RowChange change)
    {
        if (_current.IsMarked)
        {
            return;
        }

        _current = _current with { IsMarked = true };
        ulong mark = MarkOf(entry.Header, change);
        if (!_current.IsOld && !_current.IsRepeated)
        {
            _marks.Add(mark);
            if (_untilSparse-- == 0)
            {
                _untilSparse = SparseInterval - 1;
                _sparseMarks.Add(mark);
            }
        }
        else if (_marks.Contains(mark))
        {
            IsInDoubt = false;
            _isProven = _hasProof = true;
        }
        else if (_current.HasBegunAgain && !_current.IsOld)
        {
            throw PositionGapException.TornAndTaken(_place.Position.ToString());
        }
        else
        {
            IsInDoubt = !_isProven;
        }
    }

    private static ulong MarkOf(in EntryHeader header, in RowChange change)
    {
        ulong content = XxHash3.HashToUInt64(change.Sql);
        foreach (RowData row in change.Rows)
        {
            content = EntryPrint.Values(row);
            break;
        }

        Span<ulong> parts =
        [
            XxHash3.HashToUInt64(header.TransactionGtid),
            (ulong)header.ExecuteTimeMilliseconds,
            (ulong)header.ServerId,
            XxHash3.HashToUInt64(header.SchemaName),
            XxHash3.HashToUInt64(header.TableName),
            (ulong)header.EventType,
            content,
        ];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(parts));
    }

    /// <summary>The transaction of an entry; null for an old one whose name cannot be told.</summary>
    private string? OwnOf(in EntryHeader header, GtidSet? executed = null)
    {
        ReadOnlySpan<byte> own = header.FindProperty("curtGtid"u8);
        if (!own.IsEmpty)
        {
            return Encoding.UTF8.GetString(own);
        }

        if ((executed ?? SetOf(header)) is not MariaDbGtidSet domains)
        {
            throw PositionNotComparableException.WithoutGtid(header.Position.ToString());
        }

        // MariaDB's set has grown in the domain of the transaction.
        string[] grown = [.. domains.Elements.Where(element => _done?.Contains(element) != true)];
        return Array.Find(grown, element => element != _open?.Gtid) ?? Array.Find(grown, static _ => true);
    }

    private static GtidSet SetOf(in EntryHeader header) => GtidSet.Parse(Encoding.UTF8.GetString(header.Gtid));

    private readonly record struct UnderWay(string Gtid, long Units, bool IsStatement, bool HasBegun);

    /// <param name="Gtid">Null for an old one whose name cannot be told.</param>
    /// <param name="IsOld">It is done.</param>
    /// <param name="IsRepeated">It is under way, and comes again from its beginning.</param>
    /// <param name="HasEnded">Its END was met.</param>
    /// <param name="IsMarked">Its first unit was met.</param>
    /// <param name="Units">Rows and statements of it, so far in this passage.</param>
    /// <param name="HasBegunAgain">It came once before in this session.</param>
    private readonly record struct Current(string? Gtid, bool IsOld, bool IsRepeated, bool HasEnded, bool IsMarked, long Units, bool HasBegunAgain = false);
}
