using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CanalBridge.Telemetry;

/// <summary>A log line for machines: one JSON object with <c>time</c>, <c>level</c>, <c>code</c>, <c>message</c>, the message's parts in <c>data</c>, and <c>exception</c>.</summary>
internal sealed class JsonLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "bridge-json";

    /// <summary>Name of the member of the state that holds the message's template.</summary>
    private const string Template = "{OriginalFormat}";

    /// <summary>A log is no HTML: quotes and letters beyond ASCII stay readable.</summary>
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", EventCode.Of(logEntry.LogLevel));
            if (EventCode.Of(logEntry) is { } code)
            {
                json.WriteString("code", code);
            }
            else
            {
                json.WriteString("category", logEntry.Category);
            }

            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            WriteData(json, logEntry.State);
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteData<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } parts)
        {
            return;
        }

        json.WriteStartObject("data");
        foreach ((string name, object? value) in parts)
        {
            if (name != Template)
            {
                WritePart(json, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value);
            }
        }

        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, Math.Round(number, 3));
                break;
            case TimeSpan time:
                json.WriteNumber(name, Math.Round(time.TotalSeconds, 3));
                break;
            case DateTimeOffset time:
                json.WriteString(name, time.UtcDateTime);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
