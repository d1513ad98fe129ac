using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CanalBridge.Serialization;

namespace CanalBridge.Commands;

/// <summary>A table and what the options make of it as one JSON line; <c>partitions</c> are those that a route wants, null for the usual.</summary>
internal static class TableLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Stream output, TableSummary table, int? partitions)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("table", table.Table);
            json.WriteString("topic", table.Topic);
            if (partitions is { } number)
            {
                json.WriteNumber("partitions", number);
            }
            else
            {
                json.WriteNull("partitions");
            }

            WriteNames(json, "key", table.Key);
            WriteNames(json, "columns", table.Columns);
            WriteNames(json, "left_out", table.LeftOut);
            WriteNames(json, "masked", table.Masked);
            json.WriteBoolean("defined", table.IsDefined);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        json.WriteStartArray(member);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
