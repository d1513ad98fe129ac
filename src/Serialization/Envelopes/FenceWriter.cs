using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>The mark that a statement leaves in every partition of a table's topic: rows before it have the old shape, rows behind it the new one.</summary>
/// <remarks>
/// A tombstone with a header. A value of any form would be read as a row; most consumers of Debezium's records pass tombstones over.
/// Those that take one for a delete, as Debezium's JDBC sink with <c>delete.enabled</c>, must drop what has the header (Connect: the
/// transformation Filter with the predicate HasHeaderKey).
/// The key is not null: topics that are compacted refuse null keys, and the whole transaction with them, and a delete without key may
/// be one of all rows. It is no row's key either: its one member, which no table should have as its key, is the statement's position and the table,
/// so a sink without the filter stops at it instead of deleting something, and no two fences are one to a compacting topic. It has the
/// form of the other keys, with schema or without, because converters read keys before anything can look at the header.
/// The header is JSON whose members are all texts: Connect's default header converter reads that as a map, and fails on several types.
/// </remarks>
internal sealed class FenceWriter
{
    /// <summary>Name of the header.</summary>
    public const string Header = "__canal_bridge.fence";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly bool _schemas;

    public FenceWriter(SerializationSettings settings) => _schemas = settings.Schemas;

    /// <summary>Appends the fence of one topic.</summary>
    /// <param name="header">Header of the statement's entry.</param>
    /// <param name="table">The table.</param>
    /// <param name="effect">What the statement did.</param>
    /// <param name="records">Receives the record.</param>
    public void Write(in EntryHeader header, SourceTable table, StatementEffect effect, RecordBuffer records)
    {
        string file = Encoding.UTF8.GetString(header.LogfileName), offset = header.LogfileOffset.ToString(CultureInfo.InvariantCulture);
        int start = records.LengthBytes;
        WriteKey(records, $"{file}:{offset} {table}");
        var key = new ByteRange(start, records.LengthBytes - start);

        start = records.LengthBytes;
        using (var json = new Utf8JsonWriter(records, Json))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("pos", offset);
            if (!header.TransactionGtid.IsEmpty)
            {
                json.WriteString("gtid", header.TransactionGtid);
            }

            json.WriteString("db", table.Schema);
            json.WriteString("table", table.Name);
            json.WriteString("ddl", effect.Text);
            json.WriteEndObject();
        }

        records.Add(table.Topic, key, ByteRange.Null, Header, new ByteRange(start, records.LengthBytes - start), RecordPlacement.EveryPartition);
    }

    private void WriteKey(RecordBuffer records, string name)
    {
        if (_schemas)
        {
            records.Write("""{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"fence"}],"optional":false,"name":"canal_bridge.fence.Key"},"payload":"""u8);
        }

        using (var json = new Utf8JsonWriter(records, Json))
        {
            json.WriteStartObject();
            json.WriteString("fence", name);
            json.WriteEndObject();
        }

        if (_schemas)
        {
            records.Write("}"u8);
        }
    }
}
