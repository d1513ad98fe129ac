using System.CommandLine;
using Canal.Client;
using CanalBridge.Loop.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Registry;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Source;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge map FILE</c>: recorded frames through the very mapping of <c>run</c>, without Kafka; one JSON line per record.</summary>
internal static class MapCommand
{
    private static readonly string[] Sections = ["Source", "Topics", "Envelope", "Delivery", "Registry"];

    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Frames kept by canal-bridge record." };
        var tables = new Option<bool>("--tables") { Description = "Prints, instead of the records, each table: its topic and partitions, its key, its columns, which are left out, which are masked." };
        var command = new Command("map", "Prints the records that recorded frames become under these options, in order, as JSON lines.") { file, tables };
        CommandConfiguration.AddTo(command, Sections);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(CommandConfiguration.Read(parsed, Sections), parsed.GetRequiredValue(file), parsed.GetValue(tables), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BridgeOptions options, FileInfo file, bool tables, CancellationToken cancellationToken)
    {
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddBridgeConsole(LogLevel.Warning));
        ILogger logger = logs.CreateLogger("map");
        bool isLocal = options.Envelope.Traits.NeedsRegistry && string.IsNullOrWhiteSpace(options.Registry.Url);
        using SchemaRegistry? registry = isLocal ? null : SchemaRegistry.Create(options, TimeProvider.System, logger);
        if (isLocal)
        {
            await Console.Error.WriteLineAsync("Registry:Url is not set: the schema ids in these records are counted from 0 and mean nothing elsewhere.");
        }

        var router = new TopicRouter(options.Topics, logger, options.OwnTopics);
        using EntrySerializer serializer = SerializerFactory.Create(
            options, Guid.NewGuid(), router, SourceTables.Create(options.Source, TimeProvider.System, logger), isLocal ? new LocalSchemaIds() : registry);
        var mapper = new BatchMapper("map", Guid.Empty, serializer, new ReplayFilter(stored: null, epoch: 0, options.Source.Kind, options.Source.ServerIdMayChange), new BridgeMetrics("map"), TimeProvider.System, logger);
        using var records = new RecordBuffer();
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        var lines = new RecordLines(output);
        long frames = 0;
        if (Directory.Exists(file.FullName))
        {
            throw CommandConfiguration.Mistake($"{file.FullName} is a folder; name a file.");
        }

        await using FileStream input = file.OpenRead();
        try
        {
            await foreach (CanalBatch batch in CanalFrames.ReadAsync(input, cancellationToken: cancellationToken))
            {
                using (batch)
                {
                    frames++;
                    records.Clear();
                    mapper.Map(batch, records, cancellationToken);
                    for (int i = 0; i < records.Count && !tables; i++)
                    {
                        lines.Write(records[i], serializer.SharedHeaders);
                    }
                }
            }
        }
        catch (CanalProtocolException) when (frames == 0)
        {
            throw CommandConfiguration.Mistake($"{file.FullName} is no recording of canal-bridge record: it does not begin with a frame.");
        }

        foreach (TableSummary table in tables ? serializer.Tables : [])
        {
            TableLines.Write(output, table, table.Topic is null ? null : router.PartitionsOf(table.Topic));
        }

        if (frames == 0)
        {
            await Console.Error.WriteLineAsync($"{file.FullName} holds no frames.");
        }

        return ExitCode.Success;
    }
}
