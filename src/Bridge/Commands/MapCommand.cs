using System.CommandLine;
using Canal.Client;
using CanalBridge.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
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
        using EntrySerializer serializer = SerializerFactory.Create(options, Guid.NewGuid(), logger);
        var mapper = new BatchMapper(serializer, new ReplayFilter(stored: null, epoch: 0, options.Source.ServerIdMayChange), TimeProvider.System, logger);
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
                    lines.Write(records[i], serializer.SharedHeaders);
                }
            }
        }

        return ExitCode.Success;
    }
}
