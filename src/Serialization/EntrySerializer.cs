using System.Diagnostics.CodeAnalysis;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Envelopes;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization;

/// <summary>Turns entries into Kafka records; remembers table layouts and the open source transaction. One per destination, not thread-safe.</summary>
/// <remarks>
/// Per row: 1. find the values in place, by the layout learned before; 2. the envelope decides which records the change makes and
/// writes them. Nothing is allocated for a row of a known layout.
/// </remarks>
[SuppressMessage("Performance", "CA1859", Justification = "The interface is the seam for more envelopes.")]
public sealed class EntrySerializer : IDisposable
{
    private readonly SourceKind _sourceKind;
    private readonly TableCatalog _tables;
    private readonly RowImages _images = new();
    private readonly IEnvelopeWriter _envelope;
    private long? _threadId;

    /// <summary>Creates a serializer that knows no table yet.</summary>
    /// <param name="settings">What the entries do not say.</param>
    /// <param name="topics">Chooses the topic of each table.</param>
    public EntrySerializer(SerializationSettings settings, ITableTopics topics)
    {
        _sourceKind = settings.SourceKind;
        _tables = new TableCatalog(topics);

        // The one place that chooses the envelope.
        _envelope = new DebeziumEnvelope(settings);
    }

    /// <summary>Headers that every record carries beside its own, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders => _envelope.SharedHeaders;

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

    /// <inheritdoc />
    public void Dispose() => _envelope.Dispose();

    /// <summary>Debezium knows the thread from BEGIN; XA transactions start without one.</summary>
    private long? ThreadIdOf(in CanalEntry entry)
    {
        if (_sourceKind != SourceKind.MySql || !entry.FindBeginProperty("XA_TYPE"u8).IsEmpty)
        {
            return null;
        }

        long threadId = entry.ReadThreadId();
        return threadId == 0 ? null : threadId;
    }

    private EntryResult WriteRowChange(in CanalEntry entry, int firstRow, long nowNanoseconds, RecordBuffer output)
    {
        RowChange change = entry.ReadRowChange();
        if (change.IsDdl || !change.Sql.IsEmpty || !change.EventType.IsRowChange())
        {
            return WithoutRows(entry.Header, change);
        }

        int count = output.Count, length = output.LengthBytes;
        try
        {
            int rows = WriteRows(entry.Header, change, firstRow, nowNanoseconds, output);
            return new EntryResult(rows > 0 ? EntryKind.Rows : EntryKind.Other, rows, _envelope.DamagedValues);
        }
        catch
        {
            output.Truncate(count, length);
            throw;
        }
    }

    private EntryResult WithoutRows(in EntryHeader header, in RowChange change)
    {
        EntryKind kind = change.EventType switch
        {
            CanalEventType.XaCommit or CanalEventType.XaRollback => EntryKind.Xa,
            _ when change.EventType.IsRowChange() => EntryKind.StatementDml,
            _ when change.IsDdl => EntryKind.Ddl,
            CanalEventType.Query => EntryKind.Query,
            _ => EntryKind.Other,
        };
        if (kind == EntryKind.Ddl)
        {
            _tables.DdlSeen(header, change.EventType);
        }

        return new EntryResult(kind, 0, 0);
    }

    private int WriteRows(in EntryHeader header, in RowChange change, int firstRow, long nowNanoseconds, RecordBuffer buffer)
    {
        KnownTable table = _tables.Find(header);
        _envelope.BeginEntry(header, _threadId, nowNanoseconds);
        Operation operation = OperationOf(change.EventType);
        int index = 0;
        foreach (RowData row in change.Rows)
        {
            if (index >= firstRow)
            {
                TableLayout layout = Read(table, row, operation);
                if (!ReferenceEquals(layout, table.Layout))
                {
                    _tables.Keep(table, layout);
                }

                _envelope.WriteRow(new ChangeEvent(operation, layout, _images, row.Bytes, index), buffer);
            }

            index++;
        }

        return index;
    }

    private static Operation OperationOf(CanalEventType type) => type switch
    {
        CanalEventType.Insert => Operation.Create,
        CanalEventType.Delete => Operation.Delete,
        _ => Operation.Update,
    };

    /// <summary>Step 1. A row of another layout than the last one is learned from, unless it is only a part of it.</summary>
    private TableLayout Read(KnownTable table, in RowData row, Operation operation)
    {
        if (table.Layout is { } known && _images.TryRead(known, row.Bytes) && IsComplete(known, operation))
        {
            table.MayHaveChanged = false;
            return known;
        }

        // After a DDL the table may just have lost columns: only then are fewer no sign of a partial row image.
        if (table is { Layout: { } last, MayHaveChanged: false } && last.Covers(row.BeforeColumns) && last.Covers(row.AfterColumns))
        {
            throw Incomplete(table, last);
        }

        var learned = TableLayout.Learn(table.Source, row);
        if (!_images.TryRead(learned, row.Bytes) || !IsComplete(learned, operation))
        {
            throw Incomplete(table, learned);
        }

        return learned;
    }

    private bool IsComplete(TableLayout layout, Operation operation)
    {
        int before = operation == Operation.Create ? 0 : layout.Columns.Length;
        int after = operation == Operation.Delete ? 0 : layout.Columns.Length;
        return _images.BeforeCount == before && _images.AfterCount == after;
    }

    private static IncompleteRowImageException Incomplete(KnownTable table, TableLayout layout) =>
        new(table.Source.ToString(), $"not all of the {layout.Columns.Length} known columns are in the images before and after the change");
}
