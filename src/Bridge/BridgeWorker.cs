using CanalBridge.Loop;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CanalBridge;

/// <summary>Runs the destination; a fault ends the process with its exit code.</summary>
internal sealed class BridgeWorker(BridgeOptions options, ProgramInfo program, Destination destination, IHostApplicationLifetime lifetime, ILogger<BridgeWorker> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => RunAsync(stoppingToken), CancellationToken.None);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        Log.Starting(
            logger, program.Version, Environment.ProcessId, Environment.MachineName, options.Canal.Destination!, options.Canal.Endpoints!, options.Kafka.BootstrapServers!,
            options.Topics.Prefix!, options.Topics.Delimiter, options.Topics.Delimiter);
        if (TimeZoneInfo.FindSystemTimeZoneById(options.Source.CanalTimeZone).SupportsDaylightSavingTime)
        {
            Log.ZoneHasDaylightSaving(logger, options.Source.CanalTimeZone);
        }

        try
        {
            await destination.RunAsync(stoppingToken);
        }
#pragma warning disable CA1031 // The one place where every fault ends: the process does.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // A worker that throws ends the process with exit code 0: set it.
            Environment.ExitCode = ExitCode.Of(e);
            Log.Fatal(logger, e.Message, Environment.ExitCode == ExitCode.Unexpected ? e : null);
        }

        lifetime.StopApplication();
    }
}
