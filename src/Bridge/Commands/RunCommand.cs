using System.CommandLine;
using CanalBridge.Http;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Publish;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge run</c>: the service.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Carries one Canal destination into Kafka until it is stopped.");
        CommandConfiguration.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(CommandConfiguration.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BridgeOptions options, CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "canal-bridge" });

        // The exporter reads its standard variables from here; our own options were read before.
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.AddBridgeConsole();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Delivery.StopGracePeriod + options.Kafka.TransactionTimeout);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IProducerFactory>(s => new ConfluentProducerFactory(options, s.Logger<ConfluentProducer>()));
        builder.Services.AddSingleton<ITopicCatalog>(s => new TopicCatalog(options, s.Logger<TopicCatalog>()));
        builder.Services.AddSingleton<IPositionStore>(s => new PositionStore(options, TimeProvider.System, s.Logger<PositionStore>()));
        builder.Services.AddSingleton(s => new DestinationRunner(
            options, s.GetRequiredService<IProducerFactory>(), s.GetRequiredService<ITopicCatalog>(), s.GetRequiredService<IPositionStore>(), TimeProvider.System, s.Logger<Pipeline>()));
        builder.Services.AddHostedService<BridgeWorker>();
        AddTelemetry(builder.Services);
        using IHost host = builder.Build();
        await using IAsyncDisposable? http = await StartHttpAsync(host.Services, options, configHash: "", cancellationToken);
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
        return Environment.ExitCode;
    }

    /// <summary>The port answers before anything else begins and until the loop has ended.</summary>
    private static Task<IAsyncDisposable?> StartHttpAsync(IServiceProvider services, BridgeOptions options, string configHash, CancellationToken cancellationToken) =>
        HttpSide.StartAsync(
            options.Http,
            new StatusSource
            {
                Destinations = [services.GetRequiredService<DestinationRunner>().Health],
                MemoryBudgetBytes = options.Delivery.MemoryBudgetBytes,
                ConfigHash = configHash,
                LivenessTimeout = options.Http.LivenessTimeout,
                Time = TimeProvider.System,
                StartedAt = TimeProvider.System.GetUtcNow(),
                Stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping,
            },
            services.GetRequiredService<ILoggerFactory>(),
            cancellationToken);

    /// <summary>Exports only when the standard variables name a collector: the exporter's start costs more than the rest of ours.</summary>
    private static void AddTelemetry(IServiceCollection services)
    {
        string[] endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
        if (endpoints.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
        {
            services.AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("canal-bridge"))
                .WithMetrics(metrics => metrics.AddMeter(BridgeMetrics.MeterName))
                .WithTracing(tracing => tracing.AddSource(BridgeTracing.SourceName))
                .UseOtlpExporter();
        }
    }

    private static ILogger Logger<T>(this IServiceProvider services) => services.GetRequiredService<ILogger<T>>();
}
