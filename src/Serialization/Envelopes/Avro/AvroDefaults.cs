using System.Text;
using System.Text.Json;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>JSON of a column's value, as Connect's converter has it, to Avro. For what is worked out once: defaults and labels.</summary>
internal static class AvroDefaults
{
    /// <summary>The value in Avro's binary form.</summary>
    /// <param name="connect">Connect's type of it.</param>
    /// <param name="json">The value in JSON.</param>
    public static byte[] ToBinary(string connect, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        switch (connect)
        {
            case "boolean":
                output.Write(reader.GetBoolean() ? (byte)1 : (byte)0);
                break;
            case "float":
                AvroOutput.WriteSingle(ref output, reader.GetSingle());
                break;
            case "double":
                AvroOutput.WriteDouble(ref output, reader.GetDouble());
                break;
            case "string":
                AvroOutput.WriteBytes(ref output, Encoding.UTF8.GetBytes(reader.GetString()!));
                break;
            case "bytes":
                AvroOutput.WriteBytes(ref output, reader.GetBytesFromBase64());
                break;
            default:
                AvroOutput.WriteLong(ref output, reader.GetInt64());
                break;
        }

        output.Flush();
        return buffer.Slice(new ByteRange(0, buffer.LengthBytes)).ToArray();
    }

    /// <summary>The value as a schema has it: bytes are a string there, one character for each.</summary>
    public static string ToSchema(string connect, ReadOnlySpan<byte> json)
    {
        if (connect != "bytes")
        {
            return Encoding.UTF8.GetString(json);
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        JsonText.WriteQuoted(ref output, Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(reader.GetBytesFromBase64())));
        output.Flush();
        return Encoding.UTF8.GetString(buffer.Slice(new ByteRange(0, buffer.LengthBytes)));
    }
}
