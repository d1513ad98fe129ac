using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Canal.Client;

namespace CanalBridge.Positions;

/// <summary>How far the committed Kafka transactions reach: the value of the position record.</summary>
/// <remarks>
/// Version 2. Version 1 is read and upgraded with the first commit. The members of version 1 are still written, with their meaning, so that an
/// operator can go back to an older bridge (docs/adr/0014-identity-of-rows.md).
/// </remarks>
internal sealed record StoredPosition
{
    /// <summary>Canal destination; also the record key.</summary>
    public required string Destination { get; init; }

    /// <summary>Process that wrote it, a new id at each start: tells a take-over from a time-out.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Positions of different epochs are not compared.</summary>
    public int Epoch { get; init; }

    /// <summary>True start of the last event done with, of rows or of DDL; null before the first.</summary>
    public BinlogPosition? Binlog { get; init; }

    /// <summary>Zero-based index of the last published row within that event; 0 for one without rows.</summary>
    public int Row { get; init; }

    /// <summary>Transaction id of that event where Canal runs in GTID mode; information only.</summary>
    public string? Gtid { get; init; }

    /// <summary>Server id of that event.</summary>
    public long ServerId { get; init; }

    /// <summary>Latest event time so far, ms since the epoch; only an older bridge reads it.</summary>
    public long MaxExecuteTimeMilliseconds { get; init; }

    /// <summary>Last Canal batch looked at: a smaller number later means that Canal's instance was started anew.</summary>
    public long BatchId { get; init; }

    /// <summary>Label and true file of the entry of any kind that was met last; null before the first.</summary>
    public SeenLabel? Seen { get; init; }

    /// <summary>By what repeated entries are recognised where Canal gives no GTIDs; null in GTID mode.</summary>
    public ContentState? Content { get; init; }

    /// <summary>Which transactions are done; null where Canal gives no GTIDs.</summary>
    public GtidState? Gtids { get; init; }

    /// <summary>The source transaction that was under way, as the envelope keeps it (JSON); null for none, and where nobody counts.</summary>
    public string? Transaction { get; init; }

    /// <summary>When the record was written; information only.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The record value: JSON, every member present.</summary>
    public byte[] Serialize()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("version", 2);
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
        json.WriteString("boundary_file", Seen?.File);
        json.WriteNumber("boundary_offset", Seen?.Label.Offset ?? 0);
        json.WriteString("transaction", Transaction);
        json.WriteString("time", Time);
        WriteSeen(json);
        WriteContent(json);
        WriteGtids(json);
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
            if (version is not (1 or 2))
            {
                throw new FormatException($"expected version 1 or 2, got {version}; a newer bridge wrote it");
            }

            BinlogPosition? binlog = root.GetProperty("file").GetString() is { } file ? new BinlogPosition(file, root.GetProperty("offset").GetInt64()) : null;
            return new StoredPosition
            {
                Destination = root.GetProperty("destination").GetString() ?? throw new FormatException("destination is null"),
                Owner = root.GetProperty("owner").GetGuid(),
                Epoch = root.GetProperty("epoch").GetInt32(),
                Binlog = binlog,
                Row = root.GetProperty("row").GetInt32(),
                Gtid = root.GetProperty("gtid").GetString(),
                ServerId = root.GetProperty("server_id").GetInt64(),
                MaxExecuteTimeMilliseconds = root.GetProperty("max_execute_time_ms").GetInt64(),
                BatchId = root.GetProperty("batch_id").GetInt64(),
                Time = root.GetProperty("time").GetDateTimeOffset(),
                Transaction = root.TryGetProperty("transaction", out JsonElement transaction) ? transaction.GetString() : null,
                Seen = version == 1 ? SeenInVersion1(binlog) : ReadSeen(root.GetProperty("seen")),
                Content = version == 1 ? ContentInVersion1(binlog) : ReadContent(root.GetProperty("content")),
                Gtids = version == 1 ? null : ReadGtids(root.GetProperty("gtids")),
            };
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

    /// <summary>Version 1 knows the last event with rows alone, by its label.</summary>
    private static SeenLabel? SeenInVersion1(BinlogPosition? binlog) => binlog is { } at ? new SeenLabel(at, 0, at.File) : null;

    private static ContentState? ContentInVersion1(BinlogPosition? binlog) => binlog is { } at ? new ContentState { Last = new LastEntry(null, 0, null, at) } : null;

    private static SeenLabel? ReadSeen(JsonElement json) => json.ValueKind == JsonValueKind.Null
        ? null
        : new SeenLabel(new BinlogPosition(json.GetProperty("label").GetString()!, json.GetProperty("offset").GetInt64()), json.GetProperty("length").GetInt64(), json.GetProperty("file").GetString()!);

