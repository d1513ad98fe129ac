using System.Globalization;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.CanalFlat;

/// <summary>Canal's flat JSON as its Kafka mode writes it, byte for byte: one message per entry, statements included, keys null, all in partition 0.</summary>
/// <remarks>
/// Its defects too: <c>old</c> of a row also has columns that changed only in an earlier row of the entry; <c>sqlType</c> is of the
/// last row, <c>pkNames</c> of the first; partial rows are written as they come. Rows are read column by column, without a layout:
/// each message shows what its entry shows. Of an entry delivered again only the new rows are written. What is no row change of a table
/// goes to the topic of no table, which is named by the prefix alone, as Debezium's topic of schema changes.
/// </remarks>
internal sealed class StrictFlatEnvelope : IEnvelopeWriter
{
    private const uint MostColumns = 4096;

    private readonly FlatMembers _members = new(strict: true);
    private readonly TableCatalog _tables;
    private readonly bool _skipsTruncates;
    private readonly DamageCounter _damage = new();

    // Encoded names and types of the entry's columns, in the order in which they were first met.
    private readonly RecordBuffer _texts = new();
    private readonly RecordBuffer _old = new();
    private SeenColumn[] _columns = [];
    private int[] _order = [];
    private int _seen;

    private string _topic = "";
    private CanalEventType _type;
    private int _start;
    private int _rows;
    private int _dataRows;
    private int _oldRows;
    private bool _isContinued;

    /// <param name="settings">Whether truncates are left out.</param>
    /// <param name="tables">Knows the topics of statements.</param>
    public StrictFlatEnvelope(SerializationSettings settings, TableCatalog tables)
    {
        _tables = tables;
        _skipsTruncates = settings.SkippedOperations.HasFlag(SkippedOperations.Truncate);
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; } = [];

    /// <inheritdoc />
    public int DamagedValues => _damage.Values;

    /// <inheritdoc />
    public bool ReadsRows => true;

