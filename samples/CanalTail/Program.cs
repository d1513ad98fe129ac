// CanalTail HOST:PORT DESTINATION prints each row change as one JSON line and acks a batch once all its lines are out.
// Where the server asks for a login: CANAL_USER and CANAL_PASSWORD in the environment.
using Canal.Client;
using Canal.Client.Entries;
using CanalTail;
using Microsoft.Extensions.Logging;

if (args.Length != 2 || !CanalEndpoint.TryParseList(args[0], out IReadOnlyList<CanalEndpoint>? endpoints))
{
    await Console.Error.WriteLineAsync("Usage: CanalTail HOST:PORT DESTINATION");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => { e.Cancel = true; stop.Cancel(); };
var options = new CanalClientOptions
{
    Endpoints = endpoints,
    Destination = args[1],
    Username = Environment.GetEnvironmentVariable("CANAL_USER"),
    Password = Environment.GetEnvironmentVariable("CANAL_PASSWORD"),
};
using ILoggerFactory logs = LoggerFactory.Create(static builder => builder.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
await using Stream output = Console.OpenStandardOutput();
while (!stop.IsCancellationRequested)
{
    try
    {
        await using CanalSession session = await CanalSession.OpenAsync(options, logs.CreateLogger("canal"), cancellationToken: stop.Token);
        while (true)
        {
            using CanalBatch batch = await session.FetchAsync(stop.Token);
            if (batch.IsEmpty)
            {
                continue;
            }

            foreach (CanalEntry entry in batch.Entries)
            {
                RowLine.Write(output, entry);
            }

            await output.FlushAsync(stop.Token);
            await session.AckAsync(batch.Id, stop.Token);
        }
    }
    catch (CanalException e) when (e.IsTransient)
    {
        // What was not acked comes again, so a line may be printed twice, but none is missing.
        await Console.Error.WriteLineAsync(e.Message);
    }
    catch (CanalException e)
    {
        // A refused login: again it would be the same.
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        // Ctrl+C.
    }
}

return 0;
