using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.Telemetry;

/// <summary>The name of a log event in docs/events.md, such as <c>CB-4006</c>.</summary>
internal static class EventCode
{
    /// <summary>The code of a line; null if it is none of ours.</summary>
    public static string? Of<TState>(in LogEntry<TState> entry) =>
        entry.EventId.Id >= 1000 && (entry.Category.StartsWith("CanalBridge", StringComparison.Ordinal) || entry.Category.StartsWith("Canal.Client", StringComparison.Ordinal))
            ? Of(entry.EventId)
            : null;

    /// <summary>The code of an event.</summary>
    public static string Of(EventId id) => $"CB-{id.Id}";

    /// <summary>A level in one word, as both forms of the log write it.</summary>
    public static string Of(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
