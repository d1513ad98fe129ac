using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Maxwell;

/// <summary>Maxwell's JSON: one record per row, keyed by database, table and key columns.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>xid</c>, <c>xoffset</c> and <c>commit</c> are missing: Canal tells a transaction's id only at its end, when its rows are written.</item>
/// <item>Of the members that Maxwell writes on request <c>position</c>, <c>gtid</c> (where Canal is in GTID mode), <c>server_id</c> and
/// <c>thread_id</c> (MySQL only) are always there. <c>position</c> is the start of the rows event; <c>row</c>, which Maxwell does not
/// have, is the row's index in it. Together they are the order of changes.</item>
/// <item>An update of the key is a delete under the old key and an insert under the new one. Maxwell writes one update under the new
/// key, which leaves the row's old state in a compacted topic.</item>
/// <item>A table without key has null keys; Maxwell makes up a UUID for each record, another one when it writes a record again.</item>
/// <item>TIMESTAMP is in UTC. YEAR 0000 is 0. BINARY is whole, its zero bytes included. MariaDB's JSON is a string.</item>
/// <item>DDL makes no record, as in Maxwell by default.</item>
/// </list>
/// </remarks>
internal sealed class MaxwellEnvelope : JsonRowEnvelope<MaxwellTable, MaxwellColumn>
{
    private readonly SerializationSettings _settings;
    private readonly TimestampConverter _timestamps;
    private readonly SourceThread _thread;
    private readonly TextOfBytes _bytes = new();

    // Not on the stack: room there costs each call of the method that has it.
    private readonly byte[] _digits = new byte[Integers.MostDigits];

    // What is the same for all rows of an entry, around the row's index.
    private readonly RecordBuffer _fixed = new();
    private ByteRange _untilRow;
    private ByteRange _untilData;

    public MaxwellEnvelope(SerializationSettings settings)
    {
        _settings = settings;
        _timestamps = new TimestampConverter(settings.CanalTimeZone);
        _thread = new SourceThread(settings.SourceKind);
    }

