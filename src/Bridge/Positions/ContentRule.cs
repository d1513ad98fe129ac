using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Positions;

/// <summary>Tells new entries from repeated ones where Canal gives no GTIDs: by what they contain.</summary>
/// <remarks>
/// <para>
/// The stream is new, entry after entry, until a repetition begins. Canal begins one in four ways: a new session with the same instance, at an entry
/// that began a batch; a new instance, at its cursor, a BEGIN, END or DDL of a batch that was acknowledged; inside the stream, after it lost
/// MySQL, at the last END or DDL or, where Canal leaves that out, at the entry behind it; and on MariaDB at a place in an older file, when its cursor's label
/// was wrong. All of them are entries that were met before, so their prints are kept. A repetition ends at the entry taken last.
/// </para>
/// <para>
/// Repeated entries are dropped, but not acknowledged before the repetition is proven: an END, a DDL or the first entry of a batch in it is known.
/// What is never proven stops the bridge with nothing acknowledged. Labels alone prove nothing; MySQL's order what was met,
/// MariaDB's not even that. The facts stand in docs/guarantees.md.
/// </para>
/// </remarks>
internal sealed class ContentRule
{
    /// <summary>Prints kept with a position: two of each batch, and more batches than can be without their ack.</summary>
    private const int StoredPoints = 128;

    /// <summary>BEGINs and ENDs behind the last row that are kept: where no row is ours they move Canal's cursor.</summary>
    private const int StoredBoundaries = 32;

    private const int PointsInMemory = 4096;

    /// <summary>Ends and beginnings of transactions that MariaDB may repeat out of an older file.</summary>
    private const int TransactionsInMemory = 131_072;

    private readonly bool _trustsLabels;
    private readonly BinlogPlace _place;

    // First entries of batches, and the boundaries to which an ack can have moved Canal's cursor.
    private readonly RecentPrints _points = new(PointsInMemory);
    private readonly RecentPrints _transactions;
    private readonly RecentPrints _boundariesBehindLast = new(StoredBoundaries);
    private readonly List<(ulong Print, int Sub)> _pointsOfDoubt = [];
    private readonly TornTransactions _torn;

    // The rows or the statement taken last: Canal may leave out a BEGIN or an END, but none of these.
    private LastEntry? _last;

    // The END or DDL met last, and the entry behind it: where Canal goes on after it lost MySQL.
    private ulong? _end;
    private ulong? _first;
    private ulong? _anchorOfFirst;
    private long _firstOffset;

    // The END or DDL met last. On MariaDB it tells entries apart that look alike in two files.
    private ulong? _anchor;

    // Of the entry met last: number among those that share its offset, as the events of a compressed transaction do.
    private int _sub;
    private bool _isRow;
    private bool _isAtStart;
    private bool _isBehindEnd;
    private bool _isFirstOfBatch;

    private (ulong Print, int Sub)? _firstOfBatch;
    private ulong? _boundaryOfBatch;
    private bool _isSameInstance;
    private ulong? _accepted;
    private Repetition? _repetition;
    private bool _hasProof;

    /// <param name="trustsLabels">The files of labels are right: MySQL.</param>
    /// <param name="place">Where the entry met last stands; moved by this rule.</param>
    /// <param name="stored">What an earlier run has kept; null for nothing.</param>
    public ContentRule(bool trustsLabels, BinlogPlace place, ContentState? stored)
    {
        _trustsLabels = trustsLabels;
        _place = place;
        _transactions = new RecentPrints(trustsLabels ? 0 : TransactionsInMemory);
        _torn = new TornTransactions(stored is { TellsBegins: true });
        if (stored is not null)
        {
            _last = stored.Last;
            _end = stored.End;
            _first = stored.First;
            _anchorOfFirst = stored.AnchorOfFirst;
            _firstOffset = stored.FirstOffset;
            _anchor = stored.Anchor;
            _points.Add(stored.Points);
            _boundariesBehindLast.Add(stored.BoundariesBehindLast);
            _isAtStart = _first is null;
            _isBehindEnd = stored.IsBehindEnd;
        }
    }

    /// <summary>Nothing was met yet.</summary>
    public bool IsEmpty => _last is null && _end is null && _first is null;

    /// <summary>Entries come again that must not be acknowledged yet: it is not proven that they were met before.</summary>
    public bool IsInDoubt => _repetition is { IsProven: false };

    /// <inheritdoc cref="TornTransactions.IsTorn"/>
    public bool IsTorn => _torn.IsTorn;

