using System.CommandLine;
using System.Globalization;
using Canal.Client;
using CanalBridge.Loop.Fetch;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge record FILE</c>: keeps what a Canal server sends, for a bug report or a test; nothing is acknowledged.</summary>
internal static class RecordCommand
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "File to write: each frame with its four-byte length, as the server sent it." };
        var idle = new Option<double>("--idle") { Description = "End after this many seconds without a change; 0 = only by Ctrl-C.", DefaultValueFactory = _ => 0 };
        idle.Validators.Add(static result => OptionRules.RefuseBelow(result, 0));
        var force = new Option<bool>("--force") { Description = "Overwrite the file if it is there." };
        var command = new Command("record", "Keeps the frames that a Canal server sends, without acknowledging any. A bridge that reads the destination is disturbed meanwhile: stop it first. The file holds row values: mind who gets it.") { file, idle, force };
        CommandConfiguration.AddTo(command, "Canal");
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(CommandConfiguration.Read(parsed, "Canal"), parsed.GetRequiredValue(file), parsed.GetValue(force), TimeSpan.FromSeconds(parsed.GetValue(idle)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BridgeOptions options, FileInfo file, bool force, TimeSpan idle, CancellationToken cancellationToken)
    {
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddBridgeConsole(LogLevel.Warning));
        CanalClientOptions client = CanalClientSettings.From(options.Canal);
        client.WindowBytes = long.MaxValue;
        long batches = 0, entries = 0;
        if (Directory.Exists(file.FullName))
        {
            throw CommandConfiguration.Mistake($"{file.FullName} is a folder; name a file.");
        }

        if (file.Exists && !force)
        {
            throw CommandConfiguration.Mistake($"{file.FullName} is there already; name another file, or overwrite it with --force.");
        }

        try
        {
            await using CanalSession session = await CanalSession.OpenAsync(client, logs.CreateLogger<CanalSession>(), TimeProvider.System, cancellationToken);
            await using FileStream output = file.Open(force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write);
            try
            {
                long lastNews = TimeProvider.System.GetTimestamp();
                while (idle == TimeSpan.Zero || TimeProvider.System.GetElapsedTime(lastNews) < idle)
                {
                    using CanalBatch batch = await session.FetchAsync(Wait, cancellationToken);
                    if (!batch.IsEmpty)
                    {
                        await CanalFrames.WriteAsync(output, batch, CancellationToken.None);
                        lastNews = TimeProvider.System.GetTimestamp();
                        batches++;
                        entries += batch.Count;
                    }
                }
            }
            finally
            {
                await session.RollbackAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends a recording; what was written is whole.
        }

        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Recorded {entries} entries in {batches} frames to {file.FullName}; given back to Canal. A server holds back further changes once its ring (16 MiB by default) is full of unacknowledged ones."));
        return ExitCode.Success;
    }
}
