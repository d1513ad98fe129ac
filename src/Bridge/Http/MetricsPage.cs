using System.Diagnostics.Metrics;
using CanalBridge.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace CanalBridge.Http;

/// <summary>What <c>/metrics</c> collects. Beside an export that the standard variables switch on: each counts for itself.</summary>
internal static class MetricsPage
{
    // From a commit of a few milliseconds to an outage of ten minutes.
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    // Powers of 4 from 64 B to 64 MiB.
    private static readonly double[] Bytes = [.. Enumerable.Range(3, 11).Select(static power => Math.Pow(4, power))];

    private static readonly double[] Counts = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536];

    /// <param name="version">Program version.</param>
    public static MeterProvider Create(string version) =>
        Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("canal-bridge", serviceVersion: version, autoGenerateServiceInstanceId: false))
            .AddMeter(BridgeMetrics.MeterName, "System.Runtime")
            .AddView(static instrument => BoundsOf(instrument) is { } bounds ? new ExplicitBucketHistogramConfiguration { Boundaries = bounds } : null)
            .AddPrometheusExporter(static options =>
            {
                // The name of the meter on every line says nothing that the names do not.
                options.ScopeInfoEnabled = false;
                options.ScrapeResponseCacheDurationMilliseconds = 1000;
            })
            .Build();

    private static double[]? BoundsOf(Instrument instrument) =>
        instrument.Meter.Name != BridgeMetrics.MeterName || !instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal) ? null
        : instrument.Unit switch
        {
            "s" => Seconds,
            "By" => Bytes,
            _ => Counts,
        };
}