    /// <summary>What has to be kept with the position; null before the first entry.</summary>
    public ContentState? State => IsEmpty ? null : new ContentState
    {
        Last = _last,
        End = _end,
        First = _first,
        AnchorOfFirst = _anchorOfFirst,
        FirstOffset = _firstOffset,
        Anchor = _anchor,
        IsBehindEnd = _isBehindEnd,
        TellsBegins = _torn.TellsBegins,
        Points = _points.Newest(StoredPoints),
        BoundariesBehindLast = _boundariesBehindLast.Newest(StoredBoundaries),
    };

    /// <summary>Looks at the first entry of a Canal session, before <see cref="BeginBatch"/>.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="isNewInstance">Canal's instance was started anew, and begins at its cursor.</param>
    /// <exception cref="PositionGapException">The instance begins behind all that was met.</exception>
    public void BeginSession(in CanalEntry entry, bool isNewInstance)
    {
        _repetition = null;
        KeepPointsOfDoubt();
        _isSameInstance = !isNewInstance;
        _torn.BeginSession(isNewInstance);
        if (IsEmpty)
        {
            return;
        }

        ulong whole = Whole(entry);
        if (whole == _accepted)
        {
            return;
        }

        if (IsKnown(whole))
        {
            BeginAt(entry, whole);
        }
        else if (isNewInstance ? !MayBeginAnew(entry) : (_trustsLabels || _last is { Print: null }) && !FollowsByLabel(entry))
        {
            Begin(new Repetition(whole, isProven: false));
        }

        // Every batch without its ack is known by its first entry. Another one follows what was acknowledged.
    }

    /// <summary>Looks at the first entry of a batch, before <see cref="IsNew"/>.</summary>
    public void BeginBatch(in CanalEntry entry)
    {
        _hasProof = false;
        _isFirstOfBatch = true;
        _torn.BeginBatch();
        int sub = _repetition is { } repetition ? (repetition.Offset == entry.Header.LogfileOffset ? repetition.Sub + 1 : 0) : SharesOffset(entry) ? _sub + 1 : 0;

        // Kept when the batch was looked at: until then it is not known.
        _firstOfBatch = (Whole(entry), sub);
    }

    /// <summary>Looks back at a batch.</summary>
    public BatchProof EndBatch()
    {
        if (_firstOfBatch is { } first)
        {
            _pointsOfDoubt.Add(first);
            _firstOfBatch = null;
        }

        if (!IsInDoubt)
        {
            KeepPointsOfDoubt();
        }

        if (_boundaryOfBatch is { } boundary)
        {
            _points.Add(boundary);
            _boundaryOfBatch = null;
        }

        return _torn.Limit(!IsInDoubt ? BatchProof.Whole : _hasProof ? BatchProof.UpToIt : BatchProof.None);
    }

    /// <summary>Whether an entry was not met before. A new one is met from here on.</summary>
    public bool IsNew(in CanalEntry entry)
    {
        bool isFirstOfBatch = _isFirstOfBatch;
        _isFirstOfBatch = false;
        return _repetition is null ? IsNewInStream(entry, isFirstOfBatch) : IsNewInRepetition(entry, _repetition);
    }

    /// <summary>Canal has nothing more, and what came again is still in doubt.</summary>
    /// <returns>True: it is new after all. The session is to be given up; the next one takes it.</returns>
    /// <remarks>
    /// On MariaDB two transactions can look alike in their first entries: same second, offset and content in two files. Where a new instance should have
    /// begun at its cursor, and where labels can be trusted, there is no such way out.
    /// </remarks>
    public bool TryAccept()
    {
        if (_trustsLabels || !_isSameInstance || _repetition is not { IsProven: false, WasProven: false })
        {
            return false;
        }

        _accepted = _repetition.First;
        _repetition = null;
        _pointsOfDoubt.Clear();
        return true;
    }

    /// <summary>A repetition begins at an entry that is known: the first of a batch, or one at which a transaction begins or ends.</summary>
    private Repetition BeginAt(in CanalEntry entry, ulong whole)
    {
        int sub = _points.Find(whole) ?? 0;
        if (sub == RecentPrints.Ambiguous)
        {
            throw new AmbiguousPositionException(entry.Header.Position.ToString());
        }

        return Begin(new Repetition(whole, isProven: _trustsLabels || IsBoundary(entry))
        {
            Sub = sub - 1,
            Offset = entry.Header.LogfileOffset,
            Anchor = whole == _first ? _anchorOfFirst : null,
        });
    }

