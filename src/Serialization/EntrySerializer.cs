using System.Diagnostics.CodeAnalysis;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Envelopes;
using CanalBridge.Serialization.Envelopes.Avro;
using CanalBridge.Serialization.Envelopes.CanalFlat;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Envelopes.Maxwell;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization;

/// <summary>Turns entries into Kafka records; remembers table layouts. One per destination, not thread-safe.</summary>
/// <remarks>
/// Per row: 1. find the values in place, by the layout learned before; 2. the envelope decides which records the change makes and
/// writes them. Nothing is allocated for a row of a known layout.
/// </remarks>
[SuppressMessage("Performance", "CA1859", Justification = "The interface is the seam for more envelopes.")]
public sealed class EntrySerializer : IDisposable
{
    private readonly TableCatalog _tables;
    private readonly RowReader _rows;
    private readonly SerializationSettings _settings;
    private readonly IEnvelopeWriter _envelope;
    private readonly bool _readsRows;
    private readonly bool _asksSource;
    private readonly bool _numbersSchemas;
    private readonly FenceWriter? _fences;

    // The row written last, and the binlog file it came from: statements show it.
    private byte[] _lastFile = [];
    private int _lastRow;

    /// <summary>Creates a serializer that knows no table yet.</summary>
    /// <param name="settings">What the entries do not say.</param>
    /// <param name="topics">Chooses the topic of each table.</param>
    /// <param name="source">Asked for tables that no statement has told of; null to do without.</param>
    /// <param name="schemaIds">Numbers the schemas; for Avro only.</param>
    public EntrySerializer(SerializationSettings settings, ITableTopics topics, ITableStatements? source = null, ISchemaIds? schemaIds = null)
    {
        bool asksCharsets = settings is { IncludeSchemaChanges: true, Format: EnvelopeFormat.Debezium };
        _tables = new TableCatalog(topics, source, settings.TableFilter, asksCharsets, settings.SourceKind);
        _rows = new RowReader(_tables);
        _settings = settings;
        _fences = settings.DdlFence ? new FenceWriter(settings) : null;

        // The one place that chooses the envelope.
        _envelope = settings.Format switch
        {
            EnvelopeFormat.Debezium => new DebeziumEnvelope(settings),
            EnvelopeFormat.CanalFlat when settings.Strict => new StrictFlatEnvelope(settings, _tables),
            EnvelopeFormat.CanalFlat => new FlatEnvelope(settings, _tables),
            EnvelopeFormat.Maxwell => new MaxwellEnvelope(settings),
            EnvelopeFormat.Avro => new AvroEnvelope(settings, schemaIds ?? throw new ArgumentNullException(nameof(schemaIds))),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Format, "An envelope of this name is missing."),
        };
        _readsRows = _envelope.ReadsRows;
        _asksSource = source is not null;
        _numbersSchemas = settings.Format == EnvelopeFormat.Avro;
    }

    /// <summary>Headers that every record carries beside its own, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders => _envelope.SharedHeaders;

    /// <summary>Writes the records of an entry's rows, in row order; entries without rows only change what is remembered.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="context">What else is known of it.</param>
    /// <param name="output">Receives the records. On an exception it is left as it was.</param>
    /// <exception cref="UnmappableValueException">A value does not fit its column's type.</exception>
    /// <exception cref="IncompleteRowImageException">Columns are missing from a row.</exception>
    /// <exception cref="CanalProtocolException">The entry is malformed, or of a type that is not known.</exception>
    /// <exception cref="NamePatternException">A regular expression of the settings takes too long for the table's name.</exception>
    /// <exception cref="OperationCanceledException">By the context's token, while the source or the registry was asked.</exception>
    public EntryResult Write(in CanalEntry entry, in EntryContext context, RecordBuffer output)
    {
        switch (entry.Type)
        {
            case CanalEntryType.TransactionBegin:
                _envelope.BeginTransaction(entry, context, output);
                return new EntryResult(EntryKind.TransactionBegin, 0, 0);
            case CanalEntryType.TransactionEnd:
                _envelope.EndTransaction(entry, context, output);
                return new EntryResult(EntryKind.TransactionEnd, 0, 0);
            case CanalEntryType.RowData:
                return WriteRowChange(entry, context, output);
            case CanalEntryType.Heartbeat or CanalEntryType.GtidLog:
                return new EntryResult(EntryKind.Other, 0, 0);
            default:
                // Passed over it would be acknowledged, and whatever it holds would be gone.
                throw new CanalProtocolException(
                    $"Canal sent an entry of type {(int)entry.Type} at {entry.Header.Position}, and only types 1 to 5 are known here. "
                    + "What it holds cannot become a record, so the bridge stops. Nothing of its batch was published. Update the bridge; if there is no newer one, report the type and Canal's version.");
        }
    }

    /// <summary>Whether to write this entry may mean to wait for the source or the schema registry: its table is not known, or may have changed.</summary>
    /// <remarks>
    /// A look-up without allocation: for each entry of a batch, before the first is written. It may say yes for nothing. It says no for rows
    /// that have another shape than those before them without a statement in between, as Canal sends them where its table history is off; the
    /// source is asked for those all the same.
    /// </remarks>
    /// <param name="entry">The entry.</param>
    public bool MayAsk(in CanalEntry entry)
    {
        if (entry.Type != CanalEntryType.RowData || !(_asksSource || _numbersSchemas))
        {
            return false;
        }

        EntryHeader header = entry.Header;
        return header.EventType switch
        {
            CanalEventType.Insert or CanalEventType.Update or CanalEventType.Delete =>
                !_readsRows && (_settings.SkippedOperations & SkippedOf(header.EventType)) == 0
                && _tables.MayAsk(header, _numbersSchemas) && entry.ReadRowChange() is { IsDdl: false, Sql.IsEmpty: true },
            CanalEventType.Truncate => _numbersSchemas && (_settings.SkippedOperations & SkippedOperations.Truncate) == 0,

            // Canal gives a CREATE TABLE that it cannot read as any other statement.
            CanalEventType.Create or CanalEventType.Query => _asksSource && _tables.MayAsk(entry.ReadRowChange()),
            _ => false,
        };
    }

    /// <summary>The tables whose rows were met, in order of their names, and what the settings make of them.</summary>
    public IEnumerable<TableSummary> Tables =>
        from table in _tables.Met
        where table.IsExcluded || table.Layout is not null
        orderby table.Id.ToString()
        let names = table.Layout?.Columns.Select(static column => column.Name).ToArray() ?? []
        select new TableSummary(
            table.Id.ToString(),
            table.IsExcluded ? null : table.Source.Topic,
            table.Layout is { } layout ? [.. _settings.KeyColumnsOf(layout).Select(key => names[key])] : [],
            [.. names.Where(name => _settings.Keeps(table.Source, name))],
            [.. names.Where(name => !_settings.Keeps(table.Source, name))],
            [.. table.Layout?.Columns.Where(column => _settings.MaskOf(table.Source, column.Name) is { } mask && (mask.Kept is not null || IsText(column))).Select(static column => column.Name) ?? []],
            table.Layout?.Definition is not null);

    /// <summary>Takes a table definition that an earlier run has kept. Before the first entry.</summary>
    /// <param name="key">Key of its record.</param>
    /// <param name="value">Value of its record.</param>
    /// <exception cref="FormatException">It is no such record.</exception>
    public void RestoreDefinition(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) => _tables.Restore(key, value);

    /// <summary>Table definitions that became known, or unknown, since the last call: records to be kept together with the position that they belong to.</summary>
    public IReadOnlyList<(byte[] Key, byte[]? Value)> TakeChangedDefinitions() => _tables.TakeChangedDefinitions();

    /// <summary>What is known of the source transaction under way, to be kept with the position; null if nothing is.</summary>
    public string? OpenTransaction => _envelope.OpenTransaction;

    /// <summary>Goes on with a source transaction that an earlier run has kept. Before the first entry.</summary>
    /// <exception cref="FormatException">It is no such state.</exception>
    public void RestoreTransaction(string state) => _envelope.RestoreTransaction(state);

    /// <summary>Appends a heartbeat, if the envelope has any.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="nowNanoseconds">Wall clock since the Unix epoch.</param>
    /// <param name="output">Receives it.</param>
    public void WriteHeartbeat(string topic, long nowNanoseconds, RecordBuffer output) => _envelope.WriteHeartbeat(topic, nowNanoseconds, output);

    /// <inheritdoc />
    public void Dispose() => _envelope.Dispose();

    private EntryResult WriteRowChange(in CanalEntry entry, in EntryContext context, RecordBuffer output)
    {
        // One copy: it is large.
        EntryHeader header = entry.Header;
        RowChange change = entry.ReadRowChange();
        if (change.IsDdl || !change.Sql.IsEmpty || !change.EventType.IsRowChange())
        {
            return WriteStatement(header, change, context, output);
        }

        int count = output.Count, length = output.LengthBytes;
        try
        {
            KnownTable table = _tables.Find(header);
            _envelope.BeginEntry(header, table.Source, context, output);
            if (table.IsExcluded || (_settings.SkippedOperations & SkippedOf(change.EventType)) != 0)
            {
                return new EntryResult(EntryKind.ExcludedRows, change.CountRows(), 0);
            }

            int rows = WriteRows(header, table, change, context, output);
            if (table.Layout is { IsSequence: true })
            {
                return new EntryResult(EntryKind.ExcludedRows, rows, 0);
            }

            string? putRight = table.Layout is { IsPutRight: true } && !table.IsToldPutRight ? table.Source.ToString() : null;
            table.IsToldPutRight |= putRight is not null;
            string? undefined = table.Layout is { Definition: null } && !table.IsToldUndefined ? table.Source.ToString() : null;
            table.IsToldUndefined |= undefined is not null;
            return new EntryResult(
                rows > 0 ? EntryKind.Rows : EntryKind.Other,
                rows,
                _envelope.DamagedValues,
                UndefinedTable: undefined,
                UnmaskedColumns: FindUnmasked(table),
                UnfitValues: _envelope.UnfitValues,
                PutRightTable: putRight);
        }
        catch
        {
            output.Truncate(count, length);
            throw;
        }
    }

    private EntryResult WriteStatement(in EntryHeader header, in RowChange change, in EntryContext context, RecordBuffer output)
    {
        EntryKind kind = change.EventType switch
        {
            CanalEventType.XaCommit or CanalEventType.XaRollback => EntryKind.Xa,
            _ when change.EventType.IsRowChange() => EntryKind.StatementDml,
            _ when change.IsDdl => EntryKind.Ddl,
            CanalEventType.Query => EntryKind.Query,
            _ => EntryKind.Other,
        };
        KnownTable? truncated = kind == EntryKind.Ddl && change.EventType == CanalEventType.Truncate ? FindTruncated(header, change) : null;
        StatementEffect? effect = kind is EntryKind.Ddl or EntryKind.Query && truncated is null ? _tables.StatementSeen(header, change, context.Stop) : null;
        var statement = new SourceStatement
        {
            Header = header,
            Change = change,
            Kind = kind,
            Truncated = truncated,
            Effect = effect,
            LastRow = header.LogfileName.SequenceEqual(_lastFile) ? _lastRow : 0,
        };
        bool written = _envelope.WriteStatement(statement, context, output);
        if (_fences is not null && effect is not null)
        {
            WriteFences(header, effect, output);
        }

        if (effect is not null)
        {
            _tables.ForgetDropped(effect);
        }

        kind = !written ? kind : change.EventType == CanalEventType.Truncate ? EntryKind.Truncate : kind == EntryKind.Ddl ? EntryKind.DdlRecord : kind;
        return new EntryResult(kind, 0, 0, effect?.Unread?.ToString());
    }

    private void WriteFences(in EntryHeader header, StatementEffect effect, RecordBuffer output)
    {
        foreach (TableId id in effect.Reshaped)
        {
            KnownTable table = _tables.Find(id);
            if (!table.IsExcluded)
            {
                _fences!.Write(header, table.Source, effect, output);
            }
        }
    }

    /// <summary>The table that a TRUNCATE names; null if it becomes no record.</summary>
    private KnownTable? FindTruncated(in EntryHeader header, in RowChange change)
    {
        KnownTable? table = (_settings.SkippedOperations & SkippedOperations.Truncate) == 0 ? _tables.FindTruncated(header, change) : null;
        return table?.IsExcluded == true ? null : table;
    }

    private int WriteRows(in EntryHeader header, KnownTable table, in RowChange change, in EntryContext context, RecordBuffer buffer)
    {
        Operation operation = OperationOf(change.EventType);
        int index = 0;
        foreach (RowData row in change.Rows)
        {
            if (index >= context.FirstRow)
            {
                WriteRow(table, row, operation, index, buffer, context.Stop);
            }

            index++;
        }

        _envelope.EndEntry(buffer);
        _lastRow = Math.Max(index - 1, 0);
        if (!header.LogfileName.SequenceEqual(_lastFile))
        {
            _lastFile = header.LogfileName.ToArray();
        }

        return index;
    }

    /// <summary>One row. Where it is refused the whole entry is, in <see cref="WriteRowChange"/>; to pass such a row on, catch it here and take back what it wrote.</summary>
    private void WriteRow(KnownTable table, in RowData row, Operation operation, int index, RecordBuffer buffer, CancellationToken stop)
    {
        try
        {
            if (_readsRows)
            {
                _envelope.WriteRow(new ChangeEvent(operation, row, index), buffer);
                return;
            }

            TableLayout layout = _rows.Read(table, row, operation, stop);
            if (layout.IsSequence)
            {
                // MariaDB logs its state as rows; Debezium fails at them.
                return;
            }

            _envelope.WriteRow(new ChangeEvent(operation, layout, _rows.Images, row, index), buffer);
        }
        catch (RowException e)
        {
            e.Row = index;
            throw;
        }
    }

    /// <summary>Columns that a mask covers and that stand in the clear, as in Debezium: numbers, times and binaries. Once per layout.</summary>
    private string? FindUnmasked(KnownTable table)
    {
        if (table.Layout is not { } layout || ReferenceEquals(table.ToldUnmasked, layout))
        {
            return null;
        }

        table.ToldUnmasked = layout;
        return FindUnmasked(layout);
    }

    private string? FindUnmasked(TableLayout layout)
    {
        string[] columns =
        [
            .. from column in layout.Columns
               where !IsText(column)
               where _settings.MaskOf(layout.Table, column.Name) is { Kept: null }
               select $"{layout.Table}.{column.Name}",
        ];
        return columns.Length == 0 ? null : string.Join(", ", columns);
    }

    private static bool IsText(ColumnLayout column) => column.Type.Kind is MySqlTypeKind.Text or MySqlTypeKind.Enum or MySqlTypeKind.Set or MySqlTypeKind.Json or MySqlTypeKind.Uuid;

    private static SkippedOperations SkippedOf(CanalEventType type) => OperationOf(type) switch
    {
        Operation.Create => SkippedOperations.Create,
        Operation.Delete => SkippedOperations.Delete,
        _ => SkippedOperations.Update,
    };

    private static Operation OperationOf(CanalEventType type) => type switch
    {
        CanalEventType.Insert => Operation.Create,
        CanalEventType.Delete => Operation.Delete,
        _ => Operation.Update,
    };
}
