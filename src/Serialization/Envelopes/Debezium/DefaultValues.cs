using System.Globalization;
using System.Numerics;
using System.Text;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column's DEFAULT as the JSON value that Debezium makes of it, with what it gets wrong.</summary>
/// <remarks>
/// Seen on Debezium 3.5.0: texts are not unescaped, BINARY is not padded, BIGINT goes through a double, the current time is the
/// epoch. Everything else is the form of a value, so its text goes through the writer of values.
/// </remarks>
internal static class DefaultValues
{
    private const string Epoch = "1970-01-01 00:00:00";

    private const int DateLength = 10;

    /// <summary>Writes the default of a column, all of which but its default is known.</summary>
    /// <returns>Null if there is none: an expression, or a text that does not fit the type.</returns>
    public static byte[]? Write(DebeziumColumn column, ColumnDefault value)
    {
        switch (column.Form)
        {
            case var _ when value.Kind == ColumnDefaultKind.Expression:
                return null;

            // MySQL prints a default beyond U+FFFF as digits; Debezium takes it for none.
            case DebeziumForm.Text or DebeziumForm.TextOfBytes or DebeziumForm.WideText or DebeziumForm.Enum or DebeziumForm.Set
                when value.Kind == ColumnDefaultKind.Hex:
                return null;
            case DebeziumForm.Text or DebeziumForm.TextOfBytes or DebeziumForm.WideText or DebeziumForm.Enum or DebeziumForm.Set
                or DebeziumForm.Uuid or DebeziumForm.Json:
                return Written((ref RecordOutput output) =>
                {
                    JsonText.WriteQuoted(ref output, Encoding.UTF8.GetBytes(value.Text));
                    return true;
                });
            case DebeziumForm.Base64 or DebeziumForm.Base64Url or DebeziumForm.Hex:
                byte[] bytes = value.Kind == ColumnDefaultKind.Hex && value.Text.Length % 2 == 0 ? Convert.FromHexString(value.Text) : Encoding.UTF8.GetBytes(value.Text);
                return WrittenBytes(column.Form, Encoding.Latin1.GetString(bytes));
            case DebeziumForm.Integer or DebeziumForm.WrappedLong:
                return Number(Digits(value)) is { } number ? Plain(Whole(number)) : null;
            case DebeziumForm.Year:
                return Number(Digits(value)) is { } year ? Plain(MomentSpelling.Year(Whole(year))) : null;
            case DebeziumForm.Decimal or DebeziumForm.DecimalNumber or DebeziumForm.DecimalText or DebeziumForm.DecimalDouble:
                return Rounded(Digits(value), column.Type.Scale) is { } rounded ? WrittenValue(column, rounded) : null;
            case DebeziumForm.EpochDay or DebeziumForm.IsoDate:
                return Moment(column, MomentSpelling.Date(value.Text), dateOnly: true);
            case DebeziumForm.MilliTimestamp or DebeziumForm.MicroTimestamp or DebeziumForm.NanoTimestamp or DebeziumForm.IsoTimestamp:
                return value.Kind == ColumnDefaultKind.CurrentTimestamp ? WrittenValue(column, Epoch) : Moment(column, value.Text, dateOnly: false);
            case DebeziumForm.ZonedTimestamp when value.Kind == ColumnDefaultKind.CurrentTimestamp || value.Text == "0" || value.Text.StartsWith("0000-00-00", StringComparison.Ordinal):
                return column.TakesNull ? null : "\"1970-01-01T00:00:00Z\""u8.ToArray();
            case DebeziumForm.ZonedTimestamp:
                return Moment(column, MomentSpelling.Timestamp(value.Text), dateOnly: false);
            case DebeziumForm.MicroTime or DebeziumForm.NanoTime or DebeziumForm.MilliTime or DebeziumForm.IsoTime:
                return WrittenValue(column, MomentSpelling.Time(value.Text));
            case DebeziumForm.Geometry or DebeziumForm.Point or DebeziumForm.Unsupported:
                return null;
            default:
                return WrittenValue(column, Digits(value));
        }
    }

