using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>A column's text to the field of an Avro record, by the same forms as <see cref="ColumnValueWriter"/>. What is a short text there is written by it and loses its quotes.</summary>
internal sealed class AvroColumnWriter(ColumnValueWriter json) : IDisposable
{
    private const int SridBytes = 4, PointBytes = 21;
    private const byte Null = 0, Present = 2;

    // Not on the stack: room there costs each call of the method that has it.
    private readonly byte[] _digits = new byte[Integers.MostDigits];

    private int _damagedValues;

    /// <summary>Text values with U+FFFD seen so far.</summary>
    public int DamagedValues => _damagedValues + json.DamagedValues;

    /// <summary>Values for which something else was written.</summary>
    public int UnfitValues => json.UnfitValues;

    /// <inheritdoc />
    public void Dispose() => json.Dispose();

    /// <summary>Starts counting anew.</summary>
    public void ResetDamage()
    {
        _damagedValues = 0;
        json.ResetDamage();
    }

    /// <summary>Writes a field.</summary>
    /// <returns>False if the text does not fit the type; part of it may have been written.</returns>
    public bool TryWrite(ref RecordOutput output, AvroColumn column, ByteRange range, scoped ReadOnlySpan<byte> row)
    {
        if (range.IsNull)
        {
            return TryWriteField(ref output, column.Null);
        }

        ReadOnlySpan<byte> value = row.Slice(range.Start, range.Length);
        switch (column.Column.Form)
        {
            case DebeziumForm.MilliTimestamp or DebeziumForm.MicroTimestamp or DebeziumForm.NanoTimestamp:
                return TryWriteDateTime(ref output, column, value);
            case DebeziumForm.EpochDay:
                return TryWriteDate(ref output, column, value);
            case DebeziumForm.MicroTime or DebeziumForm.NanoTime or DebeziumForm.MilliTime:
                return TryWriteTime(ref output, column, value);
            case DebeziumForm.IsoDate or DebeziumForm.IsoTime or DebeziumForm.IsoTimestamp or DebeziumForm.Json or DebeziumForm.Masked:
                return TryWriteText(ref output, column, range, row);
            default:
                WriteBranch(ref output, column);
                return TryWriteValue(ref output, column, range, row, value);
        }
    }

    /// <summary>Writes what stands for a value that <see cref="TryWrite"/> has refused, as <see cref="ColumnValueWriter.WriteUnfit"/>.</summary>
    public void WriteUnfit(ref RecordOutput output, DebeziumTable table, AvroColumn column, ByteRange value, scoped ReadOnlySpan<byte> row, int start)
    {
        if (value.IsNull)
        {
            ThrowUnmappable(table, column, value);
        }

        output.TakeBack(start);
        WriteBranch(ref output, column);
        int text = output.Position;
        json.WriteUnfit(ref output, table.Source, column.Column, row.Slice(value.Start, value.Length), text);
        if (!TryTakeText(ref output, column, start, text))
        {
            ThrowUnmappable(table, column, value);
        }
    }

    /// <summary>Throws for a value that was refused; its text is not in the message.</summary>
    [DoesNotReturn]
    public static void ThrowUnmappable(DebeziumTable table, AvroColumn column, ByteRange value)
    {
        if (value.IsNull)
        {
            throw new UnmappableValueException(table.Source.ToString(), column.Column.Name, column.Column.MysqlType, "a value, as the column is NOT NULL or part of the key; got NULL");
        }

        ColumnValueWriter.ThrowUnmappable(table.Source, column.Column);
    }

    private static void WriteBranch(ref RecordOutput output, AvroColumn column)
    {
        if (column.IsOptional)
        {
            output.Write(column.Branch);
        }
    }

    private static bool TryWriteField(ref RecordOutput output, byte[]? field)
    {
        output.Write(field);
        return field is not null;
    }

