using System.Globalization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>Dates and times as quoted ISO 8601 texts with <c>Z</c>, zeros at the end of a fraction cut: Debezium's isostring.</summary>
internal static class IsoTexts
{
    private const int LongestText = 40;

    public static void WriteDate(ref RecordOutput output, long epochDay) =>
        Write(ref output, DateTime.UnixEpoch.AddDays(epochDay), "'\"'yyyy-MM-dd'Z\"'");

    public static void WriteTimestamp(ref RecordOutput output, WallClock clock) =>
        Write(ref output, DateTime.UnixEpoch.AddDays(clock.EpochDay).AddSeconds(clock.Seconds).AddMicroseconds(clock.Microseconds), "'\"'yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z\"'");

    /// <param name="output">Receives the text.</param>
    /// <param name="microseconds">Of the day.</param>
    public static void WriteTime(ref RecordOutput output, long microseconds) =>
        Write(ref output, DateTime.UnixEpoch.AddMicroseconds(microseconds), "'\"'HH:mm:ss.FFFFFF'Z\"'");

    /// <summary>As Connect's SimpleHeaderConverter prints a Date: no quotes.</summary>
    public static void WriteHeaderDate(ref RecordOutput output, long epochDay) => Write(ref output, DateTime.UnixEpoch.AddDays(epochDay), "yyyy-MM-dd");

    /// <summary>As Connect's SimpleHeaderConverter prints a Time: three fraction digits, no quotes.</summary>
    public static void WriteHeaderTime(ref RecordOutput output, long microseconds) => Write(ref output, DateTime.UnixEpoch.AddMicroseconds(microseconds), "HH:mm:ss.fff'Z'");

    /// <summary>As Connect's SimpleHeaderConverter prints a Timestamp: three fraction digits, no quotes.</summary>
    public static void WriteHeaderTimestamp(ref RecordOutput output, WallClock clock) =>
        Write(ref output, DateTime.UnixEpoch.AddDays(clock.EpochDay).AddSeconds(clock.Seconds).AddMicroseconds(clock.Microseconds), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    private static void Write(ref RecordOutput output, DateTime moment, string format)
    {
        Span<byte> text = stackalloc byte[LongestText];
        moment.TryFormat(text, out int length, format, CultureInfo.InvariantCulture);
        output.Write(text[..length]);
    }
}
