using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CanalBridge.Health;
using CanalBridge.Telemetry;

namespace CanalBridge.Http;

/// <summary>The JSON of <c>/status</c>; docs/status.md describes its members. No option's value is in it, so no secret can be.</summary>
internal static class StatusReport
{
    // Sent as application/json and never put into HTML: names in Chinese and quotes in errors stay readable.
    private static readonly JsonWriterOptions Form = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(StatusSource status)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Form))
        {
            DateTimeOffset now = status.Time.GetUtcNow();
            json.WriteStartObject();
            json.WriteString("version", status.Program.Version);
            WriteTime(json, "time", now);
            WriteTime(json, "started_at", status.Program.StartedAt);
            WriteSeconds(json, "uptime_seconds", now - status.Program.StartedAt);
            json.WriteString("host", Environment.MachineName);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteString("config_hash", status.Program.ConfigHash);
            json.WriteBoolean("live", !Probes.WhyNotLive(status).Any());
            json.WriteBoolean("ready", !Probes.WhyNotReady(status).Any());
            json.WriteStartObject("memory");
            json.WriteNumber("budget_bytes", status.Program.MemoryBudget);
            json.WriteNumber("used_bytes", ProcessMemory.Used);
            json.WriteNumber("limit_bytes", ProcessMemory.Limit);
            json.WriteEndObject();
            json.WriteStartArray("destinations");
            foreach (DestinationSnapshot destination in status.Read())
            {
                WriteDestination(json, destination);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        // For those who read it in a terminal.
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteDestination(Utf8JsonWriter json, DestinationSnapshot destination)
    {
        json.WriteStartObject();
        json.WriteString("destination", destination.Destination);
        json.WriteString("state", destination.State.Name());
        WriteTime(json, "state_since", destination.StateSince);
        json.WriteString("owner", destination.Owner);
        json.WriteBoolean("is_owner", destination.IsOwner);
        json.WriteString("endpoint", destination.Endpoint);
        json.WriteString("position", destination.Position);
        WriteTime(json, "last_commit", destination.LastCommit);
        WriteSeconds(json, "source_lag_seconds", destination.SourceLag);
        WriteSeconds(json, "delivery_lag_seconds", destination.DeliveryLag);
        WriteSeconds(json, "source_silence_seconds", destination.SourceSilence);
        json.WriteStartObject("rows");
        json.WriteNumber("received", destination.Rows.Received);
        json.WriteNumber("committed", destination.Rows.Committed);
        json.WriteNumber("filtered", destination.Rows.Filtered);
        json.WriteNumber("duplicates", destination.Rows.Duplicates);
        json.WriteNumber("returned", destination.Rows.Returned);
        json.WriteNumber("in_flight", destination.Rows.InFlight);
        json.WriteNumber("unaccounted", destination.Rows.Unaccounted);
        json.WriteEndObject();
        json.WriteNumber("records", destination.Records);
        json.WriteNumber("transactions", destination.Transactions);
        json.WriteNumber("unacked_batches", destination.UnackedBatches);
        WriteSeconds(json, "unacked_batches_age_seconds", destination.OldestUnacked);
        json.WriteNumber("kafka_queue_bytes", destination.QueueBytes);
        WriteSeconds(json, "since_beat_seconds", destination.SinceBeat);
        if (destination.LastError is { } error)
        {
            json.WriteStartObject("last_error");
            WriteTime(json, "at", destination.LastErrorAt);
            json.WriteString("text", error);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("last_error");
        }

        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan time) => json.WriteNumber(name, Math.Round(time.TotalSeconds, 3));
}
