using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Canal.Client;

namespace CanalBridge.Positions;

/// <summary>How far the committed Kafka transactions reach: the value of the position record.</summary>
internal sealed record StoredPosition
{
    /// <summary>Canal destination; also the record key.</summary>
    public required string Destination { get; init; }

    /// <summary>Process that wrote it, a new id at each start: tells a take-over from a time-out.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Positions of different epochs are not compared.</summary>
    public int Epoch { get; init; }

    /// <summary>Start of the last event done with, of rows or of DDL; null before the first.</summary>
    public BinlogPosition? Binlog { get; init; }

    /// <summary>Zero-based index of the last published row within that event; 0 for one without rows.</summary>
    public int Row { get; init; }

    /// <summary>Transaction id of that event where Canal runs in GTID mode; information only.</summary>
    public string? Gtid { get; init; }

    /// <summary>Server id of that event.</summary>
    public long ServerId { get; init; }

    /// <summary>Latest event time published so far, ms since the epoch: an event at or before the position cannot be later.</summary>
    public long MaxExecuteTimeMilliseconds { get; init; }

    /// <summary>Last Canal batch looked at: a smaller number later means that Canal's instance was started anew.</summary>
    public long BatchId { get; init; }

    /// <summary>Last BEGIN or END published; null before the first, and where they become no records.</summary>
    public BinlogPosition? Boundary { get; init; }

    /// <summary>The source transaction that was under way, as the envelope keeps it (JSON); null for none, and where nobody counts.</summary>
    public string? Transaction { get; init; }

    /// <summary>When the record was written; information only.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The record value: JSON, every member present.</summary>
    public byte[] Serialize()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteString("destination", Destination);
        json.WriteString("owner", Owner);
        json.WriteNumber("epoch", Epoch);
        json.WriteString("file", Binlog?.File);
        json.WriteNumber("offset", Binlog?.Offset ?? 0);
        json.WriteNumber("row", Row);
        json.WriteString("gtid", Gtid);
        json.WriteNumber("server_id", ServerId);
        json.WriteNumber("max_execute_time_ms", MaxExecuteTimeMilliseconds);
        json.WriteNumber("batch_id", BatchId);
        json.WriteString("boundary_file", Boundary?.File);
        json.WriteNumber("boundary_offset", Boundary?.Offset ?? 0);
        json.WriteString("transaction", Transaction);
        json.WriteString("time", Time);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a record value.</summary>
    /// <exception cref="FormatException">It is not one of ours, or of a newer version.</exception>
    public static StoredPosition Parse(ReadOnlyMemory<byte> value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != 1)
            {
                throw new FormatException($"expected version 1, got {version}; a newer bridge wrote it");
            }

            return new StoredPosition
            {
                Destination = root.GetProperty("destination").GetString() ?? throw new FormatException("destination is null"),
                Owner = root.GetProperty("owner").GetGuid(),
                Epoch = root.GetProperty("epoch").GetInt32(),
                Binlog = root.GetProperty("file").GetString() is { } file ? new BinlogPosition(file, root.GetProperty("offset").GetInt64()) : null,
                Row = root.GetProperty("row").GetInt32(),
                Gtid = root.GetProperty("gtid").GetString(),
                ServerId = root.GetProperty("server_id").GetInt64(),
                MaxExecuteTimeMilliseconds = root.GetProperty("max_execute_time_ms").GetInt64(),
                BatchId = root.GetProperty("batch_id").GetInt64(),
                Time = root.GetProperty("time").GetDateTimeOffset(),

                // A bridge of an earlier version did not write these.
                Boundary = Text("boundary_file") is { } boundary ? new BinlogPosition(boundary, root.GetProperty("boundary_offset").GetInt64()) : null,
                Transaction = Text("transaction"),
            };

            string? Text(string name) => root.TryGetProperty(name, out JsonElement member) ? member.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"expected the JSON of a position record, got {value.Length} other bytes", e);
        }
    }

    /// <summary>The record key of a destination.</summary>
    public static byte[] KeyOf(string destination) => Encoding.UTF8.GetBytes(destination);

    /// <summary>Short form for messages.</summary>
    public override string ToString() => Binlog is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"{at} row {Row} (server id {ServerId}, epoch {Epoch})")
        : "no position yet";
}
