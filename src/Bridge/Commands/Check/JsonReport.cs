using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace CanalBridge.Commands.Check;

/// <summary>One JSON document for machines, at the end.</summary>
internal sealed class JsonReport(Stream output, Language language, Func<string, string> hide) : IReport
{
    private readonly List<StepResult> _results = [];

    public void Add(StepResult result) => _results.Add(result);

    public void End(int exitCode, bool isInterrupted)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
        json.WriteStartObject();
        json.WriteNumber("exit_code", exitCode);
        json.WriteBoolean("interrupted", isInterrupted);
        json.WriteStartArray("steps");
        foreach (StepResult result in _results)
        {
            json.WriteStartObject();
            json.WriteString("step", result.Step);
            json.WriteString("status", result.Status.ToString().ToLowerInvariant());
            json.WriteString("code", result.Detail.Text.Code);
            json.WriteString("detail", result.Detail.In(language, hide));
            json.WriteString("remedy", result.Remedy is { } remedy ? remedy.In(language, hide) : null);
            json.WriteNumber("exit_code", result.ExitCode);
            json.WriteNumber("millis", Math.Round(result.Elapsed.TotalMilliseconds, 1));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }
}
