using System.Globalization;
using System.Numerics;
using System.Text;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column's DEFAULT as the JSON value that Debezium makes of it, with what it gets wrong.</summary>
/// <remarks>Seen on Debezium 3.5.0: texts are not unescaped, BINARY is not padded, BIGINT goes through a double.</remarks>
internal static class DefaultValues
{
    /// <summary>Writes the default.</summary>
    /// <param name="column">The column, its kind known.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="takesNull">Whether it takes NULL.</param>
    /// <returns>Null if there is none: no DEFAULT, an expression, or a text that does not fit the type.</returns>
    public static byte[]? Write(DebeziumColumn column, ColumnDefinition definition, bool takesNull)
    {
        if (definition.Default is not { Kind: not ColumnDefaultKind.Expression } value)
        {
            return null;
        }

        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        if (!TryWrite(ref output, column, value, takesNull))
        {
            return null;
        }

        output.Flush();
        return buffer.Slice(new ByteRange(0, buffer.LengthBytes)).ToArray();
    }

    private static bool TryWrite(ref RecordOutput output, DebeziumColumn column, ColumnDefault value, bool takesNull)
    {
        if (value.Kind == ColumnDefaultKind.Hex && column.Kind is MySqlTypeKind.Text or MySqlTypeKind.Enum or MySqlTypeKind.Set)
        {
            // MySQL prints a default beyond U+FFFF so; Debezium takes it for none.
            return false;
        }

        string text = value.Kind switch
        {
            ColumnDefaultKind.Bits => Digits(value.Text, 2),
            ColumnDefaultKind.Hex when column.Kind is not (MySqlTypeKind.Binary or MySqlTypeKind.Blob) => Digits(value.Text, 16),
            ColumnDefaultKind.Hex when value.Text.Length % 2 == 0 => Encoding.Latin1.GetString(Convert.FromHexString(value.Text)),
            _ => value.Text,
        };
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        switch (column.Kind)
        {
            case MySqlTypeKind.Boolean:
                output.Write(Number(text) is 0 ? "false"u8 : "true"u8);
                return true;
            case MySqlTypeKind.Integer or MySqlTypeKind.UnsignedBigInt:
                return TryWriteInteger(ref output, text);
            case MySqlTypeKind.Float or MySqlTypeKind.Real:
                return Number(text) is { } single && Finite(ref output, single, isSingle: true);
            case MySqlTypeKind.Double or MySqlTypeKind.FloatWithScale:
                return Number(text) is { } number && Finite(ref output, number, isSingle: false);
            case MySqlTypeKind.Decimal:
                return TryWriteDecimal(ref output, text, column.Type);
            case MySqlTypeKind.Bit:
                return BinaryText.TryWriteBits(ref output, utf8, column.Type.Size);
            case MySqlTypeKind.Text or MySqlTypeKind.Enum or MySqlTypeKind.Set or MySqlTypeKind.Uuid or MySqlTypeKind.Json:
                JsonText.WriteQuoted(ref output, utf8);
                return true;
            case MySqlTypeKind.Binary or MySqlTypeKind.Blob:
                BinaryText.WriteBase64(ref output, value.Kind == ColumnDefaultKind.Hex ? Encoding.Latin1.GetBytes(text) : utf8);
                return true;
            default:
                return TryWriteTime(ref output, column, value, utf8, takesNull);
        }
    }

    private static bool TryWriteTime(ref RecordOutput output, DebeziumColumn column, ColumnDefault value, byte[] utf8, bool takesNull)
    {
        bool isNow = value.Kind == ColumnDefaultKind.CurrentTimestamp;
        switch (column.Kind)
        {
            case MySqlTypeKind.Date:
                return Temporals.TryReadDate(utf8, out WallClock date) && TryWriteMoment(ref output, date, takesNull, date.EpochDay);
            case MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds when isNow:
                output.Write((byte)'0');
                return true;
            case MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds:
                return Temporals.TryReadDateTime(utf8, out WallClock clock)
                    && TryWriteMoment(ref output, clock, takesNull, Microseconds(clock) / (column.Kind == MySqlTypeKind.DateTimeMilliseconds ? 1000 : 1));
            case MySqlTypeKind.Timestamp:
                return TryWriteTimestamp(ref output, column, isNow ? "0000-00-00 00:00:00"u8 : utf8, takesNull);
            case MySqlTypeKind.Time:
                bool isTime = Temporals.TryReadTime(utf8, out long time);
                output.WriteNumber(time);
                return isTime;
            case MySqlTypeKind.Year:
                return TryWriteInteger(ref output, Encoding.UTF8.GetString(utf8));
            default:
                return false;
        }
    }

    private static bool TryWriteTimestamp(ref RecordOutput output, DebeziumColumn column, ReadOnlySpan<byte> text, bool takesNull)
    {
        if (!Temporals.TryReadDateTime(text, out WallClock clock) || (clock.IsZeroDate && takesNull))
        {
            return false;
        }

        DateTime moment = DateTime.UnixEpoch.AddMicroseconds(clock.IsZeroDate ? 0 : Microseconds(clock));
        string fraction = column.Type.Scale == 0 ? "" : "." + new string('f', column.Type.Scale);
        output.Write(Encoding.ASCII.GetBytes($"\"{moment.ToString($"yyyy-MM-dd'T'HH:mm:ss{fraction}", CultureInfo.InvariantCulture)}Z\""));
        return true;
    }

    private static bool TryWriteMoment(ref RecordOutput output, WallClock clock, bool takesNull, long value)
    {
        output.WriteNumber(clock.IsZeroDate ? 0 : value);
        return !clock.IsZeroDate || !takesNull;
    }

    private static long Microseconds(WallClock clock) => (((clock.EpochDay * 86400L) + clock.Seconds) * 1_000_000) + clock.Microseconds;

    /// <summary>Through a double, cut off at the ends of a long.</summary>
    private static bool TryWriteInteger(ref RecordOutput output, string text)
    {
        if (Number(text) is not { } number)
        {
            return false;
        }

        output.WriteNumber(number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : (long)number);
        return true;
    }

    private static bool Finite(ref RecordOutput output, double number, bool isSingle)
    {
        if (isSingle)
        {
            JavaNumbers.WriteFloat(ref output, (float)number);
        }
        else
        {
            JavaNumbers.WriteDouble(ref output, number);
        }

        return true;
    }

    /// <summary>Rounded half up to the column's scale.</summary>
    private static bool TryWriteDecimal(ref RecordOutput output, string text, MySqlType type)
    {
        int exponentAt = text.IndexOf('e', StringComparison.OrdinalIgnoreCase);
        int exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return false;
        }

        string number = exponentAt >= 0 ? text[..exponentAt] : text;
        int point = number.IndexOf('.', StringComparison.Ordinal);
        int fraction = (point >= 0 ? number.Length - point - 1 : 0) - exponent;
        if (!BigInteger.TryParse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger unscaled)
            || Math.Abs(fraction) > 100)
        {
            return false;
        }

        int surplus = fraction - type.Scale;
        if (surplus > 0)
        {
            BigInteger half = BigInteger.Pow(10, surplus) / 2;
            unscaled = (unscaled + (unscaled.Sign * half)) / BigInteger.Pow(10, surplus);
        }
        else
        {
            unscaled *= BigInteger.Pow(10, -surplus);
        }

        BinaryText.WriteBase64(ref output, unscaled.ToByteArray(isUnsigned: false, isBigEndian: true));
        return true;
    }

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static string Digits(string digits, int radix)
    {
        var value = BigInteger.Zero;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 0;
            value = (value * radix) + digit;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}
