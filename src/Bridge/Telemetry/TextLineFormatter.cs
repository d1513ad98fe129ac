using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CanalBridge.Telemetry;

/// <summary>A log line for people: <c>2026-01-31T12:00:00.000Z warning CB-4006 text</c>. A stack trace follows in lines of its own.</summary>
internal sealed class TextLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "bridge-text";

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture));
        textWriter.Write(EventCode.Of(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(EventCode.Of(logEntry) ?? logEntry.Category);
        textWriter.Write(' ');

        // One line for one event, whatever a server's text holds.
        textWriter.WriteLine(text.ReplaceLineEndings(" "));
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }
}
