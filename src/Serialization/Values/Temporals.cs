using System.Runtime.CompilerServices;

namespace CanalBridge.Serialization.Values;

/// <summary>Fields of a date or a time of day as MySQL prints them.</summary>
/// <param name="Year">0 to 9999, not adjusted.</param>
/// <param name="Month">0 to 12.</param>
/// <param name="Day">0 to 31.</param>
/// <param name="Seconds">Seconds of the day.</param>
/// <param name="Microseconds">Fraction of the second.</param>
internal readonly record struct WallClock(int Year, int Month, int Day, int Seconds, int Microseconds)
{
    /// <summary>A year, month or day of zero: Debezium takes such a date for NULL.</summary>
    public bool IsZeroDate => Year == 0 || Month == 0 || Day == 0;

    /// <summary>Days since the Unix epoch, after Debezium's adjustment of years of two digits.</summary>
    public long EpochDay => DaysSinceEpoch(AdjustYear(Year), Month, Day);

    /// <summary>0 to 69 is of this century, 70 to 99 of the last one: Debezium's <c>enable.time.adjuster</c>, on by default.</summary>
    public static int AdjustYear(int year) => year switch
    {
        < 70 => year + 2000,
        < 100 => year + 1900,
        _ => year,
    };

    private static long DaysSinceEpoch(int year, int month, int day)
    {
        // Howard Hinnant's days_from_civil: years begin in March, so the leap day is the last one.
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = ((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5 + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146097L) + dayOfEra - 719468;
    }
}

/// <summary>Reads MySQL's texts of dates and times. The form must fit exactly; a bad date (February 30) does not.</summary>
internal static class Temporals
{
    private const int DateLength = 10, SecondsLength = 19;

    /// <summary>Reads <c>2024-02-29</c>.</summary>
    public static bool TryReadDate(scoped ReadOnlySpan<byte> text, out WallClock clock)
    {
        clock = default;
        return text.Length == DateLength && TryReadDay(text, out clock);
    }

    /// <summary>Reads <c>2024-02-29 01:02:03.456</c> with any number of fraction digits up to six.</summary>
    public static bool TryReadDateTime(scoped ReadOnlySpan<byte> text, out WallClock clock)
    {
        clock = default;
        if (text.Length < SecondsLength || text[DateLength] != ' ' || text[13] != ':' || text[16] != ':'
            || !TryReadDay(text, out WallClock day)
            || !TryReadFraction(text[SecondsLength..], out int microseconds))
        {
            return false;
        }

        uint hour = TwoDigits(text, 11), minute = TwoDigits(text, 14), second = TwoDigits(text, 17);
        clock = day with { Seconds = (int)((hour * 3600) + (minute * 60) + second), Microseconds = microseconds };
        return hour < 24 && minute < 60 && second < 60;
    }

    /// <summary>Reads a TIME such as <c>-838:59:59.5</c>.</summary>
    public static bool TryReadTime(scoped ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        text = negative ? text[1..] : text;
        int hourLength = text.IndexOf((byte)':');
        if (hourLength is < 2 or > 3 || text.Length < hourLength + 6 || text[hourLength + 3] != ':'
            || !TryReadFraction(text[(hourLength + 6)..], out int fraction))
        {
            return false;
        }

        uint hundreds = hourLength == 3 ? (uint)(text[0] - '0') : 0;
        uint hour = TwoDigits(text, hourLength - 2), minute = TwoDigits(text, hourLength + 1), second = TwoDigits(text, hourLength + 4);
        if (hundreds > 9 || hour > 99 || minute > 59 || second > 59)
        {
            return false;
        }

        long value = ((((hundreds * 100L) + hour) * 3600) + (minute * 60L) + second) * 1_000_000 + fraction;
        microseconds = negative ? -value : value;
        return true;
    }

    private static bool TryReadDay(scoped ReadOnlySpan<byte> text, out WallClock clock)
    {
        uint century = TwoDigits(text, 0), year = TwoDigits(text, 2), month = TwoDigits(text, 5), day = TwoDigits(text, 8);
        clock = new WallClock((int)((century * 100) + year), (int)month, (int)day, 0, 0);
        if (century > 99 || year > 99 || month > 12 || day > 31 || text[4] != '-' || text[7] != '-')
        {
            return false;
        }

        return day <= 28 || clock.IsZeroDate || day <= (uint)DateTime.DaysInMonth(WallClock.AdjustYear(clock.Year), (int)month);
    }

    /// <summary>Nothing, or a point and one to six digits.</summary>
    private static bool TryReadFraction(scoped ReadOnlySpan<byte> text, out int microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] != '.' || text.Length is < 2 or > 7)
        {
            return false;
        }

        for (int i = 1; i < 7; i++)
        {
            uint digit = i < text.Length ? (uint)(text[i] - '0') : 0;
            if (digit > 9)
            {
                return false;
            }

            microseconds = (microseconds * 10) + (int)digit;
        }

        return true;
    }

    /// <summary>Two digits as a number; more than 99 if they are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint TwoDigits(scoped ReadOnlySpan<byte> text, int start)
    {
        uint tens = (uint)(text[start] - '0'), ones = (uint)(text[start + 1] - '0');
        return tens > 9 || ones > 9 ? 100 : (tens * 10) + ones;
    }
}