    private bool IsNewInStream(in CanalEntry entry, bool isFirstOfBatch)
    {
        EntryHeader header = entry.Header;
        bool isStop = IsStop(entry), isForward = _place.IsForward(header);
        if (_first is { } first && header.LogfileOffset == _firstOffset && Whole(entry) == first)
        {
            return IsNewInRepetition(entry, Begin(new Repetition(first, isProven: true) { Anchor = _anchorOfFirst }));
        }

        if (isStop && _end is { } end && Whole(entry) == end)
        {
            if (_first is not null)
            {
                Begin(new Repetition(end, isProven: true) { Anchor = end });
            }

            return false;
        }

        if (!_trustsLabels && (isStop || _isAtStart || !isForward) && Whole(entry) is var whole && whole != _accepted && _transactions.Contains(whole))
        {
            return IsNewInRepetition(entry, Begin(new Repetition(whole, isProven: isStop)));
        }

        // Another client has rolled back: batches without their ack come again, and one may begin inside a transaction.
        if (!_trustsLabels && isFirstOfBatch && !isForward && Whole(entry) is var point && point != _accepted && _points.Contains(point))
        {
            return IsNewInRepetition(entry, BeginAt(entry, point));
        }

        if (_trustsLabels && !isForward && !FollowsByLabel(entry) && !_place.IsWrap(header, isInTransaction: _first is not null))
        {
            return IsNewInRepetition(entry, Begin(new Repetition(Whole(entry), isProven: false)));
        }

        if (_torn.IsWithoutBegin(entry, hasBegun: !_isBehindEnd))
        {
            return false;
        }

        Meet(entry);
        return true;
    }

    private bool IsNewInRepetition(in CanalEntry entry, Repetition repetition)
    {
        bool isRow = entry.Type == CanalEntryType.RowData;
        repetition.Sub = isRow && entry.Header.LogfileOffset == repetition.Offset ? repetition.Sub + 1 : 0;
        repetition.Offset = isRow ? entry.Header.LogfileOffset : -1;
        ulong whole = Whole(entry);
        if (IsLast(entry, repetition) || (IsBoundary(entry) && _boundariesBehindLast.Contains(whole)))
        {
            End();
            return false;
        }

        if (IsPastLast(entry, repetition))
        {
            End();
            return IsNewInStream(entry, isFirstOfBatch: false);
        }

        if (IsKnown(whole) && (IsBoundary(entry) || repetition.IsProven))
        {
            Prove(repetition);
        }
        else if (entry.Type == CanalEntryType.TransactionEnd && !_trustsLabels)
        {
            repetition.IsProven = false;
        }

        if (IsStop(entry))
        {
            repetition.Anchor = whole;
        }

        return false;
    }

    private bool IsLast(in CanalEntry entry, Repetition repetition)
    {
        if (_last is not { } last || entry.Type != CanalEntryType.RowData)
        {
            return false;
        }

        if (last.Print is not { } print)
        {
            return entry.Header.Position.CompareTo(last.Place) == BinlogOrder.Same;
        }

        bool isBehindSameAnchor = _trustsLabels || repetition.Anchor is null || last.Anchor is null || repetition.Anchor == last.Anchor;
        return last.Sub == repetition.Sub && isBehindSameAnchor && EntryPrint.Event(entry, _trustsLabels) == print;
    }

    /// <summary>The entry lies behind the last one, which did not come again: Canal's filter leaves its table out by now.</summary>
    private bool IsPastLast(in CanalEntry entry, Repetition repetition) => _last is { Print: null } old
        ? entry.Header.Position.CompareTo(old.Place) == BinlogOrder.After
        : _trustsLabels && repetition.IsProven && _place.IsForward(entry.Header);

    /// <summary>Whether a new instance that begins at an unknown entry leaves nothing out; false where that is in doubt.</summary>
    private bool MayBeginAnew(in CanalEntry entry)
    {
        if (!_place.IsKnown)
        {
            return true;
        }

        bool isBehind = _trustsLabels || _last is { Print: null } ? _place.IsForward(entry.Header) : BinlogPlace.NumberOf(entry.Header.LogfileName) > _place.Number;

        // A position of version 1 knows rows only: the cursor may be an END or a statement behind them.
        if (isBehind && (_last is not { Print: null } || (entry.Type == CanalEntryType.RowData && entry.Header.EventType.IsRowChange())))
        {
            throw PositionGapException.Behind(_place.Position.ToString(), entry.Header.Position.ToString());
        }

        return isBehind;
    }

