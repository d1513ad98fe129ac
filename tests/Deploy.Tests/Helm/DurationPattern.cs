using System.Globalization;

namespace CanalBridge.DeployTests.Helm;

/// <summary>Regular expressions for durations (<c>hh:mm:ss.fff</c>) between two bounds: a JSON schema has no other way to say them.</summary>
internal static class DurationPattern
{
    private const string AnyFraction = @"(\.[0-9]{1,7})?", NoFraction = @"(\.0{1,7})?";

    /// <summary>The largest digit in each place of hhmmss.</summary>
    private static readonly int[] Largest = [2, 9, 5, 9, 5, 9];

    /// <summary>Matches the bounds and what is between them, to 100 ns.</summary>
    /// <param name="least">Whole seconds, or less than one of them: a power of ten.</param>
    /// <param name="most">Whole seconds, one day at the most.</param>
    public static string Between(TimeSpan least, TimeSpan most)
    {
        var alternatives = new List<string>();
        long first = (long)least.TotalSeconds, last = (long)most.TotalSeconds;
        if (least.Ticks % TimeSpan.TicksPerSecond is > 0 and long ticks)
        {
            // Not smaller than 0.001 is: one of the first three digits is not 0.
            int places = 7 - (int)Math.Log10(ticks);
            string fraction = string.Join('|', Enumerable.Range(0, places).Select(zeros => string.Create(CultureInfo.InvariantCulture, $"{new string('0', zeros)}[1-9][0-9]{{0,{6 - zeros}}}")));
            alternatives.Add($@"{Digits(least)[..2]}:{Digits(least)[2..4]}:{Digits(least)[4..]}\.({fraction})");
            first++;
        }

        if (last > first)
        {
            alternatives.Add($"({Range(Digits(TimeSpan.FromSeconds(first)), Digits(TimeSpan.FromSeconds(last - 1)), 0)}){AnyFraction}");
        }

        string end = Digits(most);
        alternatives.Add($"{(most.Days > 0 ? $@"{most.Days}\." : "")}{end[..2]}:{end[2..4]}:{end[4..]}{NoFraction}");
        return $"^({string.Join('|', alternatives)})$";
    }

    private static string Digits(TimeSpan time) => time.ToString("hhmmss", CultureInfo.InvariantCulture);

    private static string Range(string least, string most, int place)
    {
        if (place == Largest.Length)
        {
            return "";
        }

        if (least[place] == most[place])
        {
            return $"{least[place]}{Colon(place)}{Range(least, most, place + 1)}";
        }

        // All that may stand here: then the places behind it are free at both ends.
        bool fromZero = IsAll(least, place + 1, _ => '0'), toLargest = IsAll(most, place + 1, p => (char)('0' + Largest[p]));
        int low = fromZero ? least[place] : least[place] + 1, high = toLargest ? most[place] : most[place] - 1;
        var alternatives = new List<string>();
        if (!fromZero)
        {
            alternatives.Add($"{least[place]}{Colon(place)}{Range(least, Ends(least, place, p => (char)('0' + Largest[p])), place + 1)}");
        }

        if (low <= high)
        {
            alternatives.Add($"{Digit((char)low, (char)high)}{Colon(place)}{Any(place + 1)}");
        }

        if (!toLargest)
        {
            alternatives.Add($"{most[place]}{Colon(place)}{Range(Ends(most, place, _ => '0'), most, place + 1)}");
        }

        return alternatives.Count == 1 ? alternatives[0] : $"({string.Join('|', alternatives)})";
    }

    private static string Any(int place) =>
        string.Concat(Enumerable.Range(place, Largest.Length - place).Select(p => $"{Digit('0', (char)('0' + Largest[p]))}{Colon(p)}"));

    private static bool IsAll(string digits, int place, Func<int, char> digit) => Enumerable.Range(place, Largest.Length - place).All(p => digits[p] == digit(p));

    /// <summary>The same up to a place, and the given digits behind it.</summary>
    private static string Ends(string digits, int place, Func<int, char> digit) =>
        digits[..(place + 1)] + string.Concat(Enumerable.Range(place + 1, Largest.Length - place - 1).Select(digit));

    private static string Digit(char low, char high) => low == high ? $"{low}" : $"[{low}-{high}]";

    private static string Colon(int place) => place is 1 or 3 ? ":" : "";
}
