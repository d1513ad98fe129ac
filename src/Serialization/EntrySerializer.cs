using System.Diagnostics.CodeAnalysis;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Envelopes;

namespace CanalBridge.Serialization;

/// <summary>What an entry turned out to be.</summary>
public enum EntryKind
{
    /// <summary>Row changes; records were written.</summary>
    Rows,

    /// <summary>BEGIN of a source transaction.</summary>
    TransactionBegin,

    /// <summary>END of a source transaction.</summary>
    TransactionEnd,

    /// <summary>DDL, without rows.</summary>
    Ddl,

    /// <summary>INSERT, UPDATE or DELETE as text (statement format): rows are missing, the source is misconfigured.</summary>
    StatementDml,

    /// <summary>Statement text ahead of its rows, or a statement that changes no table.</summary>
    Query,

    /// <summary>XA COMMIT or XA ROLLBACK.</summary>
    Xa,

    /// <summary>An entry of a kind unknown here, or one that carries nothing.</summary>
    Other,
}

/// <summary>What came of one entry.</summary>
/// <param name="Kind">What the entry was.</param>
/// <param name="Rows">Rows in the entry, skipped ones included.</param>
/// <param name="DamagedValues">Text values with U+FFFD in a column: the source column is not UTF-8 and Canal has destroyed it.</param>
public readonly record struct EntryResult(EntryKind Kind, int Rows, int DamagedValues);

/// <summary>Turns entries into Kafka records; remembers table layouts and the open source transaction. One per destination, not thread-safe.</summary>
/// <remarks>
/// Per row: 1. find the values in place, by the layout learned before; 2. decide which records the change makes; 3. write key
/// and value of each. Nothing is allocated for a row of a known layout.
/// </remarks>
[SuppressMessage("Performance", "CA1859", Justification = "More envelopes come behind the interface.")]
public sealed class EntrySerializer
{
    private readonly TableCatalog _tables = new();
    private readonly ColumnValueWriter _values;
    private readonly RecordKeyWriter _keys;
    private readonly IEnvelopeWriter _envelope;
    private long? _threadId;

    /// <summary>Creates a serializer that knows no table yet.</summary>
    public EntrySerializer(SerializationSettings settings)
    {
        Settings = settings;
        _values = new ColumnValueWriter(settings.CanalTimeZone);
        _keys = new RecordKeyWriter(_values);
        _envelope = new DebeziumEnvelope(settings, new RowWriter(_values));
    }

    /// <summary>What was set.</summary>
    public SerializationSettings Settings { get; }

    /// <summary>Writes the records of an entry's rows, in row order; entries without rows only change what is remembered.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="firstRow">Rows before this index were published before and are passed over.</param>
    /// <param name="nowNanoseconds">Wall clock since the Unix epoch, for the envelope's ts_ms, ts_us and ts_ns.</param>
    /// <param name="output">Receives the records. On an exception it is left as it was.</param>
    /// <exception cref="UnmappableValueException">A value does not fit its column's type.</exception>
    /// <exception cref="IncompleteRowImageException">Columns are missing from a row.</exception>
    /// <exception cref="CanalProtocolException">The entry is malformed.</exception>
    public EntryResult Write(in CanalEntry entry, int firstRow, long nowNanoseconds, RecordBuffer output)
    {
        switch (entry.Type)
        {
            case CanalEntryType.TransactionBegin:
                _threadId = ThreadIdOf(entry);
                return new EntryResult(EntryKind.TransactionBegin, 0, 0);
            case CanalEntryType.TransactionEnd:
                _threadId = null;
                return new EntryResult(EntryKind.TransactionEnd, 0, 0);
            case CanalEntryType.RowData:
                return WriteRowChange(entry, firstRow, nowNanoseconds, output);
            default:
                return new EntryResult(EntryKind.Other, 0, 0);
        }
    }

    /// <summary>Debezium knows the thread from BEGIN; XA transactions start without one.</summary>
    private long? ThreadIdOf(in CanalEntry entry)
    {
        // A property of the serialized TransactionBegin: key field, length 7.
        ReadOnlySpan<byte> xaType = "\x0a\x07XA_TYPE"u8;
        if (Settings.SourceKind != SourceKind.MySql || entry.StoreValue.IndexOf(xaType) >= 0)
        {
            return null;
        }

        long threadId = entry.ReadThreadId();
        return threadId == 0 ? null : threadId;
    }

    private EntryResult WriteRowChange(in CanalEntry entry, int firstRow, long nowNanoseconds, RecordBuffer output)
    {
        RowChange change = entry.ReadRowChange();
        if (change.IsDdl || !change.Sql.IsEmpty || change.EventType is not (CanalEventType.Insert or CanalEventType.Update or CanalEventType.Delete))
        {
            return WithoutRows(change);
        }

        int count = output.Count, length = output.LengthBytes;
        _values.ResetDamage();
        try
        {
            int rows = WriteRows(entry.Header, change, firstRow, nowNanoseconds, output);
            return new EntryResult(rows > 0 ? EntryKind.Rows : EntryKind.Other, rows, _values.DamagedValues);
        }
        catch
        {
            output.Truncate(count, length);
            throw;
        }
    }