    /// <summary>The epoch in the form of a column of dates; <c>null</c> of any other.</summary>
    public static byte[] WriteEpoch(DebeziumColumn column) => column.Form switch
    {
        DebeziumForm.EpochDay or DebeziumForm.IsoDate => WrittenValue(column, Epoch[..10])!,
        DebeziumForm.MilliTimestamp or DebeziumForm.MicroTimestamp or DebeziumForm.NanoTimestamp or DebeziumForm.IsoTimestamp => WrittenValue(column, Epoch)!,
        _ => "null"u8.ToArray(),
    };

    private delegate bool Writer(ref RecordOutput output);

    private static byte[]? Written(Writer write)
    {
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        if (!write(ref output))
        {
            return null;
        }

        // Nothing written: NULL stands for it, as for a TIME that is no time of day.
        output.Flush();
        return buffer.LengthBytes == 0 ? null : buffer.Slice(new ByteRange(0, buffer.LengthBytes)).ToArray();
    }

    /// <summary>A text in the form in which Canal sends values. TIMESTAMP defaults are taken to be in UTC.</summary>
    private static byte[]? WrittenValue(DebeziumColumn column, string text)
    {
        byte[] value = Encoding.UTF8.GetBytes(text);
        using var writer = new ColumnValueWriter(TimeZoneInfo.Utc);
        return Written((ref RecordOutput output) => writer.TryWrite(ref output, column, new ByteRange(0, value.Length), value));
    }

    private static byte[]? WrittenBytes(DebeziumForm form, string latin1) => Written((ref RecordOutput output) =>
    {
        byte[] text = Encoding.UTF8.GetBytes(latin1);
        return form switch
        {
            DebeziumForm.Base64 => BinaryText.TryWriteBase64(ref output, new Latin1Reader(text), size: 0),
            DebeziumForm.Base64Url => BinaryText.TryWriteBase64Url(ref output, new Latin1Reader(text), size: 0),
            _ => BinaryText.TryWriteHex(ref output, new Latin1Reader(text), size: 0),
        };
    });

    /// <summary>A zero date is no default of a column that takes NULL, and the epoch of one that does not.</summary>
    private static byte[]? Moment(DebeziumColumn column, string text, bool dateOnly)
    {
        // 0 is the zero date. A date is midnight where a time is wanted, and seconds may be left out.
        text = text == "0" ? "0000-00-00" : text;
        text = dateOnly ? text : text.Length switch
        {
            DateLength => text + " 00:00:00",
            DateLength + 6 => text + ":00",
            _ => text,
        };
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        WallClock clock;
        if (!(dateOnly ? Temporals.TryReadDate(utf8, out clock) : Temporals.TryReadDateTime(utf8, out clock)))
        {
            return null;
        }

        return clock.IsZeroDate
            ? column.TakesNull ? null : WrittenValue(column, dateOnly ? Epoch[..10] : Epoch)
            : WrittenValue(column, text);
    }

    private static string Digits(ColumnDefault value) => value.Kind switch
    {
        ColumnDefaultKind.Bits => FromDigits(value.Text, 2),
        ColumnDefaultKind.Hex => FromDigits(value.Text, 16),
        _ => value.Text.Trim(),
    };

    private static string FromDigits(string digits, int radix)
    {
        var value = BigInteger.Zero;
        foreach (char c in digits)
        {
            value = (value * radix) + (char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 0);
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static byte[] Plain(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Cut off at the ends of a long, halves up, as Java rounds.</summary>
    private static long Whole(double number) =>
        number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : Math.Abs(number) < 1L << 52 ? (long)Math.Floor(number + 0.5) : (long)number;

    /// <summary>Plain text, rounded half up to a number of fraction digits; null if it is no number.</summary>
    private static string? Rounded(string text, int scale)
    {
        int exponentAt = text.IndexOf('e', StringComparison.OrdinalIgnoreCase);
        int exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return null;
        }

        string number = exponentAt >= 0 ? text[..exponentAt] : text;
        int point = number.IndexOf('.', StringComparison.Ordinal);
        int fraction = (point >= 0 ? number.Length - point - 1 : 0) - exponent;
        if (!BigInteger.TryParse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger unscaled)
            || Math.Abs(fraction) > 100)
        {
            return null;
        }

        int surplus = fraction - scale;
        unscaled = surplus > 0
            ? (unscaled + (unscaled.Sign * BigInteger.Pow(10, surplus) / 2)) / BigInteger.Pow(10, surplus)
            : unscaled * BigInteger.Pow(10, -surplus);
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (unscaled.Sign < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
    }
}
