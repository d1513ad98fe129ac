using System.CommandLine;
using CanalBridge.Http;
using CanalBridge.Loop;
using CanalBridge.Loop.Fetch;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge run</c>: the service.</summary>
internal static class RunCommand
{
    private static readonly Option<bool> CheckConfig = new("--check-config")
    {
        Description = "Reads and checks the options as the service would, secret files included, says what is wrong, and ends. Connects to nothing.",
    };

    public static Command Create()
    {
        var command = new Command("run", "Carries one Canal destination into Kafka until it is stopped.");
        CommandConfiguration.AddTo(command);
        command.Options.Add(CheckConfig);
        command.SetAction((parsed, cancellationToken) =>
        {
            BridgeOptions options = CommandConfiguration.Read(parsed);
            return parsed.GetValue(CheckConfig) ? CheckAsync(options) : RunAsync(options, cancellationToken);
        });
        return command;
    }

    /// <exception cref="OptionsValidationException">The Kafka client does not take its settings; the rest was checked when the options were read.</exception>
    private static async Task<int> CheckAsync(BridgeOptions options)
    {
        // Only the client itself knows its settings. It is made to talk to nobody.
        new ConfluentProducerFactory(options, NullLogger.Instance).Probe();
        await Console.Out.WriteLineAsync(
            $"The options are sound: destination {options.Canal.Destination} at {options.Canal.Endpoints} to Kafka at {options.Kafka.BootstrapServers}, topics {options.Topics.Prefix}{options.Topics.Delimiter}<schema>{options.Topics.Delimiter}<table>, hash {OptionsHash.Of(options)}.");
        return ExitCode.Success;
    }

    private static async Task<int> RunAsync(BridgeOptions options, CancellationToken cancellationToken)
    {
        options.Canal.FirstGrace = BatchFetcher.StartGrace;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "canal-bridge" });

        // The exporter reads its standard variables from here; our own options were read before.
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.AddBridgeConsole();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Delivery.StopGracePeriod + options.Kafka.TransactionTimeout);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ProgramInfo(TimeProvider.System.GetUtcNow(), OptionsHash.Of(options), options.Delivery.MemoryBudgetBytes));
        builder.Services.AddSingleton<IProducerFactory>(s => new ConfluentProducerFactory(options, s.Logger<ConfluentProducer>()));
        builder.Services.AddSingleton<ITopicCatalog>(s => new TopicCatalog(options, s.GetRequiredService<DestinationWitness>(), TimeProvider.System, s.Logger<TopicCatalog>()));
        builder.Services.AddSingleton<IPositionStore>(s => new PositionStore(options, s.GetRequiredService<DestinationWitness>(), TimeProvider.System, s.Logger<PositionStore>()));
        builder.Services.AddSingleton(s => new DestinationWitness(options.Canal.Destination!, Guid.NewGuid(), TimeProvider.System, s.Logger<Destination>()));
        builder.Services.AddSingleton(s => new Destination(
            options, s.GetRequiredService<IProducerFactory>(), s.GetRequiredService<ITopicCatalog>(), s.GetRequiredService<IPositionStore>(), s.GetRequiredService<DestinationWitness>(),
            TimeProvider.System, s.Logger<Destination>()));
        builder.Services.AddSingleton(s => new HealthMetrics(s.GetRequiredService<Destination>().Health, s.GetRequiredService<ProgramInfo>()));
        builder.Services.AddHostedService<BridgeWorker>();
        AddTelemetry(builder.Services);
        using IHost host = builder.Build();

        // Nobody asks for the gauges: they only have to be there.
        host.Services.GetRequiredService<HealthMetrics>();
        await using IAsyncDisposable? http = await StartHttpAsync(host.Services, options.Http, cancellationToken);
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
        return Environment.ExitCode;
    }

    /// <summary>The port answers before anything else begins and until the loop has ended.</summary>
    private static Task<IAsyncDisposable?> StartHttpAsync(IServiceProvider services, HttpOptions options, CancellationToken cancellationToken)
    {
        var status = new StatusSource
        {
            Destinations = [services.GetRequiredService<Destination>().Health],
            Program = services.GetRequiredService<ProgramInfo>(),
            LivenessTimeout = options.LivenessTimeout,
            Time = TimeProvider.System,
            Stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping,
        };
        return HttpSide.StartAsync(options, status, services.GetRequiredService<ILoggerFactory>(), cancellationToken);
    }

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
