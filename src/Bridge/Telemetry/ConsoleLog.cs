using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CanalBridge.Telemetry;

/// <summary>Logs to standard error, one line each: standard output belongs to records.</summary>
internal static class ConsoleLog
{
    /// <summary>Name of the environment variable with the level.</summary>
    public const string LevelVariable = "LOG_LEVEL";

    /// <summary>Name of the environment variable with the form of the lines.</summary>
    public const string FormatVariable = "LOG_FORMAT";

    /// <summary>What it may be.</summary>
    public static IEnumerable<string> Formats => ["text", "json"];

    /// <summary>What the level may be.</summary>
    public static IEnumerable<string> Levels => Enum.GetNames<LogLevel>();

    /// <param name="builder">Receives the console.</param>
    /// <param name="defaultLevel">Level unless <see cref="LevelVariable"/> is set.</param>
    public static ILoggingBuilder AddBridgeConsole(this ILoggingBuilder builder, LogLevel defaultLevel = LogLevel.Information)
    {
        LogLevel wanted = Enum.TryParse(Environment.GetEnvironmentVariable(LevelVariable), ignoreCase: true, out LogLevel set) ? set : defaultLevel;
        builder.SetMinimumLevel(wanted);
        builder.AddFilter("Microsoft", LogLevel.Warning);
        bool isJson = "json".Equals(Environment.GetEnvironmentVariable(FormatVariable), StringComparison.OrdinalIgnoreCase);
        builder.AddConsole(console => console.FormatterName = isJson ? JsonLineFormatter.FormatterName : TextLineFormatter.FormatterName);
        builder.AddConsoleFormatter<TextLineFormatter, ConsoleFormatterOptions>();
        builder.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
        builder.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;

            // A reader of the log that is stuck must not stop delivery: lines are dropped, and counted in the log itself.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        return builder;
    }
}
