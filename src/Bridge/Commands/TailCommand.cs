using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Loop.Fetch;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge tail</c>: what a Canal server sends, as JSON lines; without --ack the cursor stays where it is.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var ack = new Option<bool>("--ack") { Description = "Acknowledge what was printed: Canal will not deliver it again to anybody." };
        var command = new Command("tail", "Prints changes of a Canal server as JSON lines. Without --ack everything is given back at the end. A bridge that reads the destination is disturbed meanwhile: stop it first.") { ack };
        CommandConfiguration.AddTo(command, "Canal");
        command.SetAction((parsed, cancellationToken) => RunAsync(CommandConfiguration.Read(parsed, "Canal"), parsed.GetValue(ack), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BridgeOptions options, bool ack, CancellationToken cancellationToken)
    {
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddBridgeConsole(LogLevel.Warning));
        try
        {
            await using CanalSession session = await CanalSession.OpenAsync(CanalClientSettings.From(options.Canal), logs.CreateLogger<CanalSession>(), TimeProvider.System, cancellationToken);
            await Console.Error.WriteLineAsync($"Reading destination {options.Canal.Destination} from {session.Endpoint}; Ctrl-C ends.");
            await using Stream output = Console.OpenStandardOutput();
            try
            {
                await PrintAsync(session, output, ack, cancellationToken);
            }
            finally
            {
                // Nobody waits for what was only looked at.
                await session.RollbackAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how a tail ends.
        }

        return ExitCode.Success;
    }

    private static async Task PrintAsync(CanalSession session, Stream output, bool ack, CancellationToken cancellationToken)
    {
        while (true)
        {
            using CanalBatch batch = await session.FetchAsync(Wait, cancellationToken);
            if (batch.IsEmpty)
            {
                continue;
            }

            output.Write(Format(batch));
            await output.FlushAsync(cancellationToken);
            if (ack)
            {
                await session.AckAsync(batch.Id, cancellationToken);
            }
        }
    }

    private static byte[] Format(CanalBatch batch)
    {
        using var lines = new MemoryStream();
        foreach (CanalEntry entry in batch.Entries)
        {
            if (entry.Type != CanalEntryType.RowData)
            {
                continue;
            }

            RowChange change = entry.ReadRowChange();
            if (!change.Sql.IsEmpty)
            {
                WriteStatement(lines, entry, change);
            }

            foreach (RowData row in change.Rows)
            {
                WriteRow(lines, entry, row);
            }
        }

        return lines.ToArray();
    }

    private static void WriteStatement(MemoryStream lines, in CanalEntry entry, in RowChange change)
    {
        using (Utf8JsonWriter json = StartLine(lines, entry))
        {
            json.WriteString("sql", change.Sql);
            json.WriteEndObject();
        }

        lines.WriteByte((byte)'\n');
    }

    private static void WriteRow(MemoryStream lines, in CanalEntry entry, in RowData row)
    {
        using (Utf8JsonWriter json = StartLine(lines, entry))
        {
            if (entry.Header.EventType != CanalEventType.Insert)
            {
                WriteImage(json, "before", row.BeforeColumns);
            }

            if (entry.Header.EventType != CanalEventType.Delete)
            {
                WriteImage(json, "after", row.AfterColumns);
            }

            json.WriteEndObject();
        }

        lines.WriteByte((byte)'\n');
    }

    private static Utf8JsonWriter StartLine(MemoryStream lines, in CanalEntry entry)
    {
        var json = new Utf8JsonWriter(lines, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("db", entry.Header.SchemaName);
        json.WriteString("table", entry.Header.TableName);
        json.WriteString("event_type", entry.Header.EventType.ToString().ToUpperInvariant());
        json.WriteString("position", entry.Header.Position.ToString());
        return json;
    }

    private static void WriteImage(Utf8JsonWriter json, string name, RowData.ColumnEnumerable columns)
    {
        json.WriteStartObject(name);
        foreach (Column column in columns)
        {
            if (column.IsNull)
            {
                json.WriteNull(column.Name);
            }
            else
            {
                json.WriteString(column.Name, column.Value);
            }
        }

        json.WriteEndObject();
    }
}