    private bool TryWriteValue(ref RecordOutput output, AvroColumn column, ByteRange range, scoped ReadOnlySpan<byte> row, scoped ReadOnlySpan<byte> value)
    {
        DebeziumColumn debezium = column.Column;
        switch (debezium.Form)
        {
            case DebeziumForm.Integer:
                return TryWriteInteger(ref output, value, debezium.Type.Minimum, debezium.Type.Maximum);
            case DebeziumForm.Text:
                _damagedValues += value.IndexOf("\uFFFD"u8) >= 0 ? 1 : 0;
                AvroOutput.WriteBytes(ref output, value);
                return true;
            case DebeziumForm.Decimal or DebeziumForm.DecimalNumber:
                return TryWriteDecimal(ref output, value, debezium.Type.Size, debezium.Type.Scale);
            case DebeziumForm.UnsignedDecimal:
                return TryWriteDecimal(ref output, Integers.Unsigned(value, debezium.Type, _digits), precision: 20, scale: 0);
            case DebeziumForm.WrappedLong:
                return TryWriteUnsigned(ref output, Integers.Unsigned(value, debezium.Type, _digits));
            case DebeziumForm.Enum:
                return TryWriteEnum(ref output, value, column.Labels);
            case DebeziumForm.Base64 when debezium.DebeziumType.Connect == "bytes":
                return TryWriteBinary(ref output, new Latin1Reader(value), debezium.Type.Size);
            case DebeziumForm.ZonedTimestamp or DebeziumForm.DecimalText or DebeziumForm.TextOfBytes or DebeziumForm.WideText or DebeziumForm.Set
                or DebeziumForm.Uuid or DebeziumForm.Base64 or DebeziumForm.Base64Url or DebeziumForm.Hex:
                return TryWriteUnquoted(ref output, debezium, range, row);
            default:
                return TryWriteRare(ref output, debezium, value);
        }
    }

    private static bool TryWriteRare(ref RecordOutput output, DebeziumColumn column, scoped ReadOnlySpan<byte> value)
    {
        switch (column.Form)
        {
            case DebeziumForm.Single:
                return TryReadSingle(value, out float single) && Write(ref output, single);
            case DebeziumForm.NarrowedSingle:
                return FloatingPoint.TryReadDouble(value, out double wide) && float.IsFinite((float)wide) && Write(ref output, (float)wide);
            case DebeziumForm.Double or DebeziumForm.DecimalDouble:
                return FloatingPoint.TryReadDouble(value, out double number) && Write(ref output, number);
            case DebeziumForm.WidenedDouble:
                return TryReadSingle(value, out float stored) && Write(ref output, (double)stored);
            case DebeziumForm.Boolean:
                return Integers.TryRead(value, out long flag) && Write(ref output, flag != 0);
            case DebeziumForm.Bits:
                return TryWriteBits(ref output, value, column.Type.Size);
            case DebeziumForm.Year:
                bool isYear = ColumnValueWriter.TryReadYear(value, out int year);
                AvroOutput.WriteLong(ref output, year);
                return isYear;
            case DebeziumForm.Geometry or DebeziumForm.Point:
                return TryWriteGeometry(ref output, value, column.Form == DebeziumForm.Point);
            default:
                return false;
        }
    }

    private static bool Write(ref RecordOutput output, float value)
    {
        AvroOutput.WriteSingle(ref output, value);
        return true;
    }

    private static bool Write(ref RecordOutput output, double value)
    {
        AvroOutput.WriteDouble(ref output, value);
        return true;
    }

    private static bool Write(ref RecordOutput output, bool value)
    {
        output.Write(value ? (byte)1 : (byte)0);
        return true;
    }

    private static bool TryReadSingle(scoped ReadOnlySpan<byte> text, out float value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && float.IsFinite(value);

    private static bool TryWriteInteger(ref RecordOutput output, scoped ReadOnlySpan<byte> text, long minimum, long maximum)
    {
        if (!Integers.TryRead(text, out long value) || value < minimum || value > maximum)
        {
            return false;
        }

        AvroOutput.WriteLong(ref output, value);
        return true;
    }

    private static bool TryWriteUnsigned(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out ulong value, out int used) || used != text.Length)
        {
            return false;
        }

