using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace CanalBridge.Testing.Tables;

/// <summary>
/// One column seen from both sides: the SQL that prints its value as a plain string, and the decoder that makes the same string of
/// Debezium's representation (its defaults: decimals precise, unsigned bigint long, adaptive_time_microseconds, binary bytes).
/// </summary>
internal sealed class TableColumn
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    private readonly string _type;
    private readonly string _columnType;
    private readonly int _fractionDigits;
    private readonly int _scale;

    public TableColumn(string name, string type, string columnType, int fractionDigits, int scale)
    {
        Name = name;
        _type = type;
        _columnType = columnType;
        _fractionDigits = fractionDigits;
        _scale = scale;
    }

    public string Name { get; }

    /// <summary>The value as text; hexadecimal where the text could depend on a character set.</summary>
    public string Sql => _type switch
    {
        "bigint" when _columnType.Contains("unsigned", StringComparison.Ordinal) => $"CAST(CAST(`{Name}` AS SIGNED) AS CHAR)",
        "bit" => $"CAST(`{Name}` + 0 AS CHAR)",
        "float" or "double" => $"CAST(`{Name}` AS DOUBLE)",
        "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set" => $"HEX(CONVERT(`{Name}` USING utf8mb4))",
        "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => $"HEX(`{Name}`)",
        "point" => $"HEX(ST_AsWKB(`{Name}`))",
        _ => $"CAST(`{Name}` AS CHAR)",
    };

    /// <summary>What <see cref="Sql"/> gave, as the string to compare.</summary>
    public string? Read(object value) => value switch
    {
        DBNull => null,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text when _type == "json" => Compact(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>The value of a record as the string to compare.</summary>
    /// <exception cref="FormatException">It is not in the representation of the column's type.</exception>
    public string? Decode(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Null ? null : DecodePresent(value);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new FormatException($"Column {Name} ({_columnType}) cannot have the value {value.GetRawText()}.", e);
        }
    }

    private string DecodePresent(JsonElement value) => _type switch
    {
        "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "year" => value.GetInt64().ToString(CultureInfo.InvariantCulture),
        "decimal" => DecodeDecimal(value.GetBytesFromBase64()),
        "bit" when _columnType == "bit(1)" => value.GetBoolean() ? "1" : "0",
        "bit" => new BigInteger(value.GetBytesFromBase64(), isUnsigned: true, isBigEndian: false).ToString(CultureInfo.InvariantCulture),
        "float" => ((double)float.Parse(value.GetRawText(), CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture),
        "double" => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set" => Convert.ToHexString(Encoding.UTF8.GetBytes(value.GetString()!)),
        "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => Convert.ToHexString(value.GetBytesFromBase64()),
        "point" => DecodePoint(value),
        "date" => DateTime.UnixEpoch.AddDays(value.GetInt32()).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "time" => DecodeTime(value.GetInt64()),
        "datetime" => DecodeDateTime(value.GetInt64() * (_fractionDigits > 3 ? 1 : 1000)),
        "timestamp" => DecodeTimestamp(value.GetString()!),
        "json" => value.GetString()!,
        _ => throw new FormatException($"The replica does not know the type {_type}."),
    };

    private string DecodeDecimal(byte[] bytes)
    {
        var unscaled = new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(_scale + 1, '0');
        string sign = unscaled.Sign < 0 ? "-" : "";
        return _scale == 0 ? sign + digits : $"{sign}{digits[..^_scale]}.{digits[^_scale..]}";
    }

    private static string DecodePoint(JsonElement value)
    {
        byte[] wkb = value.GetProperty("wkb").GetBytesFromBase64();
        bool same = BitConverter.ToDouble(wkb, 5).Equals(value.GetProperty("x").GetDouble()) && BitConverter.ToDouble(wkb, 13).Equals(value.GetProperty("y").GetDouble());
        return same ? Convert.ToHexString(wkb) : throw new FormatException("x and y differ from wkb");
    }

    private string DecodeTime(long microseconds)
    {
        long whole = Math.Abs(microseconds);
        long seconds = whole / 1_000_000;
        string sign = microseconds < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}{Fraction(whole % 1_000_000)}");
    }

    private string DecodeDateTime(long microseconds)
    {
        DateTime time = DateTime.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);
        return time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(time.Ticks / TicksPerMicrosecond % 1_000_000);
    }

    /// <summary>The reference asks for exactly the column's fraction digits, so nothing is rounded or padded here.</summary>
    private static string DecodeTimestamp(string text) => text is [.., 'Z'] && text.Length > 10 && text[10] == 'T'
        ? text[..^1].Replace('T', ' ')
        : throw new FormatException("no UTC time");

    private string Fraction(long microseconds) =>
        _fractionDigits == 0 ? "" : "." + microseconds.ToString("000000", CultureInfo.InvariantCulture)[.._fractionDigits];

    /// <summary>The server prints blanks after colons and commas, Debezium none; the order of members is the same.</summary>
    private static string Compact(string json)
    {
        var compact = new StringBuilder(json.Length);
        bool inText = false;
        for (int i = 0; i < json.Length; i++)
        {
            char c = json[i];
            if (inText && c == '\\')
            {
                compact.Append(c).Append(json[++i]);
                continue;
            }

            inText ^= c == '"';
            if (inText || c != ' ')
            {
                compact.Append(c);
            }
        }

        return compact.ToString();
    }
}
