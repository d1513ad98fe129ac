using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CanalBridge.Telemetry;

/// <summary>Logs to standard error, one line each: standard output belongs to records.</summary>
internal static class ConsoleLog
{
    /// <summary>Level from <c>LOG_LEVEL</c> (Debug, Information, Warning, ...), Information by default.</summary>
    public static ILoggingBuilder AddBridgeConsole(this ILoggingBuilder builder, LogLevel? level = null)
    {
        LogLevel wanted = level ?? (Enum.TryParse(Environment.GetEnvironmentVariable("LOG_LEVEL"), ignoreCase: true, out LogLevel set) ? set : LogLevel.Information);
        builder.SetMinimumLevel(wanted);
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder;
    }
}