    /// <inheritdoc />
    public void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records)
    {
        CanalEventType type = statement.Change.EventType;
        if (context.FirstRow > 0 || (type == CanalEventType.Truncate && _skipsTruncates) || _tables.TopicOf(statement.Header) is not { } topic)
        {
            return false;
        }

        _members.Begin(statement.Header, statement.Change.IsDdl, context);
        Append(records, topic, type, statement.Change.Sql);
        return true;
    }

    /// <inheritdoc />
    public void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records)
    {
        _members.Begin(header, isDdl: false, context);
        _damage.Reset();
        _topic = table.Topic;
        _type = header.EventType;
        _isContinued = context.FirstRow > 0;
        _rows = _dataRows = _oldRows = _seen = 0;
        _texts.Clear();
        _old.Clear();
        Array.Clear(_columns);
    }

    /// <inheritdoc />
    public void WriteRow(in ChangeEvent change, RecordBuffer records)
    {
        _type = FlatMembers.TypeOf(change.Operation);
        var output = new RecordOutput(records);
        if (_rows++ == 0)
        {
            _start = output.Position;
            output.Write("{\"data\":"u8);
        }

        WriteData(ref output, change.Operation == Operation.Delete ? change.Data.BeforeColumns : change.Data.AfterColumns);
        output.Flush();
        if (change.Operation == Operation.Update)
        {
            WriteOld(change.Data.BeforeColumns);
        }
    }

    /// <inheritdoc />
    public void EndEntry(RecordBuffer records)
    {
        if (_rows == 0)
        {
            if (!_isContinued)
            {
                Append(records, _topic, _type, sql: default);
            }

            return;
        }

        var output = new RecordOutput(records);
        output.Write(_dataRows == 0 ? "null"u8 : "]"u8);
        _members.WriteUntilMysqlType(ref output);
        WriteTypes(ref output);
        records.Add(_topic, ByteRange.Null, output.RangeFrom(_start), placement: RecordPlacement.FirstPartition);
        output.Flush();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _members.Dispose();
        _texts.Dispose();
        _old.Dispose();
    }

    private void WriteData(ref RecordOutput output, RowData.ColumnEnumerable columns)
    {
        int count = 0;
        foreach (Column column in columns)
        {
            ref SeenColumn seen = ref See(column);
            output.Write(count++ > 0 ? ","u8 : _dataRows > 0 ? ",{"u8 : "[{"u8);
            output.Write(_texts.Slice(seen.Name));
            WriteValue(ref output, column);
            seen.SqlType = column.SqlType;
            seen.IsUpdated |= column.Updated;
        }

        if (count > 0)
        {
            output.Write((byte)'}');
            _dataRows++;
        }
    }

    private void WriteOld(RowData.ColumnEnumerable columns)
    {
        var output = new RecordOutput(_old);
        output.Write(_oldRows++ > 0 ? ",{"u8 : "[{"u8);
        bool first = true;
        foreach (Column column in columns)
        {
            if ((uint)column.Index < (uint)_columns.Length && _columns[column.Index].IsUpdated)
            {
                output.Write(first ? ""u8 : ","u8);
                first = false;
                output.Write(_texts.Slice(_columns[column.Index].Name));
                WriteValue(ref output, column);
            }
        }

        output.Write((byte)'}');
        output.Flush();
    }

    private void WriteValue(ref RecordOutput output, in Column column)
    {
        if (column.IsNull)
        {
            output.Write("null"u8);
        }
        else
        {
            _damage.Count(JsonText.WriteQuoted<FastjsonRule>(ref output, column.Value));
        }
    }

    private void WriteTypes(ref RecordOutput output)
    {
        ReadOnlySpan<int> order = _order.AsSpan(0, _seen);
        for (int i = 0; i < order.Length; i++)
        {
            ref readonly SeenColumn column = ref _columns[order[i]];
            output.Write(i == 0 ? "{"u8 : ","u8);
            output.Write(_texts.Slice(column.Name));
            output.Write(_texts.Slice(column.Type));
        }

        output.Write(_seen == 0 ? "null,\"old\":"u8 : "},\"old\":"u8);
        output.Write(_oldRows == 0 ? "null"u8 : _old.Slice(new ByteRange(0, _old.LengthBytes)));
        output.Write(_oldRows == 0 ? ",\"pkNames\":"u8 : "],\"pkNames\":"u8);
        int keys = 0;
        foreach (int index in order)
        {
            ref readonly SeenColumn column = ref _columns[index];
            if (column.IsKey)
            {
                // The name without its colon.
                output.Write(keys++ == 0 ? "["u8 : ","u8);
                output.Write(_texts.Slice(column.Name)[..^1]);
            }
        }

        output.Write(keys == 0 ? "null,\"sql\":\"\",\"sqlType\":"u8 : "],\"sql\":\"\",\"sqlType\":"u8);
        for (int i = 0; i < order.Length; i++)
        {
            ref readonly SeenColumn column = ref _columns[order[i]];
            output.Write(i == 0 ? "{"u8 : ","u8);
            output.Write(_texts.Slice(column.Name));
            output.WriteNumber(column.SqlType);
        }

        output.Write(_seen == 0 ? "null"u8 : "}"u8);
        _members.WriteEnd(ref output, _type, rowIndex: 0);
    }

    /// <summary>What the entry has shown of a column so far.</summary>
    private ref SeenColumn See(in Column column)
    {
        int index = column.Index;
        if ((uint)index >= (uint)_columns.Length)
        {
            // MySQL's tables have at most 4096 columns, MariaDB's as many.
            if ((uint)index > MostColumns)
            {
                throw new CanalProtocolException(string.Create(CultureInfo.InvariantCulture, $"Malformed Column: expected an index of at most {MostColumns}, got {index}."));
            }

            Array.Resize(ref _columns, Math.Max(index + 1, _columns.Length * 2));
            Array.Resize(ref _order, _columns.Length);
        }

        ref SeenColumn seen = ref _columns[index];
        if (!seen.IsSeen)
        {
            var output = new RecordOutput(_texts);
            int start = output.Position;
            JsonText.WriteQuoted<FastjsonRule>(ref output, column.Name);
            output.Write((byte)':');
            seen.Name = output.RangeFrom(start);
            start = output.Position;
            JsonText.WriteQuoted<FastjsonRule>(ref output, column.MysqlType);
            seen.Type = output.RangeFrom(start);
            output.Flush();
            seen.IsSeen = true;
            seen.IsKey = column.IsKey && _rows == 1;
            _order[_seen++] = index;
        }

        return ref seen;
    }

    private void Append(RecordBuffer records, string topic, CanalEventType type, ReadOnlySpan<byte> sql)
    {
        var output = new RecordOutput(records);
        int start = output.Position;
        _members.WriteStatement(ref output, type, sql);
        records.Add(topic, ByteRange.Null, output.RangeFrom(start), placement: RecordPlacement.FirstPartition);
        output.Flush();
    }

    private struct SeenColumn
    {
        public ByteRange Name;
        public ByteRange Type;
        public int SqlType;
        public bool IsSeen;
        public bool IsKey;
        public bool IsUpdated;
    }
}
