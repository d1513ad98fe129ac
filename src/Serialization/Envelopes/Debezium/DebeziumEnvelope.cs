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
    private readonly SchemaChangeWriter? _schemaChanges;
    private readonly SourceTransaction? _transaction;
    private readonly SourceThread _thread;

    public DebeziumEnvelope(SerializationSettings settings)
    {
        _settings = settings;
        _columns = new ColumnValueWriter(settings.CanalTimeZone, settings.UnfitValues);
        _keys = new RecordKeyWriter(_columns);
        _thread = new SourceThread(settings.SourceKind);
        _transaction = settings.TransactionTopic is { } topic ? new SourceTransaction(topic, settings.Schemas) : null;
        _values = new DebeziumValueWriter(settings, new RowWriter<JsonFields>(new JsonFields(_columns)), _transaction);
        _changes = new ChangeRecords(this, settings.Tombstones);
        _schemaChanges = settings.IncludeSchemaChanges ? new SchemaChangeWriter(settings) : null;
        SharedHeaders = ContextHeaders.Create(settings);
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; }

    /// <inheritdoc />
    public int DamagedValues => _columns.DamagedValues;

    /// <inheritdoc />
    public int UnfitValues => _columns.UnfitValues;

    /// <inheritdoc />
    public void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records)
    {
        _thread.Begin(begin);
        if (context.FirstRow == 0 && begin.FindBeginProperty("XA_TYPE"u8).IsEmpty)
        {
            _transaction?.Begin(begin.Header, records);
        }
    }

    /// <inheritdoc />
    public void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records)
    {
        _thread.End();
        if (context.FirstRow > 0 || _transaction is not { IsOpen: true })
        {
            return;
        }

        // One that was only prepared has no END in Debezium's topic.
        if (end.FindEndProperty("XA_TYPE"u8).IsEmpty)
        {
            _transaction.End(end.Header, records);
        }
        else
        {
            _transaction.Close();
        }
    }

    /// <inheritdoc />
    public string? OpenTransaction => _transaction?.State;

    /// <inheritdoc />
    public void RestoreTransaction(string state) => _transaction?.Restore(state);

    /// <inheritdoc />
    public void WriteHeartbeat(string topic, long nowNanoseconds, RecordBuffer records) => Heartbeat.Write(_settings, topic, nowNanoseconds, records);

    /// <inheritdoc />
    public void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records)
    {
        if (_settings.SourceKind == SourceKind.MariaDb && _transaction?.IsOfAnother(header) == true)
        {
            _transaction.End(header, records);
        }

        if (_transaction is { IsOpen: false } && _settings.SourceKind == SourceKind.MariaDb)
        {
            _transaction.Begin(header, records);
        }

        _transaction?.Enter(table);
        _columns.ResetDamage();
        _values.BeginEntry(header, _thread.Id, context.NowNanoseconds);
    }

    /// <inheritdoc />
    public bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records)
    {
        if (statement.Truncated is not { Source: var table })
        {
            return _schemaChanges?.Write(statement, _thread.Id, context.NowNanoseconds, records) == true;
        }

        TableLayout? layout = statement.Truncated.DefinedLayout;
        if (_settings.Schemas && layout is null)
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

        _values.WriteTruncate(ref output, statement.LastRow);
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
    public void Dispose()
    {
        _values.Dispose();
        _columns.Dispose();
        _transaction?.Dispose();
    }
}