    /// <inheritdoc />
    public override void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records) => _thread.Begin(begin);

    /// <inheritdoc />
    public override void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records) => _thread.End();

    /// <inheritdoc />
    public override bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records) => false;

    /// <inheritdoc />
    public override void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records)
    {
        Damage.Reset();
        _fixed.Clear();
        var output = new RecordOutput(_fixed);
        output.Write("\",\"ts\":"u8);
        output.WriteNumber(header.ExecuteTimeMilliseconds / 1000);
        output.Write(",\"position\":\""u8);
        JsonText.WriteEscaped(ref output, header.LogfileName);
        output.Write((byte)':');
        output.WriteNumber(header.LogfileOffset);
        output.Write("\",\"row\":"u8);
        _untilRow = output.RangeFrom(0);

        int start = output.Position;
        if (!header.TransactionGtid.IsEmpty)
        {
            output.Write(",\"gtid\":"u8);
            JsonText.WriteQuoted(ref output, header.TransactionGtid);
        }

        output.Write(",\"server_id\":"u8);
        output.WriteNumber(header.ServerId);
        if (_thread.Id is { } thread)
        {
            output.Write(",\"thread_id\":"u8);
            output.WriteNumber(thread);
        }

        output.Write(",\"data\":"u8);
        _untilData = output.RangeFrom(start);
        output.Flush();
    }

    /// <inheritdoc />
    public override void Dispose() => _fixed.Dispose();

    /// <inheritdoc />
    protected override UnfitValues Unfit => _settings.UnfitValues;

    /// <inheritdoc />
    protected override MaxwellTable Prepare(TableLayout layout) => MaxwellTable.Of(layout, _settings);

    /// <inheritdoc />
    protected override void WriteValue(ref RecordOutput output, MaxwellTable table, in ChangeEvent change, Operation operation)
    {
        output.Write(table.Start);
        output.Write(operation switch
        {
            Operation.Create => "insert"u8,
            Operation.Update => "update"u8,
            _ => "delete"u8,
        });
        output.Write(_fixed.Slice(_untilRow));
        output.WriteNumber(change.RowIndex);
        output.Write(_fixed.Slice(_untilData));
        WriteImage(ref output, table, change, operation);
        if (operation == Operation.Update)
        {
            WriteOld(ref output, table, change);
        }

        output.Write((byte)'}');
    }

    /// <inheritdoc />
    protected override string Expected(MaxwellColumn column) =>
        column.Type.Kind == MySqlTypeKind.Unsupported ? "a type that Maxwell has a form for" : base.Expected(column);

    /// <inheritdoc />
    protected override bool TryWriteValue(ref RecordOutput output, MaxwellColumn column, scoped ReadOnlySpan<byte> value)
    {
        MySqlType type = column.Type;
        switch (type.Kind)
        {
            case MySqlTypeKind.Integer:
                return Integers.TryWrite(ref output, value, type);
            case MySqlTypeKind.Text when type.ComesAsBytes:
                return TryWriteTextOfBytes(ref output, value);
            case MySqlTypeKind.Text or MySqlTypeKind.Date or MySqlTypeKind.Time or MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds:
                Damage.Count(JsonText.WriteQuoted(ref output, value));
                return true;
            case MySqlTypeKind.Decimal:
                return Decimals.TryWriteText(ref output, value, type.Size, type.Scale);
            case MySqlTypeKind.Timestamp:
                return _timestamps.TryWriteAsMySql(ref output, value, type.Scale);
            case MySqlTypeKind.UnsignedBigInt:
                return Integers.TryWriteUnsigned(ref output, Integers.Unsigned(value, type, _digits), bits: 64);
            case MySqlTypeKind.Bit:
                return Integers.TryWriteUnsigned(ref output, value, type.Size);
            case MySqlTypeKind.Float or MySqlTypeKind.FloatWithScale or MySqlTypeKind.Double:
                return FloatingPoint.TryWriteJavaText(ref output, value, single: type.Kind != MySqlTypeKind.Double);
            case MySqlTypeKind.Enum:
                return TryWriteEnum(ref output, value, column.Labels);
            case MySqlTypeKind.Set:
                return TryWriteSet(ref output, value, column.Labels);
            case MySqlTypeKind.Binary or MySqlTypeKind.Blob:
                return BinaryText.TryWriteBase64(ref output, new Latin1Reader(value), type.Size);
            default:
                return TryWriteRare(ref output, type.Kind, value);
        }
    }

    private bool TryWriteRare(ref RecordOutput output, MySqlTypeKind kind, scoped ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case MySqlTypeKind.Year:
                return Integers.TryWriteYear(ref output, value);
            case MySqlTypeKind.Json when _settings.SourceKind == SourceKind.MariaDb:
                return TryWriteTextOfBytes(ref output, value);
            case MySqlTypeKind.Json when value.IsEmpty:
                output.Write("null"u8);
                return true;
            case MySqlTypeKind.Json:
                return JsonDocuments.TryWrite(ref output, value, isString: false, Damage);
            case MySqlTypeKind.Geometry or MySqlTypeKind.Point:
                return WellKnownText.TryWrite(ref output, value);
            case MySqlTypeKind.Uuid:
                if (!BinaryText.TryWriteUuid(ref output, value))
                {
                    Damage.Count(JsonText.WriteQuoted(ref output, value));
                }

                return true;
            default:
                return false;
        }
    }

    private bool TryWriteTextOfBytes(ref RecordOutput output, scoped ReadOnlySpan<byte> value)
    {
        bool isText = _bytes.TryRead(value, out ReadOnlySpan<byte> text);
        Damage.Count(isText && JsonText.WriteQuoted(ref output, text));
        return isText;
    }

    /// <summary>Maxwell leaves it out where nothing changed.</summary>
    private void WriteOld(ref RecordOutput output, MaxwellTable table, in ChangeEvent change)
    {
        foreach (MaxwellColumn column in table.Columns)
        {
            if (change.Images.IsChanged(column.Index, change.Row))
            {
                output.Write(",\"old\":"u8);
                WriteChanged(ref output, table, change);
                return;
            }
        }
    }

    private static bool TryWriteEnum(ref RecordOutput output, scoped ReadOnlySpan<byte> text, byte[][] labels)
    {
        if (!LabelTexts.TryReadIndex(text, labels.Length, out int index))
        {
            return false;
        }

        output.Write(index == 0 ? "\"\""u8 : labels[index - 1]);
        return true;
    }

    private static bool TryWriteSet(ref RecordOutput output, scoped ReadOnlySpan<byte> text, byte[][] labels)
    {
        if (!LabelTexts.TryReadMask(text, labels.Length, out ulong mask))
        {
            return false;
        }

        output.Write((byte)'[');
        for (bool first = true; mask != 0; mask &= mask - 1)
        {
            output.Write(first ? ""u8 : ","u8);
            first = false;
            output.Write(labels[System.Numerics.BitOperations.TrailingZeroCount(mask)]);
        }

        output.Write((byte)']');
        return true;
    }
}
