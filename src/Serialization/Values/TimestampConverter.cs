using System.Runtime.CompilerServices;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>TIMESTAMP: wall-clock text in the zone of Canal's JVM to UTC text with exactly the declared fraction digits.</summary>
/// <remarks>Debezium's form is <c>2024-02-29T01:02:03.456Z</c>, MySQL's <c>2024-02-29 01:02:03.456</c>.</remarks>
internal sealed class TimestampConverter
{
    // Zones change their offset at full quarters of an hour: one look-up serves all values of the same quarter.
    private const long QuarterHour = 900;

    // 9999-12-31 23:59:59; what the zone moves beyond it has no text.
    private const long LastSecond = 253_402_300_799;

    private readonly TimeZoneInfo _zone;
    private readonly bool _isUtc;
    private long _quarter = long.MinValue;
    private long _offsetSeconds;

    public TimestampConverter(TimeZoneInfo zone)
    {
        _zone = zone;
        _isUtc = zone.HasSameRules(TimeZoneInfo.Utc);
    }

    /// <summary>Writes it as MySQL prints it; a zero date as it came.</summary>
    public bool TryWriteAsMySql(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int digits)
    {
        if (!Temporals.TryReadDateTime(text, out WallClock clock))
        {
            return false;
        }

        if (clock.IsZeroDate || _isUtc)
        {
            JsonText.WriteQuoted(ref output, text);
            return true;
        }

        return TryWrite(ref output, clock, digits, isIso: false);
    }

    /// <summary>Writes it in Debezium's form.</summary>
    public bool TryWrite(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int digits) =>
        Temporals.TryReadDateTime(text, out WallClock clock) && TryWrite(ref output, clock, digits, isIso: true);

    private bool TryWrite(ref RecordOutput output, WallClock clock, int digits, bool isIso)
    {
        // Debezium 3.5 prints the epoch for the zero TIMESTAMP, in nullable columns too.
        long seconds = clock.IsZeroDate ? 0 : (clock.EpochDay * 86400) + clock.Seconds;
        if (!clock.IsZeroDate && !_isUtc)
        {
            seconds -= OffsetAt(seconds);
        }

        if (seconds > LastSecond)
        {
            return false;
        }

        Write(ref output, seconds, clock.IsZeroDate ? 0 : clock.Microseconds, digits, isIso);
        return true;
    }

    private static void Write(ref RecordOutput output, long seconds, int microseconds, int digits, bool isIso)
    {
        DateTime utc = DateTime.UnixEpoch.AddSeconds(seconds);
        utc.Deconstruct(out DateOnly date, out TimeOnly time);
        Span<byte> target = output.Reserve(30);
        target[0] = (byte)'"';
        TwoDigits(target, 1, date.Year / 100);
        TwoDigits(target, 3, date.Year % 100);
        target[5] = (byte)'-';
        TwoDigits(target, 6, date.Month);
        target[8] = (byte)'-';
        TwoDigits(target, 9, date.Day);
        target[11] = isIso ? (byte)'T' : (byte)' ';
        TwoDigits(target, 12, time.Hour);
        target[14] = (byte)':';
        TwoDigits(target, 15, time.Minute);
        target[17] = (byte)':';
        TwoDigits(target, 18, time.Second);
        int end = 20;
        if (digits > 0)
        {
            target[end++] = (byte)'.';
            int unit = 100_000;
            for (int i = 0; i < digits; i++, unit /= 10)
            {
                target[end++] = (byte)('0' + (microseconds / unit % 10));
            }
        }

        if (isIso)
        {
            target[end++] = (byte)'Z';
        }

        target[end++] = (byte)'"';
        output.Advance(end);
    }

    private long OffsetAt(long wallSeconds)
    {
        long quarter = wallSeconds / QuarterHour;
        if (quarter != _quarter)
        {
            _offsetSeconds = (long)_zone.GetUtcOffset(new DateTime(DateTime.UnixEpoch.AddSeconds(wallSeconds).Ticks, DateTimeKind.Unspecified)).TotalSeconds;
            _quarter = quarter;
        }

        return _offsetSeconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoDigits(Span<byte> target, int start, int value)
    {
        target[start] = (byte)('0' + (value / 10));
        target[start + 1] = (byte)('0' + (value % 10));
    }
}
