using CanalBridge.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace CanalBridge.Http;

/// <summary>What <c>/metrics</c> collects. Beside an export that the standard variables switch on: each counts for itself.</summary>
internal static class MetricsPage
{
    /// <param name="version">Program version.</param>
    public static MeterProvider Create(string version) =>
        Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("canal-bridge", serviceVersion: version, autoGenerateServiceInstanceId: false))
            .AddMeter(BridgeMetrics.MeterName, "System.Runtime")
            .AddPrometheusExporter(static options =>
            {
                // The name of the meter on every line says nothing that the names do not.
                options.ScopeInfoEnabled = false;
                options.ScrapeResponseCacheDurationMilliseconds = 1000;
            })
            .Build();
}
