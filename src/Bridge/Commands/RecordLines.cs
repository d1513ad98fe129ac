using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CanalBridge.Serialization.Output;
using Confluent.Kafka;

namespace CanalBridge.Commands;

/// <summary>A record as one JSON line: <c>{"topic":…,"key":…,"value":…,"headers":[[name,text],…]}</c>, key and value as raw text or null.</summary>
internal sealed class RecordLines(Stream output)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>A record that has not been to Kafka.</summary>
    public void Write(in SerializedRecord record, IReadOnlyList<KeyValuePair<string, byte[]>> sharedHeaders)
    {
        using Utf8JsonWriter json = Start(record.Topic);
        WriteText(json, "key", record.KeyIsNull, record.Key);
        WriteText(json, "value", record.ValueIsNull, record.Value);
        json.WriteStartArray("headers");
        if (record.HeaderName is { } own)
        {
            WriteHeader(json, own, record.HeaderValue);
        }

        foreach ((string name, byte[] value) in record.SharesHeaders ? sharedHeaders : [])
        {
            WriteHeader(json, name, value);
        }

        End(json);
    }

    /// <summary>A record that came out of Kafka.</summary>
    public void Write(string topic, Message<byte[]?, byte[]?> message)
    {
        using Utf8JsonWriter json = Start(topic);
        WriteText(json, "key", message.Key is null, message.Key);
        WriteText(json, "value", message.Value is null, message.Value);
        json.WriteStartArray("headers");
        foreach (IHeader header in message.Headers ?? [])
        {
            WriteHeader(json, header.Key, header.GetValueBytes());
        }

        End(json);
    }

    private static void WriteHeader(Utf8JsonWriter json, string name, ReadOnlySpan<byte> value)
    {
        json.WriteStartArray();
        json.WriteStringValue(name);
        json.WriteStringValue(Encoding.UTF8.GetString(value));
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, bool isNull, ReadOnlySpan<byte> value)
    {
        if (isNull)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }

    private Utf8JsonWriter Start(string topic)
    {
        _line.ResetWrittenCount();
        var json = new Utf8JsonWriter(_line, Options);
        json.WriteStartObject();
        json.WriteString("topic", topic);
        return json;
    }

    private void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        _line.Write("\n"u8);
        output.Write(_line.WrittenSpan);
    }
}