    private static ContentState? ReadContent(JsonElement json) => json.ValueKind == JsonValueKind.Null
        ? null
        : new ContentState
        {
            Last = Print(json, "last") is { } last ? new LastEntry(last, json.GetProperty("last_sub").GetInt32(), Print(json, "last_anchor"), default) : LastInVersion1(json),
            End = Print(json, "end"),
            First = Print(json, "first"),
            FirstOffset = json.GetProperty("first_offset").GetInt64(),
            AnchorOfFirst = Print(json, "first_anchor"),
            Anchor = Print(json, "anchor"),
            IsBehindEnd = json.GetProperty("behind_end").GetBoolean(),
            TellsBegins = json.GetProperty("tells_begins").GetBoolean(),
            Points = json.GetProperty("points").GetBytesFromBase64(),
            BoundariesBehindLast = json.GetProperty("boundaries").GetBytesFromBase64(),
        };

    /// <summary>Written before any row came after an upgrade.</summary>
    private static LastEntry? LastInVersion1(JsonElement json) => json.GetProperty("last_file").GetString() is { } file
        ? new LastEntry(null, 0, null, new BinlogPosition(file, json.GetProperty("last_offset").GetInt64()))
        : null;

    private static GtidState? ReadGtids(JsonElement json) => json.ValueKind == JsonValueKind.Null
        ? null
        : new GtidState
        {
            Done = json.GetProperty("done").GetString()!,
            Open = json.GetProperty("open").GetString(),
            OpenUnits = json.GetProperty("open_rows").GetInt64(),
            OpenIsStatement = json.GetProperty("open_is_statement").GetBoolean(),
            OpenHasBegun = json.GetProperty("open_has_begun").GetBoolean(),
            TellsBegins = json.GetProperty("tells_begins").GetBoolean(),
            Marks = json.GetProperty("marks").GetBytesFromBase64(),
            SparseMarks = json.GetProperty("sparse_marks").GetBytesFromBase64(),
            Points = json.GetProperty("points").GetBytesFromBase64(),
            Newest = json.GetProperty("newest").GetString()!,
            NewestOffset = json.GetProperty("newest_offset").GetInt64(),
        };

    private static ulong? Print(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { } text ? ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : null;

    private void WriteSeen(Utf8JsonWriter json)
    {
        if (Seen is not { } seen)
        {
            json.WriteNull("seen");
            return;
        }

        json.WriteStartObject("seen");
        json.WriteString("label", seen.Label.File);
        json.WriteNumber("offset", seen.Label.Offset);
        json.WriteNumber("length", seen.Length);
        json.WriteString("file", seen.File);
        json.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter json)
    {
        if (Content is not { } content)
        {
            json.WriteNull("content");
            return;
        }

        bool isVersion1 = content.Last is { Print: null };
        json.WriteStartObject("content");
        WritePrint("last", content.Last?.Print);
        json.WriteNumber("last_sub", content.Last?.Sub ?? 0);
        WritePrint("last_anchor", content.Last?.Anchor);
        json.WriteString("last_file", isVersion1 ? content.Last!.Value.Place.File : null);
        json.WriteNumber("last_offset", isVersion1 ? content.Last!.Value.Place.Offset : 0);
        WritePrint("end", content.End);
        WritePrint("first", content.First);
        json.WriteNumber("first_offset", content.FirstOffset);
        WritePrint("first_anchor", content.AnchorOfFirst);
        WritePrint("anchor", content.Anchor);
        json.WriteBoolean("behind_end", content.IsBehindEnd);
        json.WriteBoolean("tells_begins", content.TellsBegins);
        json.WriteBase64String("points", content.Points);
        json.WriteBase64String("boundaries", content.BoundariesBehindLast);
        json.WriteEndObject();

        void WritePrint(string name, ulong? print) => json.WriteString(name, print?.ToString("x16", CultureInfo.InvariantCulture));
    }

    private void WriteGtids(Utf8JsonWriter json)
    {
        if (Gtids is not { } gtids)
        {
            json.WriteNull("gtids");
            return;
        }

        json.WriteStartObject("gtids");
        json.WriteString("done", gtids.Done);
        json.WriteString("open", gtids.Open);
        json.WriteNumber("open_rows", gtids.OpenUnits);
        json.WriteBoolean("open_is_statement", gtids.OpenIsStatement);
        json.WriteBoolean("open_has_begun", gtids.OpenHasBegun);
        json.WriteBoolean("tells_begins", gtids.TellsBegins);
        json.WriteBase64String("marks", gtids.Marks);
        json.WriteBase64String("sparse_marks", gtids.SparseMarks);
        json.WriteBase64String("points", gtids.Points);
        json.WriteString("newest", gtids.Newest);
        json.WriteNumber("newest_offset", gtids.NewestOffset);
        json.WriteEndObject();
    }
}
