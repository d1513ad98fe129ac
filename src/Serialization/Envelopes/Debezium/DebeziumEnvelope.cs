using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Debezium's records: a delete is followed by its tombstone; a changed key is a delete, a tombstone and a create.</summary>
internal sealed class DebeziumEnvelope : IEnvelopeWriter
{
    private const string OldKeyHeader = "__debezium.oldkey", NewKeyHeader = "__debezium.newkey";

    private readonly SerializationSettings _settings;
    private readonly ColumnValueWriter _columns;
    private readonly RecordKeyWriter _keys;
    private readonly DebeziumValueWriter _values;
    private readonly SchemaChangeWriter? _schemaChanges;
    private readonly SourceTransaction? _transaction;
    private readonly SourceThread _thread;

    public DebeziumEnvelope(SerializationSettings settings)
    {
        _settings = settings;
        _columns = new ColumnValueWriter(settings.CanalTimeZone);
        _keys = new RecordKeyWriter(_columns);
        _thread = new SourceThread(settings.SourceKind);
        _transaction = settings.TransactionTopic is { } topic ? new SourceTransaction(topic, settings.Schemas) : null;
        _values = new DebeziumValueWriter(settings, new RowWriter(_columns), _transaction);
        _schemaChanges = settings.IncludeSchemaChanges ? new SchemaChangeWriter(settings) : null;
        SharedHeaders = ContextHeaders.Create(settings);
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; }

    /// <inheritdoc />
    public int DamagedValues => _columns.DamagedValues;

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
    public void WriteRow(in ChangeEvent change, RecordBuffer records)
    {
        var table = DebeziumTable.Of(change.Layout, _settings);
        var output = new RecordOutput(records);
        if (change.Operation == Operation.Create)
        {
            ByteRange key = _keys.Write(ref output, table, change.Images.After, change.Row);
            WriteRecord(ref output, records, table, change, Operation.Create, key);
        }
        else
        {
            ByteRange key = _keys.Write(ref output, table, change.Images.Before, change.Row);
            if (change.Operation == Operation.Delete)
            {
                WriteRecord(ref output, records, table, change, Operation.Delete, key);
                if (_settings.Tombstones)
                {
                    records.Add(table.Source.Topic, key, ByteRange.Null);
                }
            }
            else
            {
                WriteUpdate(ref output, records, table, change, key);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _values.Dispose();
        _columns.Dispose();
        _transaction?.Dispose();
    }

    private void WriteUpdate(ref RecordOutput output, RecordBuffer records, DebeziumTable table, in ChangeEvent change, ByteRange oldKey)
    {
        if (change.Images.AreUnchanged(table.KeyIndexes))
        {
            WriteRecord(ref output, records, table, change, Operation.Update, oldKey);
            return;
        }

        // Texts that differ may still be the same key (a zero date and the epoch).
        ByteRange newKey = _keys.Write(ref output, table, change.Images.After, change.Row);
        output.Flush();
        if (records.Slice(oldKey).SequenceEqual(records.Slice(newKey)))
        {
            WriteRecord(ref output, records, table, change, Operation.Update, oldKey);
            return;
        }

        ByteRange oldHeader = _keys.WriteHeader(ref output, table, change.Images.Before, change.Row);
        ByteRange newHeader = _keys.WriteHeader(ref output, table, change.Images.After, change.Row);
        WriteRecord(ref output, records, table, change, Operation.Delete, oldKey, NewKeyHeader, newHeader);
        if (_settings.Tombstones)
        {
            records.Add(table.Source.Topic, oldKey, ByteRange.Null, NewKeyHeader, newHeader);
        }

        WriteRecord(ref output, records, table, change, Operation.Create, newKey, OldKeyHeader, oldHeader);
    }

    private void WriteRecord(
        ref RecordOutput output, RecordBuffer records, DebeziumTable table, in ChangeEvent change, Operation operation, ByteRange key, string? headerName = null, ByteRange headerValue = default)
    {
        int start = output.Position;
        output.Write(table.ValueStart);
        _values.Write(ref output, table, change, operation);
        if (_settings.Schemas)
        {
            output.Write(ConnectSchemas.End);
        }

        records.Add(table.Source.Topic, key, output.RangeFrom(start), headerName, headerValue);
        output.Flush();
    }
}
