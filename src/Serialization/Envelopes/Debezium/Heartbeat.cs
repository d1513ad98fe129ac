using System.Text;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Debezium's heartbeat record: key <c>{"serverName":…}</c>, value <c>{"ts_ms":…}</c>, no headers.</summary>
internal static class Heartbeat
{
    private const string Key = """{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"serverName"}],"optional":false,"name":"io.debezium.connector.common.ServerNameKey","version":1},"payload":""";

    private const string Value = """{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"ts_ms"}],"optional":false,"name":"io.debezium.connector.common.Heartbeat","version":1},"payload":""";

    /// <summary>Appends the record.</summary>
    public static void Write(SerializationSettings settings, string topic, long nowNanoseconds, RecordBuffer records)
    {
        var output = new RecordOutput(records);
        int start = output.Position;
        output.Write(settings.Schemas ? Encoding.UTF8.GetBytes(Key) : []);
        output.Write("{\"serverName\":"u8);
        JsonText.WriteQuoted(ref output, Encoding.UTF8.GetBytes(settings.TopicPrefix));
        output.Write(settings.Schemas ? "}}"u8 : "}"u8);
        ByteRange key = output.RangeFrom(start);

        start = output.Position;
        output.Write(settings.Schemas ? Encoding.UTF8.GetBytes(Value) : []);
        output.Write("{\"ts_ms\":"u8);
        output.WriteNumber(nowNanoseconds / 1_000_000);
        output.Write(settings.Schemas ? "}}"u8 : "}"u8);
        records.Add(topic, key, output.RangeFrom(start), placement: RecordPlacement.FirstPartition, sharesHeaders: false);
        output.Flush();
    }
}
