using System.Text.Json;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CanalBridge.UnitTests.Telemetry;

public sealed class LogLineTests
{
    [Fact]
    public void Line_for_people_has_time_level_code_and_text()
    {
        string line = Write(new TextLineFormatter(), "CanalBridge.Pipeline", static logger => Log.Stopped(logger, "example"));

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info CB-9002 Stopped destination example: everything sent is committed\n$", line);
    }

    [Fact]
    public void Line_for_machines_has_the_parts_of_the_message_by_name()
    {
        string line = Write(new JsonLineFormatter(), "CanalBridge.Pipeline", static logger => Log.Recycling(logger, "It failed.", "example", TimeSpan.FromSeconds(1.5)));

        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        Assert.Equal(("warning", "CB-4006"), (root.GetProperty("level").GetString(), root.GetProperty("code").GetString()));
        Assert.StartsWith("It failed. Starting a new producer", root.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"reason":"It failed.","destination":"example","delay":1.5}""", root.GetProperty("data").GetRawText());
        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_several_lines_stays_one_line()
    {
        string line = Write(new TextLineFormatter(), "CanalBridge.Pipeline", static logger => Log.CanalSessionLost(logger, "example", "first\nsecond"));

        Assert.Single(line.Trim('\n').Split('\n'));
    }

    [Fact]
    public void Lines_of_others_have_no_code()
    {
        string line = Write(new JsonLineFormatter(), "Microsoft.Hosting", static logger => logger.Log(LogLevel.Error, new EventId(4006), "no state", null, static (state, _) => state));

        Assert.Contains("\"category\":\"Microsoft.Hosting\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("CB-", line, StringComparison.Ordinal);
    }

    private static string Write(ConsoleFormatter formatter, string category, Action<ILogger> log)
    {
        using var text = new StringWriter { NewLine = "\n" };
        log(new FormattingLogger(formatter, category, text));
        return text.ToString();
    }

    private sealed class FormattingLogger(ConsoleFormatter formatter, string category, TextWriter text) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter1) =>
            formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter1), null, text);
    }
}
