using System.CommandLine;
using Canal.Client;
using CanalBridge.Fetch;
using CanalBridge.Map;
using CanalBridge.Options;
using CanalBridge.Publish;
using CanalBridge.Serialization;
using CanalBridge.Telemetry;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge map FILE</c>: recorded frames through the very mapping of <c>run</c>, without Kafka; one JSON line per record.</summary>
internal static class MapCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Frames kept by canal-bridge record." };
        var command = new Command("map", "Prints the records that recorded frames become, in order. Takes the options of run.") { file };
        CommandConfiguration.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(CommandConfiguration.Read(parsed, "Source", "Topics", "Envelope"), parsed.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BridgeOptions options, FileInfo file, CancellationToken cancellationToken)
    {
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddBridgeConsole(LogLevel.Warning));
        ILogger logger = logs.CreateLogger("map");
        var mapper = new BatchMapper(
            new EntrySerializer(SerializerSettings.From(options)), new ReplayFilter(stored: null, epoch: 0, options.Source.ServerIdMayChange), TimeProvider.System, logger);
        var router = new TopicRouter(options.Topics, logger);
        Headers? headers = options.Envelope.ContextHeaders ? ContextHeaders.Create(options, Guid.NewGuid()) : null;
        using var records = new RecordBuffer();
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        var lines = new RecordLines(output);
        await using FileStream input = file.OpenRead();
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(input, options.Canal.FrameCapBytes, cancellationToken))
        {
            using (batch)
            {
                records.Clear();
                mapper.Map(batch, records);
                for (int i = 0; i < records.Count; i++)
                {
                    SerializedRecord record = records[i];
                    lines.Write(router.TopicOf(record.Table), record, headers);
                }
            }
        }

        return ExitCode.Success;
    }
}
