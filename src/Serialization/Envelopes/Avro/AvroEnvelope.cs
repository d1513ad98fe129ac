using Canal.Client.Entries;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>Debezium's records in Avro, as Confluent's converter writes them; which records a change makes is as in JSON.</summary>
internal sealed class AvroEnvelope : IEnvelopeWriter, IRecordParts
{
    private readonly SerializationSettings _settings;
    private readonly ISchemaIds _ids;
    private readonly AvroColumnWriter _columns;
    private readonly RecordKeyWriter _headers;
    private readonly AvroValueWriter _values;
    private readonly ChangeRecords _changes;
    private readonly SourceThread _thread;

    // Of the entry being written.
    private CancellationToken _stop;

    public AvroEnvelope(SerializationSettings settings, ISchemaIds ids)
    {
        // The JSON converter's own settings have no meaning here, and names that Avro does not take could not be written at all.
        _settings = settings with
        {
            Schemas = false,
            DecimalHandling = settings.DecimalHandling == DecimalHandling.Numeric ? DecimalHandling.Precise : settings.DecimalHandling,
            SchemaNames = settings.SchemaNames == NameAdjustment.None ? NameAdjustment.Avro : settings.SchemaNames,
            FieldNames = settings.FieldNames == NameAdjustment.None ? NameAdjustment.Avro : settings.FieldNames,
        };
        _ids = ids;
        _thread = new SourceThread(settings.SourceKind);
        var texts = new ColumnValueWriter(settings.CanalTimeZone, settings.UnfitValues);
        _columns = new AvroColumnWriter(texts);
        _headers = new RecordKeyWriter(texts);
        _values = new AvroValueWriter(settings, new RowWriter<AvroFields>(new AvroFields(_columns)));
        _changes = new ChangeRecords(this, settings.Tombstones);
        SharedHeaders = ContextHeaders.Create(settings);
    }

    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; }

    /// <inheritdoc />
    public int DamagedValues => _columns.DamagedValues;

    /// <inheritdoc />
    public int UnfitValues => _columns.UnfitValues;

    /// <inheritdoc />
    public void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records) => _thread.Begin(begin);

    /// <inheritdoc />
    public void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records) => _thread.End();

    /// <inheritdoc />
    public bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records)
    {
        // A truncate whose table is unknown has no schema. Other statements have no form in Avro yet: theirs belongs here.
        if (statement.Truncated is not { Source: var table, DefinedLayout: { } layout })
        {
            return false;
        }

        _values.BeginTruncate(statement.Header, table, context.NowNanoseconds);
        byte[] prefix = AvroTable.Of(layout, _settings, _ids, context.Stop).ValuePrefix;
        var output = new RecordOutput(records);
        int start = output.Position;
        output.Write(prefix);
        _values.WriteTruncate(ref output);
        records.Add(table.Topic, ByteRange.Null, output.RangeFrom(start));
        output.Flush();
        return true;
    }

    /// <inheritdoc />
    public void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records)
    {
        _stop = context.Stop;
        _columns.ResetDamage();
        _values.BeginEntry(header, _thread.Id, context.NowNanoseconds);
    }

    /// <inheritdoc />
    public void WriteRow(in ChangeEvent change, RecordBuffer records) => _changes.Write(change, records);

    /// <inheritdoc />
    public void EndEntry(RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public DebeziumTable TableOf(TableLayout layout) => AvroTable.Of(layout, _settings, _ids, _stop);

    /// <inheritdoc />
    public ByteRange WriteKey(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row)
    {
        var avro = (AvroTable)table;
        if (avro.KeyFields.Length == 0)
        {
            return ByteRange.Null;
        }

        int start = output.Position;
        output.Write(avro.KeyPrefix);
        foreach (AvroColumn column in avro.KeyFields)
        {
            ByteRange value = image[column.Column.Index];
            if (!_columns.TryWrite(ref output, column, value, row))
            {
                AvroColumnWriter.ThrowUnmappable(table, column, value);
            }
        }

        return output.RangeFrom(start);
    }

    /// <inheritdoc />
    public ByteRange WriteKeyForHeader(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row) => _headers.WriteHeader(ref output, table, image, row);

    /// <inheritdoc />
    public ByteRange WriteValue(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        int start = output.Position;
        output.Write(((AvroTable)table).ValuePrefix);
        _values.Write(ref output, table, change, operation);
        return output.RangeFrom(start);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _values.Dispose();
        _columns.Dispose();
    }
}
