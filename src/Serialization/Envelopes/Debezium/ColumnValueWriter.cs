using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column's text to Debezium's JSON value, by the kind of its type.</summary>
internal sealed class ColumnValueWriter : IDisposable
{
    private readonly TimestampConverter _timestamps;
    private MaskedTexts? _masked;
    private readonly DamageCounter _damage = new();
    private readonly TextOfBytes _bytes = new();
    private readonly WideTexts _wide = new();

    private readonly UnfitValues _unfit;

    // Not on the stack: room there costs each call of the method that has it.
    private readonly byte[] _digits = new byte[Integers.MostDigits];

    /// <param name="canalTimeZone">Zone of TIMESTAMP texts.</param>
    /// <param name="unfit">What becomes of values that do not fit; null to refuse them all.</param>
    public ColumnValueWriter(TimeZoneInfo canalTimeZone, UnfitValues? unfit = null)
    {
        _timestamps = new TimestampConverter(canalTimeZone);
        _unfit = unfit ?? Serialization.UnfitValues.Refused;
    }

    /// <summary>Text values with U+FFFD, and broken JSON, seen so far.</summary>
    public int DamagedValues => _damage.Values;

    /// <summary>Values for which something else was written.</summary>
    public int UnfitValues => _damage.Unfit;

    /// <inheritdoc />
    public void Dispose() => _masked?.Dispose();

    /// <summary>Starts counting anew.</summary>
    public void ResetDamage() => _damage.Reset();

    /// <summary>Writes a value or <c>null</c>.</summary>
    /// <returns>False if the text does not fit the type; part of it may have been written.</returns>
    public bool TryWrite(ref RecordOutput output, DebeziumColumn column, ByteRange range, scoped ReadOnlySpan<byte> row)
    {
        if (range.IsNull)
        {
            output.Write(column.Null);
            return true;
        }

        ReadOnlySpan<byte> value = row.Slice(range.Start, range.Length);
        switch (column.Form)
        {
            case DebeziumForm.Integer:
                return Integers.TryWrite(ref output, value, column.Type);
            case DebeziumForm.Text:
                _damage.Count(JsonText.WriteQuoted(ref output, value));
                return true;
            case DebeziumForm.Decimal:
                return Decimals.TryWrite(ref output, value, column.Type.Size, column.Type.Scale);
            case DebeziumForm.MilliTimestamp or DebeziumForm.MicroTimestamp:
                return TryWriteDateTime(ref output, value, column);
            case DebeziumForm.ZonedTimestamp:
                return _timestamps.TryWrite(ref output, value, column.Type.Scale);
            case DebeziumForm.Enum:
                return TryWriteEnum(ref output, value, column.Labels);
            case DebeziumForm.WrappedLong:
                return TryWriteUnsignedBigInt(ref output, value, column.Type);
            default:
                return TryWriteRare(ref output, column, value);
        }
    }

    /// <summary>Writes what stands for a value that <see cref="TryWrite"/> has refused.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="table">The row's table.</param>
    /// <param name="column">The column, which is in no key.</param>
    /// <param name="value">The value.</param>
    /// <param name="start">Where in the output its field begins: what was written of it is taken back.</param>
    /// <exception cref="UnmappableValueException">It is to be refused.</exception>
    public void WriteUnfit(ref RecordOutput output, SourceTable table, DebeziumColumn column, scoped ReadOnlySpan<byte> value, int start)
    {
        UnfitValue choice = _unfit.Of(column.Type.Kind);
        if (choice == UnfitValue.Stop || (choice == UnfitValue.Null ? !column.TakesNull : column.DebeziumType.Connect != "string"))
        {
            ThrowUnmappable(table, column);
        }

        output.TakeBack(start);
        _damage.CountUnfit();
        if (choice == UnfitValue.Null)
        {
            output.Write(column.Null);
        }
        else if (column.Form == DebeziumForm.Masked)
        {
            var scratch = new RecordOutput(_masked!.Scratch());
            JsonText.WriteQuoted(ref scratch, value);
            scratch.Flush();
            _masked.Write(ref output, column);
        }
        else
        {
            JsonText.WriteQuoted(ref output, value);
        }
    }

