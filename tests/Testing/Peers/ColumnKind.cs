using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CanalBridge.Testing.Peers;

/// <summary>A column type of the workload: how values are made, read from the table, and read back from Debezium's form.</summary>
/// <param name="Declaration">Type in the CREATE TABLE.</param>
/// <param name="Literal">A random value as SQL.</param>
/// <param name="Select">Expression that gives the value as text; {0} is the column.</param>
/// <param name="OfTable">That text to the common form.</param>
/// <param name="OfRecord">Debezium's JSON to the common form.</param>
internal sealed record ColumnKind(
    string Declaration, Func<Random, string> Literal, string Select, Func<string, string> OfTable, Func<JsonElement, string> OfRecord)
{
    private const string Plain = "CAST({0} AS CHAR)";
    private static readonly string[] Words = ["", "a", "it''s", "日本語", "😀 emoji", "back\\\\slash", "tab\tnew\nline", "quote\"s", "Ünïcödé", "</script>&amp;"];

    /// <summary>All kinds, the same on MariaDB and MySQL.</summary>
    public static IReadOnlyList<ColumnKind> All { get; } =
    [
        Integer("TINYINT", -128, 127), Integer("TINYINT UNSIGNED", 0, 255), Integer("SMALLINT", -32768, 32767), Integer("SMALLINT UNSIGNED", 0, 65535),
        Integer("MEDIUMINT", -8388608, 8388607), Integer("MEDIUMINT UNSIGNED", 0, 16777215), Integer("INT", int.MinValue, int.MaxValue), Integer("INT UNSIGNED", 0, uint.MaxValue),
        Integer("BIGINT", long.MinValue, long.MaxValue),
        new("BIGINT UNSIGNED", r => Text((ulong)r.NextInt64(long.MinValue, long.MaxValue)), Plain, t => Text((long)ulong.Parse(t, CultureInfo.InvariantCulture)), j => j.GetRawText()),
        Decimal(10, 2), Decimal(20, 10), Decimal(38, 0), Decimal(30, 15),
        new("BIT(1)", r => r.Next(2) == 0 ? "b'0'" : "b'1'", "CAST({0}+0 AS CHAR)", t => t, j => j.GetBoolean() ? "1" : "0"),
        new("BIT(20)", r => Text(r.Next(1 << 20)), "CAST({0}+0 AS CHAR)", t => t, j => Text(new BigInteger(j.GetBytesFromBase64(), isUnsigned: true))),
        new("FLOAT", r => Text(r.Next(-800, 800) * 0.125), Plain, t => Text(float.Parse(t, CultureInfo.InvariantCulture)), j => Text(j.GetSingle())),
        new("DOUBLE", r => Text((r.NextDouble() - 0.5) * Math.Pow(10, r.Next(-5, 12))), Plain, t => Text(double.Parse(t, CultureInfo.InvariantCulture)), j => Text(j.GetDouble())),
        Chars("CHAR(40)"), Chars("VARCHAR(200)"), Chars("TEXT"), Chars("LONGTEXT"),
        Bytes("BINARY(8)", 8), Bytes("VARBINARY(50)", 50), Bytes("BLOB", 300),
        new("DATE", r => $"'{Day(r):yyyy-MM-dd}'", Plain, t => Text((DateTime.ParseExact(t, "yyyy-MM-dd", CultureInfo.InvariantCulture) - DateTime.UnixEpoch).Days), j => j.GetRawText()),
        Time("TIME", 0), Time("TIME(6)", 6),
        DateTimes("DATETIME", 0), DateTimes("DATETIME(3)", 3), DateTimes("DATETIME(6)", 6),
        Timestamp("TIMESTAMP", 0), Timestamp("TIMESTAMP(3)", 3), Timestamp("TIMESTAMP(6)", 6),
        new("YEAR", r => Text(r.Next(1901, 2156)), Plain, t => t, j => j.GetRawText()),
        new("ENUM('small','medium','it''s large')", r => Text(r.Next(1, 4)), Plain, t => t, j => j.GetString()!),
        new("SET('a','b','c','d')", r => Text(r.Next(0, 16)), Plain, t => t, j => j.GetString()!),
        new("JSON", r => $"'{{\"k\": [{r.Next(100)}, true, null, \"{(char)('a' + r.Next(26))}é\"], \"n\": {Text(r.Next(1000) / 8.0)}}}'", Plain, Canonical, j => Canonical(j.GetString()!)),
        new("POINT", r => $"ST_GeomFromText('POINT({r.Next(-180, 180)} {r.Next(-90, 90)})')", "HEX(ST_AsWKB({0}))", t => t, j => Convert.ToHexString(j.GetProperty("wkb").GetBytesFromBase64())),
    ];

    private static ColumnKind Integer(string type, long least, long most) =>
        new(type, r => Text(r.Next(10) switch { 0 => least, 1 => most, _ => most == long.MaxValue ? r.NextInt64(least, most) : r.NextInt64(least, most + 1) }), Plain, t => t, j => j.GetRawText());

    private static ColumnKind Decimal(int digits, int scale) => new(
        $"DECIMAL({digits},{scale})",
        r =>
        {
            BigInteger unscaled = r.Next(4) == 0 ? r.Next(0, 100) * BigInteger.Pow(10, scale) : new BigInteger(r.NextInt64(-10_000_000_000 + 1, 10_000_000_000));
            string text = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            return (unscaled.Sign < 0 ? "-" : "") + (scale == 0 ? text : $"{text[..^scale]}.{text[^scale..]}");
        },
        Plain,
        t => BigInteger.Parse(t.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        j => new BigInteger(j.GetBytesFromBase64(), isBigEndian: true).ToString(CultureInfo.InvariantCulture));

    private static ColumnKind Chars(string type) => new(
        type, r => $"'{string.Concat(Enumerable.Range(0, r.Next(1, 4)).Select(_ => Words[r.Next(Words.Length)]))}x'", "HEX({0})", t => t, j => Convert.ToHexString(Encoding.UTF8.GetBytes(j.GetString()!)));

    private static ColumnKind Bytes(string type, int most) => new(
        type,
        r =>
        {
            byte[] bytes = new byte[type.StartsWith("BINARY", StringComparison.Ordinal) ? most : r.Next(0, most + 1)];
            r.NextBytes(bytes);
            bytes.AsSpan(bytes.Length / 2).Clear();
            return bytes.Length == 0 ? "''" : $"x'{Convert.ToHexString(bytes)}'";
        },
        "HEX({0})", t => t, j => Convert.ToHexString(j.GetBytesFromBase64()));

    private static ColumnKind Time(string type, int digits) => new(
        type, r => $"'{(r.Next(2) == 0 ? "-" : "")}{r.Next(0, 839)}:{r.Next(60):D2}:{r.Next(59):D2}{Fraction(r, digits)}'", Plain, t => Text(Microseconds(t)), j => j.GetRawText());

    private static ColumnKind DateTimes(string type, int digits) => new(
        type, r => $"'{Day(r):yyyy-MM-dd} {r.Next(24):D2}:{r.Next(60):D2}:{r.Next(60):D2}{Fraction(r, digits)}'", Plain,
        t =>
        {
            long micros = (DateTime.Parse(t, CultureInfo.InvariantCulture) - DateTime.UnixEpoch).Ticks / 10;
            return Text(digits <= 3 ? micros / 1000 : micros);
        },
        j => j.GetRawText());

    private static ColumnKind Timestamp(string type, int digits) => new(
        type, r => $"'{r.Next(1971, 2037)}-{r.Next(1, 13):D2}-{r.Next(1, 29):D2} {r.Next(24):D2}:{r.Next(60):D2}:{r.Next(60):D2}{Fraction(r, digits)}'", Plain,
        t => $"{t.Replace(' ', 'T')}Z", j => j.GetString()!);

    private static DateTime Day(Random r) => new(r.Next(1000, 9999), r.Next(1, 13), r.Next(1, 29));

    private static string Fraction(Random r, int digits) => digits == 0 ? "" : $".{r.Next(0, 1_000_000):D6}"[..(digits + 1)];

    private static long Microseconds(string time)
    {
        bool negative = time[0] == '-';
        string[] parts = time.TrimStart('-').Split(':');
        decimal micros = ((((decimal.Parse(parts[0], CultureInfo.InvariantCulture) * 60) + decimal.Parse(parts[1], CultureInfo.InvariantCulture)) * 60) + decimal.Parse(parts[2], CultureInfo.InvariantCulture)) * 1_000_000;
        return (long)(negative ? -micros : micros);
    }

    /// <summary>Members in order and numbers as doubles: MySQL stores its own form of a JSON text, MariaDB the text.</summary>
    private static string Canonical(string json) => Canonical(JsonNode.Parse(json));

    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject o => "{" + string.Join(',', o.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{Canonical(m.Value)}")) + "}",
        JsonArray a => "[" + string.Join(',', a.Select(Canonical)) + "]",
        _ => node.GetValueKind() == JsonValueKind.Number ? Text(node.GetValue<JsonElement>().GetDouble()) : node.ToString(),
    };

    private static string Text(IFormattable value) => value.ToString(value is float or double ? "R" : null, CultureInfo.InvariantCulture);
}
