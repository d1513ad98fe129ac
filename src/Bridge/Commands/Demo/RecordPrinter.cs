using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Confluent.Kafka;

namespace CanalBridge.Commands.Demo;

/// <summary>A record for people: topic, key, operation and images on one line, coloured on a terminal.</summary>
internal sealed class RecordPrinter(TextWriter output, bool colours)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Print(string topic, Message<byte[]?, byte[]?> message)
    {
        var line = new StringBuilder();
        line.Append(Paint(topic, "36")).Append(' ').Append(message.Key is null ? "(no key)" : Encoding.UTF8.GetString(message.Key));
        if (message.Value is null)
        {
            line.Append(' ').Append(Paint("tombstone", "90"));
        }
        else
        {
            using JsonDocument envelope = JsonDocument.Parse(message.Value);
            AppendValue(line, envelope.RootElement);
        }

        output.WriteLine(line.ToString());
    }

    private void AppendValue(StringBuilder line, JsonElement value)
    {
        if (value.TryGetProperty("ddl", out JsonElement statement))
        {
            line.Append(' ').Append(Paint("schema change", "35")).Append(' ').Append(statement.GetString());
            return;
        }

        string operation = value.GetProperty("op").GetString()!;
        line.Append(' ').Append(operation switch
        {
            "c" => Paint("create", "32"),
            "u" => Paint("update", "33"),
            "d" => Paint("delete", "31"),
            _ => operation,
        });
        AppendImage(line, " before ", value.GetProperty("before"));
        AppendImage(line, " after ", value.GetProperty("after"));
    }

    private static void AppendImage(StringBuilder line, string name, JsonElement image)
    {
        if (image.ValueKind != JsonValueKind.Null)
        {
            line.Append(name).Append(JsonSerializer.Serialize(image, Plain));
        }
    }

    private string Paint(string text, string code) => colours ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