    /// <summary>The entry follows the one met last.</summary>
    private void Meet(in CanalEntry entry)
    {
        bool isStop = IsStop(entry), isBoundary = IsBoundary(entry);
        _sub = SharesOffset(entry) ? _sub + 1 : 0;
        _isRow = entry.Type == CanalEntryType.RowData;
        _place.MoveTo(entry.Header, isInTransaction: _first is not null);
        ulong whole = isBoundary || _isAtStart || _first is null ? Whole(entry) : 0;
        if (isStop)
        {
            _end = whole;
            _first = null;
        }
        else if (_first is null)
        {
            _first = whole;
            _firstOffset = entry.Header.LogfileOffset;
            _anchorOfFirst = _anchor;
        }

        if ((isStop || _isAtStart) && !_trustsLabels)
        {
            _transactions.Add(whole);
        }

        if (_isRow)
        {
            _last = new LastEntry(EntryPrint.Event(entry, _trustsLabels), _sub, _anchor, default);
            _boundariesBehindLast.Clear();
        }
        else
        {
            _boundariesBehindLast.Add(whole);
        }

        if (isBoundary)
        {
            _boundaryOfBatch = whole;
            _anchor = isStop ? whole : _anchor;
        }

        _isAtStart = isStop;
        _isBehindEnd = entry.Type == CanalEntryType.TransactionEnd || (_isBehindEnd && !isBoundary);
    }

    /// <summary>By its label an entry follows the one met last. A position of version 1 may have that one come again; else its label is that of a compressed transaction.</summary>
    private bool FollowsByLabel(in CanalEntry entry) => _place.IsForward(entry.Header) || (_last is not { Print: null } && _place.IsSame(entry.Header));

    private bool SharesOffset(in CanalEntry entry) => _isRow && entry.Type == CanalEntryType.RowData && _place.IsSame(entry.Header);

    private Repetition Begin(Repetition repetition)
    {
        _hasProof |= repetition.IsProven;
        return _repetition = repetition;
    }

    private void Prove(Repetition repetition)
    {
        repetition.IsProven = repetition.WasProven = true;
        _hasProof = true;
        KeepPointsOfDoubt();
    }

    /// <summary>The stream goes on where it was before the repetition.</summary>
    private void End()
    {
        _repetition = null;
        _accepted = null;
        _hasProof = true;
        KeepPointsOfDoubt();
    }

    private void KeepPointsOfDoubt()
    {
        foreach ((ulong print, int sub) in _pointsOfDoubt)
        {
            _points.Add(print, sub);
        }

        _pointsOfDoubt.Clear();
    }

    private bool IsKnown(ulong whole) => _points.Contains(whole) || _transactions.Contains(whole) || _boundariesBehindLast.Contains(whole) || whole == _end || whole == _first;

    private ulong Whole(in CanalEntry entry) => EntryPrint.Whole(entry, _trustsLabels);

    /// <summary>An entry at which Canal's cursor can stand.</summary>
    private static bool IsBoundary(in CanalEntry entry) => entry.Type != CanalEntryType.RowData
        || entry.Header.EventType is CanalEventType.Alter or CanalEventType.Create or CanalEventType.Erase or CanalEventType.Rename or CanalEventType.Truncate or CanalEventType.CreateIndex or CanalEventType.DropIndex;

    /// <summary>An entry at which Canal goes on after it lost MySQL.</summary>
    private static bool IsStop(in CanalEntry entry) => entry.Type != CanalEntryType.TransactionBegin && IsBoundary(entry);

    /// <summary>Entries that come again, until the last one.</summary>
    private sealed class Repetition(ulong first, bool isProven)
    {
        /// <summary>Print of the entry it began with.</summary>
        public ulong First { get; } = first;

        /// <summary>What came so far was met before.</summary>
        public bool IsProven { get; set; } = isProven;

        /// <summary>Some of it was.</summary>
        public bool WasProven { get; set; } = isProven;

        /// <summary>The END or DDL that came last in it; null before the first.</summary>
        public ulong? Anchor { get; set; }

        /// <summary>Offset of the rows that came last, and their number among those that share it.</summary>
        public long Offset { get; set; } = -1;

        /// <inheritdoc cref="Offset"/>
        public int Sub { get; set; }
    }
}
