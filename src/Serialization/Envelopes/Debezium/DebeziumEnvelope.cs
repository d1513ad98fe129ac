using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Debezium's records in JSON; <see cref="ChangeRecords"/> decides which.</summary>
internal sealed class DebeziumEnvelope : IEnvelopeWriter, IRecordParts
{
    private readonly SerializationSettings _settings;
    private readonly ColumnValueWriter _columns;
    private readonly RecordKeyWriter _keys;
    private readonly DebeziumValueWriter _values;
    private readonly ChangeRecords _changes;
    private long? _threadId;

    public DebeziumEnvelope(SerializationSettings settings)
    {
        _settings = settings;
        _columns = new ColumnValueWriter(settings.CanalTimeZone);
        _keys = new RecordKeyWriter(_columns);
        _values = new DebeziumValueWriter(settings, new RowWriter<JsonFields>(new JsonFields(_columns)));
        _changes = new ChangeRecords(this, settings.Tombstones);
        SharedHeaders = ContextHeaders.Create(settings);
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; }

    /// <inheritdoc />
    public int DamagedValues => _columns.DamagedValues;

    /// <summary>Debezium knows the thread from BEGIN; XA transactions start without one.</summary>
    public static long? ThreadOf(in CanalEntry begin, SourceKind kind)
    {
        bool hasThread = kind == SourceKind.MySql && begin.FindBeginProperty("XA_TYPE"u8).IsEmpty;
        long threadId = hasThread ? begin.ReadThreadId() : 0;
        return threadId == 0 ? null : threadId;
    }

    /// <inheritdoc />
    public void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records) => _threadId = ThreadOf(begin, _settings.SourceKind);

    /// <inheritdoc />
    public void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records) => _threadId = null;

    /// <inheritdoc />
    public void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context)
    {
        _columns.ResetDamage();
        _values.BeginEntry(header, _threadId, context.NowNanoseconds);
    }

    /// <inheritdoc />
    public bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records)
    {
        TableLayout? layout = statement.Truncated?.DefinedLayout;
        if (statement.Truncated is not { Source: var table } || (_settings.Schemas && layout is null))
        {
            return false;
        }

        _values.BeginTruncate(statement.Header, table, context.NowNanoseconds);
        var output = new RecordOutput(records);
        int start = output.Position;
        if (_settings.Schemas)
        {
            output.Write(DebeziumTable.Of(layout!, _settings).ValueStart);
        }

        _values.WriteTruncate(ref output);
        if (_settings.Schemas)
        {
            output.Write(ConnectSchemas.End);
        }

        records.Add(table.Topic, ByteRange.Null, output.RangeFrom(start));
        output.Flush();
        return true;
    }

    /// <inheritdoc />
    public void EndEntry(RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public void WriteRow(in ChangeEvent change, RecordBuffer records) => _changes.Write(change, records);

    /// <inheritdoc />
    public DebeziumTable TableOf(TableLayout layout) => DebeziumTable.Of(layout, _settings);

    /// <inheritdoc />
    public ByteRange WriteKey(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row) => _keys.Write(ref output, table, image, row);

    /// <inheritdoc />
    public ByteRange WriteKeyForHeader(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row) => _keys.WriteHeader(ref output, table, image, row);

    /// <inheritdoc />
    public ByteRange WriteValue(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        int start = output.Position;
        output.Write(table.ValueStart);
        _values.Write(ref output, table, change, operation);
        if (_settings.Schemas)
        {
            output.Write(ConnectSchemas.End);
        }

        return output.RangeFrom(start);
    }

    /// <inheritdoc />
    public void Dispose() => _values.Dispose();
}
