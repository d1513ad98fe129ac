using System.Globalization;
using System.Numerics;
using System.Text;

namespace CanalBridge.Testing.Tables;

/// <summary>Random SQL literals per column type, with the limits of each type among them.</summary>
internal static class Literals
{
    private static readonly string[] Words =
        ["", "plain", "with 'single' and \"double\" quotes", "back\\slash", "line\nbreak\ttab", "Zürich", "日本語", "🚀 rocket", "a👩‍👩‍👧b", "<html>&amp;", "  blanks  ", "\u0001", "null", "'"];

    private static readonly string[] Documents =
    [
        "{}", "[]", "null", "true", "17", "-1.5", "\"text\"", "[1, 2, [3, {}]]", "{\"a\": 1, \"b\": [true, false, null]}",
        "{\"name\": \"Zürich 🚀\", \"quote\": \"a \\\"b\\\" c\", \"path\": \"x\\\\y\"}", "{\"deep\": {\"er\": {\"still\": [{\"n\": 9007199254740991}]}}}", "{\"url\": \"http://a/b?c=d&e=f\"}",
    ];

    public static string Integer(Random random, BigInteger least, BigInteger greatest) => random.Next(8) switch
    {
        0 => least.ToString(CultureInfo.InvariantCulture),
        1 => greatest.ToString(CultureInfo.InvariantCulture),
        2 => "0",
        _ => (least + (new BigInteger(random.NextDouble() * 1e9) * (greatest - least) / 1_000_000_000)).ToString(CultureInfo.InvariantCulture),
    };

    public static string Decimal(Random random, int digits, int scale, bool unsigned = false)
    {
        int length = random.Next(1, digits + 1);
        string number = string.Concat(Enumerable.Range(0, length).Select(_ => (char)('0' + random.Next(10)))).PadLeft(scale + 1, '0');
        string sign = !unsigned && random.Next(2) == 0 ? "-" : "";
        return scale == 0 ? sign + number : $"{sign}{number[..^scale]}.{number[^scale..]}";
    }

    public static string Bits(Random random, int count) =>
        $"b'{string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(2)))}'";

    public static string Float(Random random) => random.Next(6) switch
    {
        0 => "0",
        1 => "3.40282e38",
        2 => "-1.17549e-38",
        3 => "16777216",
        _ => ((float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 12)))).ToString("R", CultureInfo.InvariantCulture),
    };

    public static string Double(Random random) => random.Next(6) switch
    {
        0 => "0",
        1 => "1.7976931348623157e308",
        2 => "-2.2250738585072014e-308",
        3 => "0.1",
        _ => ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 30))).ToString("R", CultureInfo.InvariantCulture),
    };

    public static string Text(Random random, int most)
    {
        string text = Words[random.Next(Words.Length)];
        for (int more = random.Next(3); more > 0 && text.Length < most; more--)
        {
            text += " " + Words[random.Next(Words.Length)];
        }

        while (random.Next(12) == 0 && text.Length * 2 < most)
        {
            text += text;
        }

        return Utf8(text.EnumerateRunes().Count() <= most ? text : "short");
    }

    public static string Json(Random random) => Utf8(Documents[random.Next(Documents.Length)]);

    public static string Utf8(string text) => $"CONVERT(X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}' USING utf8mb4)";

    public static string Bytes(Random random, int least, int most)
    {
        byte[] bytes = new byte[random.Next(least, most + 1)];
        random.NextBytes(bytes);
        if (bytes.Length > 1 && random.Next(3) == 0)
        {
            // Trailing zeros are what gets lost on the way.
            bytes[^1] = 0;
        }

        return $"X'{Convert.ToHexString(bytes)}'";
    }

    public static string Date(Random random) => random.Next(8) switch
    {
        0 => "'1000-01-01'",
        1 => "'9999-12-31'",
        2 => "'2024-02-29'",
        _ => Quote(AnyTime(random, new DateTime(1900, 1, 1), 150 * 365), "yyyy-MM-dd"),
    };

    public static string Time(Random random, int fraction) => random.Next(8) switch
    {
        0 => "'-838:59:59'",
        1 => "'838:59:59'",
        2 => "'00:00:00'",
        _ => string.Create(CultureInfo.InvariantCulture, $"'{(random.Next(4) == 0 ? "-" : "")}{random.Next(838):00}:{random.Next(60):00}:{random.Next(60):00}{Fraction(random, fraction)}'"),
    };

    public static string DateTimeOf(Random random, int fraction) => random.Next(8) switch
    {
        0 => "'1000-01-01 00:00:00'",
        1 => "'9999-12-31 23:59:59'",
        _ => Quote(AnyTime(random, new DateTime(1900, 1, 1), 150 * 365), "yyyy-MM-dd HH:mm:ss", Fraction(random, fraction)),
    };

    public static string Timestamp(Random random, int fraction) => random.Next(8) switch
    {
        0 => "'1970-01-01 00:00:01'",
        1 => "'2038-01-19 03:14:07'",
        _ => Quote(AnyTime(random, new DateTime(1971, 1, 1), 66 * 365), "yyyy-MM-dd HH:mm:ss", Fraction(random, fraction)),
    };

    public static string Year(Random random) => random.Next(1901, 2156).ToString(CultureInfo.InvariantCulture);

    public static string Point(Random random) => string.Create(
        CultureInfo.InvariantCulture, $"ST_GeomFromText('POINT({random.Next(-180, 180) + (random.Next(8) / 8.0)} {(random.NextDouble() - 0.5) * 90})')");

    public static string OneOf(Random random, params string[] labels) => Utf8(labels[random.Next(labels.Length)]);

    public static string SomeOf(Random random, params string[] labels) => Utf8(string.Join(',', labels.Where(_ => random.Next(2) == 0)));

    private static DateTime AnyTime(Random random, DateTime from, int days) => from.AddDays(random.Next(days)).AddSeconds(random.Next(86_400));

    private static string Quote(DateTime time, string format, string fraction = "") => $"'{time.ToString(format, CultureInfo.InvariantCulture)}{fraction}'";

    private static string Fraction(Random random, int digits) => digits == 0
        ? ""
        : "." + string.Concat(Enumerable.Range(0, digits).Select(_ => (char)('0' + random.Next(10))));
}