    /// <summary>Throws for a value that was refused; its text is not in the message.</summary>
    [DoesNotReturn]
    public static void ThrowUnmappable(SourceTable table, DebeziumColumn column) => throw new UnmappableValueException(
        table.ToString(), column.Name, column.MysqlType,
        column.Form is DebeziumForm.MilliTime or DebeziumForm.IsoTime
            ? "a time of day, 00:00:00 to 24:00:00, as Envelope:TimePrecisionMode connect and isostring hold no other (the other modes do)"
            : column.Type.Expected);

    private bool TryWriteRare(ref RecordOutput output, DebeziumColumn column, scoped ReadOnlySpan<byte> value)
    {
        switch (column.Form)
        {
            case DebeziumForm.TextOfBytes:
                return TryWriteTextOfBytes(ref output, value);
            case DebeziumForm.WideText:
                _damage.Count(JsonText.WriteQuoted(ref output, _wide.Read(value, column.WideEncoding!)));
                return true;
            case DebeziumForm.Masked:
                return TryWriteMasked(ref output, column, value);
            case DebeziumForm.Single or DebeziumForm.Double:
                return FloatingPoint.TryWriteJavaText(ref output, value, column.Form == DebeziumForm.Single);
            case DebeziumForm.WidenedDouble:
                return TryWriteWidened(ref output, value);
            case DebeziumForm.NarrowedSingle:
                return TryWriteNarrowed(ref output, value);
            case DebeziumForm.Boolean:
                return TryWriteBoolean(ref output, value);
            case DebeziumForm.Bits:
                return BinaryText.TryWriteBits(ref output, value, column.Type.Size);
            case DebeziumForm.EpochDay or DebeziumForm.IsoDate:
                return TryWriteDate(ref output, value, column);
            case DebeziumForm.MicroTime or DebeziumForm.NanoTime or DebeziumForm.MilliTime or DebeziumForm.IsoTime:
                return TryWriteTime(ref output, value, column);
            case DebeziumForm.NanoTimestamp or DebeziumForm.IsoTimestamp:
                return TryWriteDateTime(ref output, value, column);
            case DebeziumForm.UnsignedDecimal:
                return Decimals.TryWrite(ref output, Integers.Unsigned(value, column.Type, _digits), precision: 20, scale: 0);
            case DebeziumForm.DecimalNumber:
                return Decimals.TryWriteText(ref output, value, column.Type.Size, column.Type.Scale);
            case DebeziumForm.DecimalText:
                output.Write((byte)'"');
                bool isDecimal = Decimals.TryWritePlain(ref output, value, column.Type.Size, column.Type.Scale);
                output.Write((byte)'"');
                return isDecimal;
            case DebeziumForm.DecimalDouble:
                return FloatingPoint.TryWriteDouble(ref output, value);
            case DebeziumForm.Base64Url:
                return BinaryText.TryWriteBase64Url(ref output, new Latin1Reader(value), column.Type.Size);
            case DebeziumForm.Hex:
                return BinaryText.TryWriteHex(ref output, new Latin1Reader(value), column.Type.Size);
            case DebeziumForm.Year:
                return TryWriteYear(ref output, value);
            case DebeziumForm.Set:
                return TryWriteSet(ref output, value, column.Labels);
            case DebeziumForm.Json:
                return TryWriteJson(ref output, column, value);
            case DebeziumForm.Base64:
                return BinaryText.TryWriteBase64(ref output, new Latin1Reader(value), column.Type.Size);
            case DebeziumForm.Geometry or DebeziumForm.Point:
                return BinaryText.TryWriteGeometry(ref output, value, column.Form == DebeziumForm.Point);
            case DebeziumForm.Uuid:
                if (!BinaryText.TryWriteUuid(ref output, value))
                {
                    _damage.Count(JsonText.WriteQuoted(ref output, value));
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>A text that comes one character per byte.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="value">What Canal sent.</param>
    /// <param name="forHeader">Whether only quotation mark and backslash are escaped.</param>
    public bool TryWriteTextOfBytes(ref RecordOutput output, scoped ReadOnlySpan<byte> value, bool forHeader = false)
    {
        if (!_bytes.TryRead(value, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (forHeader)
        {
            JsonText.WriteQuotedForHeader(ref output, text);
        }
        else
        {
            _damage.Count(JsonText.WriteQuoted(ref output, text));
        }

        return true;
    }

    private bool TryWriteJson(ref RecordOutput output, DebeziumColumn column, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            // A document of no bytes is the implicit default of JSON NOT NULL. Debezium takes it for none where the column takes NULL.
            output.Write(column.TakesNull ? column.Null : "\"{}\""u8);
            return true;
        }

        return JsonDocuments.TryWrite(ref output, value, isString: true, _damage);
    }

    private bool TryWriteMasked(ref RecordOutput output, DebeziumColumn column, scoped ReadOnlySpan<byte> value)
    {
        _masked ??= new MaskedTexts();
        var scratch = new RecordOutput(_masked.Scratch());
        bool written = TryWrite(ref scratch, column.Unmasked!, new ByteRange(0, value.Length), value);
        scratch.Flush();
        if (written)
        {
            _masked.Write(ref output, column);
        }

        return written;
    }

    /// <summary>Debezium's default mode <c>long</c> wraps above 2^63-1.</summary>
    private static bool TryWriteUnsignedBigInt(ref RecordOutput output, scoped ReadOnlySpan<byte> text, MySqlType type)
    {
        if (Utf8Parser.TryParse(text, out ulong value, out int used) && used == text.Length)
        {
            output.WriteNumber(unchecked((long)value));
            return true;
        }

        long wrapped = 0;
        bool isWrapped = type.ComesSigned && Integers.TryRead(text, out wrapped);
        if (isWrapped)
        {
            output.WriteNumber(wrapped);
        }

        return isWrapped;
    }

    /// <summary>FLOAT(M,D): Debezium's field is a double made of the stored single.</summary>
    private static bool TryWriteWidened(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out float value, out int used) || used != text.Length || !float.IsFinite(value))
        {
            return false;
        }

        JavaNumbers.WriteDouble(ref output, value);
        return true;
    }

    /// <summary>REAL: Debezium's field is a single made of the stored double.</summary>
    private static bool TryWriteNarrowed(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        bool fits = FloatingPoint.TryReadDouble(text, out double value) && float.IsFinite((float)value);
        if (fits)
        {
            JavaNumbers.WriteFloat(ref output, (float)value);
        }

        return fits;
    }

    private static bool TryWriteBoolean(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        if (!Integers.TryRead(text, out long value))
        {
            return false;
        }

        output.Write(value == 0 ? "false"u8 : "true"u8);
        return true;
    }

    private static bool TryWriteDate(ref RecordOutput output, scoped ReadOnlySpan<byte> text, DebeziumColumn column)
    {
        if (!Temporals.TryReadDate(text, out WallClock clock))
        {
            return false;
        }

        if (clock.IsZeroDate)
        {
            output.Write(column.ZeroDate);
        }
        else if (column.Form == DebeziumForm.IsoDate)
        {
            IsoTexts.WriteDate(ref output, clock.EpochDay);
        }
        else
        {
            output.WriteNumber(clock.EpochDay);
        }

        return true;
    }

    private static bool TryWriteDateTime(ref RecordOutput output, scoped ReadOnlySpan<byte> text, DebeziumColumn column)
    {
        if (!Temporals.TryReadDateTime(text, out WallClock clock))
        {
            return false;
        }

        if (clock.IsZeroDate)
        {
            output.Write(column.ZeroDate);
            return true;
        }

        if (column.Form == DebeziumForm.IsoTimestamp)
        {
            IsoTexts.WriteTimestamp(ref output, clock);
        }
        else
        {
            output.WriteNumber(SinceEpoch(column.Form, clock));
        }

        return true;
    }

    /// <summary>Milliseconds, microseconds or nanoseconds since the epoch, by the form.</summary>
    public static long SinceEpoch(DebeziumForm form, WallClock clock)
    {
        long microseconds = (((clock.EpochDay * 86400) + clock.Seconds) * 1_000_000) + clock.Microseconds;
        return form switch
        {
            DebeziumForm.MilliTimestamp => (microseconds - (clock.Microseconds % 1000)) / 1000,
            DebeziumForm.MicroTimestamp => microseconds,

            // Debezium lets it wrap.
            _ => unchecked(microseconds * 1000),
        };
    }

    /// <summary>TIME is a span; as a time of day only 0 to 24 h can be written. Debezium writes NULL for others where the column takes it, and stops where not.</summary>
    private static bool TryWriteTime(ref RecordOutput output, scoped ReadOnlySpan<byte> text, DebeziumColumn column)
    {
        const long day = 86_400_000_000;
        if (!Temporals.TryReadTime(text, out long microseconds))
        {
            return false;
        }

        bool isSpan = column.Form is DebeziumForm.MicroTime or DebeziumForm.NanoTime;
        if (!isSpan && microseconds is < 0 or > day)
        {
            output.Write(column.TakesNull ? column.Null : default);
            return column.TakesNull;
        }

        switch (column.Form)
        {
            case DebeziumForm.MicroTime:
                output.WriteNumber(microseconds);
                break;
            case DebeziumForm.NanoTime:
                output.WriteNumber(microseconds * 1000);
                break;
            case DebeziumForm.MilliTime:
                output.WriteNumber(microseconds / 1000);
                break;
            default:
                IsoTexts.WriteTime(ref output, microseconds % day);
                break;
        }

        return true;
    }

    /// <summary>The binlog's zero byte is read as 1900 + 0.</summary>
    public static bool TryReadYear(scoped ReadOnlySpan<byte> text, out int year)
    {
        if (text.Length is 0 or > 4 || !Utf8Parser.TryParse(text, out year, out int used) || used != text.Length || year < 0)
        {
            year = 0;
            return false;
        }

        year = year == 0 ? 1900 : WallClock.AdjustYear(year);
        return true;
    }

    private static bool TryWriteYear(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        bool isYear = TryReadYear(text, out int year);
        if (isYear)
        {
            output.WriteNumber(year);
        }

        return isYear;
    }

    /// <summary>Canal sends the index from 1; 0 is the error value, an empty text.</summary>
    private static bool TryWriteEnum(ref RecordOutput output, scoped ReadOnlySpan<byte> text, byte[][] labels)
    {
        if (!LabelTexts.TryReadIndex(text, labels.Length, out int index))
        {
            return false;
        }

        output.Write((byte)'"');
        output.Write(index == 0 ? default : labels[index - 1]);
        output.Write((byte)'"');
        return true;
    }

    /// <summary>Canal sends the bit mask.</summary>
    private static bool TryWriteSet(ref RecordOutput output, scoped ReadOnlySpan<byte> text, byte[][] labels)
    {
        if (!LabelTexts.TryReadMask(text, labels.Length, out ulong mask))
        {
            return false;
        }

        output.Write((byte)'"');
        for (bool first = true; mask != 0; mask &= mask - 1)
        {
            if (!first)
            {
                output.Write((byte)',');
            }

            first = false;
            output.Write(labels[System.Numerics.BitOperations.TrailingZeroCount(mask)]);
        }

        output.Write((byte)'"');
        return true;
    }
}