        AvroOutput.WriteLong(ref output, unchecked((long)value));
        return true;
    }

    private static bool TryWriteDecimal(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int precision, int scale)
    {
        Span<byte> bytes = stackalloc byte[Decimals.MostBytes];
        if (!Decimals.TryToBytes(text, precision, scale, bytes, out int start))
        {
            return false;
        }

        AvroOutput.WriteBytes(ref output, bytes[start..]);
        return true;
    }

    private static bool TryWriteEnum(ref RecordOutput output, scoped ReadOnlySpan<byte> text, byte[][] labels)
    {
        if (!Utf8Parser.TryParse(text, out uint index, out int used) || used != text.Length || index > labels.Length)
        {
            return false;
        }

        // 0 is the error value, an empty text.
        output.Write(index == 0 ? [0] : labels[index - 1]);
        return true;
    }

    private static bool TryWriteBits(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int bits)
    {
        if (!Utf8Parser.TryParse(text, out ulong value, out int used) || used != text.Length || (bits < 64 && value >> bits != 0))
        {
            return false;
        }

        if (bits == 1)
        {
            return Write(ref output, value != 0);
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        AvroOutput.WriteBytes(ref output, bytes[..((bits + 7) / 8)]);
        return true;
    }

    /// <summary>Padded with zero bytes to <paramref name="size"/>: MySQL cuts them off in the binlog.</summary>
    private static bool TryWriteBinary(ref RecordOutput output, scoped Latin1Reader reader, int size)
    {
        int count = reader.Count, length = Math.Max(count, size);
        AvroOutput.WriteLong(ref output, length);
        Span<byte> target = output.Reserve(length);
        if (reader.Read(target[..count]) != count)
        {
            return false;
        }

        target[count..length].Clear();
        output.Advance(length);
        return true;
    }

    /// <summary>The server's form: SRID (4 bytes, little-endian), then WKB.</summary>
    private static bool TryWriteGeometry(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isPoint)
    {
        var reader = new Latin1Reader(text);
        Span<byte> srid = stackalloc byte[SridBytes];
        if (reader.Read(srid) != SridBytes)
        {
            return false;
        }

        if (isPoint)
        {
            Latin1Reader coordinates = reader;
            Span<byte> wkb = stackalloc byte[PointBytes];
            if (coordinates.Read(wkb) != PointBytes || wkb[0] != 1)
            {
                return false;
            }

            output.Write(wkb[5..]);
            output.Write(Present);
        }

        if (!TryWriteBinary(ref output, reader, size: 0))
        {
            return false;
        }

        int number = BinaryPrimitives.ReadInt32LittleEndian(srid);
        if (number == 0)
        {
            output.Write(Null);
        }
        else
        {
            output.Write(Present);
            AvroOutput.WriteLong(ref output, number);
        }

        return true;
    }

    private static bool TryWriteDate(ref RecordOutput output, AvroColumn column, scoped ReadOnlySpan<byte> text)
    {
        if (!Temporals.TryReadDate(text, out WallClock clock))
        {
            return false;
        }

        if (clock.IsZeroDate)
        {
            return TryWriteField(ref output, column.ZeroDate);
        }

        WriteBranch(ref output, column);
        AvroOutput.WriteLong(ref output, clock.EpochDay);
        return true;
    }

    private static bool TryWriteDateTime(ref RecordOutput output, AvroColumn column, scoped ReadOnlySpan<byte> text)
    {
        if (!Temporals.TryReadDateTime(text, out WallClock clock))
        {
            return false;
        }

        if (clock.IsZeroDate)
        {
            return TryWriteField(ref output, column.ZeroDate);
        }

        WriteBranch(ref output, column);
        AvroOutput.WriteLong(ref output, ColumnValueWriter.SinceEpoch(column.Column.Form, clock));
        return true;
    }

    /// <summary>As in JSON: what is no time of day stands for NULL where the form is one.</summary>
    private static bool TryWriteTime(ref RecordOutput output, AvroColumn column, scoped ReadOnlySpan<byte> text)
    {
        const long day = 86_400_000_000;
        if (!Temporals.TryReadTime(text, out long microseconds))
        {
            return false;
        }

        if (column.Column.Form == DebeziumForm.MilliTime && microseconds is < 0 or > day)
        {
            return column.Column.TakesNull && TryWriteField(ref output, column.Null);
        }

        WriteBranch(ref output, column);
        AvroOutput.WriteLong(ref output, column.Column.Form switch
        {
            DebeziumForm.MicroTime => microseconds,
            DebeziumForm.NanoTime => microseconds * 1000,
            _ => microseconds / 1000,
        });
        return true;
    }

    /// <summary>A text, or the null that stands for a zero date, for what is no time of day, or for JSON of no bytes.</summary>
    private bool TryWriteText(ref RecordOutput output, AvroColumn column, ByteRange range, scoped ReadOnlySpan<byte> row)
    {
        int field = output.Position;
        WriteBranch(ref output, column);
        int start = output.Position;
        return json.TryWrite(ref output, column.Column, range, row) && TryTakeText(ref output, column, field, start);
    }

    /// <summary>Makes a field of a value in JSON: a text without its quotes, or what stands for NULL.</summary>
    private static bool TryTakeText(ref RecordOutput output, AvroColumn column, int field, int start)
    {
        Span<byte> written = output.Rewrite(field, 0);
        if (written[start - field] == '"')
        {
            output.EndAt(written.Length);
            AvroOutput.TakeQuotes(ref output, start);
            return true;
        }

        output.EndAt(0);
        return TryWriteField(ref output, column.Null);
    }

    private bool TryWriteUnquoted(ref RecordOutput output, DebeziumColumn column, ByteRange range, scoped ReadOnlySpan<byte> row)
    {
        int start = output.Position;
        bool fits = json.TryWrite(ref output, column, range, row);
        if (fits)
        {
            AvroOutput.TakeQuotes(ref output, start);
        }

        return fits;
    }
}
