using System.Globalization;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Defaults of dates and times in the spellings that a server takes, as the text that Canal would send for a value.</summary>
/// <remarks>Only where Debezium 3.5.0 reads them, too: DATE with a time behind it, TIMESTAMP and TIME in loose forms. DATETIME it reads in one form alone.</remarks>
internal static class MomentSpelling
{
    private static readonly char[] InDate = ['-', '/', '.'], InTime = [':', '.'];

    /// <summary>The date of a date and time; any other text as it is.</summary>
    public static string Date(string text) => SplitAt(text) is var split && split > 0 ? text[..split] : text;

    /// <summary>One-digit parts, other marks between them, <c>T</c> before the time; any other text as it is.</summary>
    public static string Timestamp(string text)
    {
        int split = SplitAt(text);
        string[] date = (split > 0 ? text[..split] : text).Split(InDate), time = split > 0 ? text[(split + 1)..].Split(InTime, 4) : [];
        if (date.Length != 3 || !Array.TrueForAll(date, IsNumber) || !Array.TrueForAll(time, IsNumber))
        {
            return text;
        }

        string fraction = time.Length > 3 ? $".{time[3]}" : "";
        return $"{date[0]}-{date[1].PadLeft(2, '0')}-{date[2].PadLeft(2, '0')}{(split > 0 ? " " : "")}{string.Join(':', time.Take(3).Select(static part => part.PadLeft(2, '0')))}{fraction}";
    }

    /// <summary>The time of a date and time, hours of one digit, no seconds; any other text as it is.</summary>
    public static string Time(string text)
    {
        string time = SplitAt(text) is var split && split > 0 ? text[(split + 1)..] : text;
        string sign = time.StartsWith('-') ? "-" : "";
        string[] parts = time[sign.Length..].Split(':');
        return parts.Length is 2 or 3 && IsNumber(parts[0]) ? $"{sign}{parts[0].PadLeft(2, '0')}:{parts[1]}:{(parts.Length == 3 ? parts[2] : "00")}" : text;
    }

    /// <summary>A year of one or two digits, as servers read it: 70 is 1970, 69 is 2069.</summary>
    public static long Year(long year) => year is >= 0 and < 70 ? year + 2000 : year is >= 70 and < 100 ? year + 1900 : year;

    private static int SplitAt(string text) => text.IndexOfAny([' ', 'T']);

    private static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
