using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CanalBridge.Serialization.Output;
using Confluent.Kafka;

namespace CanalBridge.Commands;

/// <summary>
/// A record as one JSON line: <c>{"topic":…,"key":…,"value":…,"headers":[[name,text],…]}</c>, key and value as raw text or null;
/// in base64, and told by a member <c>"encoding":"base64"</c> behind the topic, where one of them is no text.
/// </summary>
internal sealed class RecordLines(Stream output)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>A record that has not been to Kafka.</summary>
    public void Write(in SerializedRecord record, IReadOnlyList<KeyValuePair<string, byte[]>> sharedHeaders)
    {
        using Utf8JsonWriter json = Start(record.Topic);
        WriteParts(json, record.KeyIsNull, record.Key, record.ValueIsNull, record.Value);
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
        WriteParts(json, message.Key is null, message.Key, message.Value is null, message.Value);
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

    private static void WriteParts(Utf8JsonWriter json, bool keyIsNull, ReadOnlySpan<byte> key, bool valueIsNull, ReadOnlySpan<byte> value)
    {
        bool isText = IsText(key) && IsText(value);
        if (!isText)
        {
            json.WriteString("encoding", "base64");
        }

        WritePart(json, "key", keyIsNull, key, isText);
        WritePart(json, "value", valueIsNull, value, isText);
    }

    /// <summary>No JSON begins with a zero, and every record with a schema id does.</summary>
    private static bool IsText(ReadOnlySpan<byte> part) => !part.StartsWith((byte)0) && Utf8.IsValid(part);

    private static void WritePart(Utf8JsonWriter json, string name, bool isNull, ReadOnlySpan<byte> value, bool isText)
    {
        if (isNull)
        {
            json.WriteNull(name);
        }
        else if (isText)
        {
            json.WriteString(name, value);
        }
        else
        {
            json.WriteBase64String(name, value);
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
