using System.Text.Json;
using Confluent.Kafka;

namespace Mirror;

/// <summary>One record: the key, and the row as it is now; null where it is gone.</summary>
internal sealed record RowChange(string Table, JsonElement Key, JsonElement? Row)
{
    /// <summary>Reads key and value of a record; null for one that says nothing.</summary>
    public static RowChange? Read(ConsumeResult<byte[]?, byte[]?> record)
    {
        (string topic, byte[]? key, byte[]? value) = (record.Topic, record.Message.Key, record.Message.Value);
        if (record.Message.Headers?.Any(static header => header.Key == "__canal_bridge.fence") == true)
        {
            // Envelope:DdlFence: the table changes here. It has no value and looks like a tombstone.
            return null;
        }

        if (key is null)
        {
            return value is null ? null : throw new InvalidDataException(
                $"{topic} has a record without key: a truncate, or a table without primary key. Leave such a topic out, or give the table a key (Envelope:MessageKeyColumns).");
        }

        JsonElement keyColumns = JsonElement.Parse(key);
        if (value is null)
        {
            // A tombstone follows each delete. On a compacted topic it may be all that is left, so it deletes as well.
            return new RowChange(topic[(topic.LastIndexOf('.') + 1)..], keyColumns, null);
        }

        JsonElement envelope = JsonElement.Parse(value);
        string table = envelope.GetProperty("source").GetProperty("table").GetString()!;
        JsonElement after = envelope.GetProperty("after");
        return envelope.GetProperty("op").GetString() switch
        {
            // A changed key comes as a delete of the old one and a create of the new one.
            "c" or "u" or "r" => new RowChange(table, keyColumns, after),
            "d" => new RowChange(table, keyColumns, null),
            string operation => throw new InvalidDataException($"{topic} has a record with op '{operation}'."),
            null => throw new InvalidDataException($"{topic} has a record without op."),
        };
    }
}