    private EntryResult WithoutRows(in RowChange change)
    {
        EntryKind kind = change.EventType switch
        {
            CanalEventType.XaCommit or CanalEventType.XaRollback => EntryKind.Xa,
            CanalEventType.Insert or CanalEventType.Update or CanalEventType.Delete => EntryKind.StatementDml,
            _ when change.IsDdl => EntryKind.Ddl,
            CanalEventType.Query => EntryKind.Query,
            _ => EntryKind.Other,
        };
        if (kind == EntryKind.Ddl)
        {
            _tables.DdlSeen();
        }

        return new EntryResult(kind, 0, 0);
    }

    private int WriteRows(in EntryHeader header, in RowChange change, int firstRow, long nowNanoseconds, RecordBuffer buffer)
    {
        KnownTable table = _tables.Find(header);
        _envelope.BeginEntry(header, table.Source, _threadId, nowNanoseconds);
        var output = new JsonOutput(buffer);
        int index = 0;
        foreach (RowData row in change.Rows)
        {
            if (index >= firstRow)
            {
                TableLayout layout = Read(table, row, change.EventType);
                WriteRow(ref output, buffer, change.EventType, layout, row.Bytes, index);
            }

            index++;
        }

        return index;
    }

    /// <summary>Step 1. A row of another layout than the last one is learned from, unless it is only a part of it.</summary>
    private TableLayout Read(KnownTable table, in RowData row, CanalEventType type)
    {
        // After a DDL the table may just have lost columns: then fewer are no sign of a partial row image.
        bool ddlSeen = table.LayoutVersion != _tables.Version;
        TableLayout? layout = table.Layout;
        bool matches = layout is not null && layout.TryRead(row.Bytes);
        if (!matches || (ddlSeen && !IsComplete(layout!, type)))
        {
            if (layout is not null && !ddlSeen && layout.Covers(row.BeforeColumns) && layout.Covers(row.AfterColumns))
            {
                throw Incomplete(table, layout);
            }

            layout = TableLayout.Learn(table.Source, row);
            matches = layout.TryRead(row.Bytes);
        }

        if (!matches || !IsComplete(layout!, type))
        {
            throw Incomplete(table, layout!);
        }

        if (!ReferenceEquals(layout, table.Layout))
        {
            _tables.Keep(table, layout!);
        }

        table.LayoutVersion = _tables.Version;
        return layout!;
    }

    private static bool IsComplete(TableLayout layout, CanalEventType type)
    {
        int before = type == CanalEventType.Insert ? 0 : layout.Columns.Length;
        int after = type == CanalEventType.Delete ? 0 : layout.Columns.Length;
        return layout.BeforeCount == before && layout.AfterCount == after;
    }

    private static IncompleteRowImageException Incomplete(KnownTable table, TableLayout layout) =>
        new(table.Source.ToString(), $"not all of the {layout.Columns.Length} known columns are in the images before and after the change");

    /// <summary>Step 2. A delete is followed by its tombstone; a changed key is a delete, a tombstone and a create.</summary>
    private void WriteRow(ref JsonOutput output, RecordBuffer buffer, CanalEventType type, TableLayout layout, ReadOnlySpan<byte> row, int index)
    {
        if (type == CanalEventType.Insert)
        {
            WriteRecord(ref output, buffer, new ChangeEvent(Operation.Create, layout, row, index), _keys.Write(ref output, layout, layout.After, row));
            return;
        }

        ByteRange key = _keys.Write(ref output, layout, layout.Before, row);
        if (type == CanalEventType.Delete)
        {
            WriteRecord(ref output, buffer, new ChangeEvent(Operation.Delete, layout, row, index), key);
            buffer.Add(layout.Table, index, key, ByteRange.Null);
            return;
        }

        if (!RecordKeyWriter.SameKey(layout))
        {
            // Texts that differ may still be the same key (a zero date and the epoch).
            ByteRange newKey = _keys.Write(ref output, layout, layout.After, row);
            output.Flush();
            if (!buffer.Slice(key).SequenceEqual(buffer.Slice(newKey)))
            {
                WriteKeyChange(ref output, buffer, layout, row, index, key, newKey);
                return;
            }
        }

        WriteRecord(ref output, buffer, new ChangeEvent(Operation.Update, layout, row, index), key);
    }

    private void WriteKeyChange(ref JsonOutput output, RecordBuffer buffer, TableLayout layout, ReadOnlySpan<byte> row, int index, ByteRange oldKey, ByteRange newKey)
    {
        ByteRange oldHeader = _keys.WriteHeader(ref output, layout, layout.Before, row);
        ByteRange newHeader = _keys.WriteHeader(ref output, layout, layout.After, row);
        WriteRecord(ref output, buffer, new ChangeEvent(Operation.Delete, layout, row, index), oldKey, KeyChange.ToNewKey, newHeader);
        buffer.Add(layout.Table, index, oldKey, ByteRange.Null, KeyChange.ToNewKey, newHeader);
        WriteRecord(ref output, buffer, new ChangeEvent(Operation.Create, layout, row, index), newKey, KeyChange.FromOldKey, oldHeader);
    }

    /// <summary>Step 3.</summary>
    private void WriteRecord(
        ref JsonOutput output, RecordBuffer buffer, in ChangeEvent change, ByteRange key, KeyChange keyChange = KeyChange.None, ByteRange otherKey = default)
    {
        int start = output.Position;
        _envelope.Write(ref output, change);
        buffer.Add(change.Layout.Table, change.RowIndex, key, output.RangeFrom(start), keyChange, otherKey);
        output.Flush();
    }
}
