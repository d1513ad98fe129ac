using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using CanalBridge.Health;
using CanalBridge.Telemetry;
using CanalBridge.Testing.Peers;

namespace CanalBridge.UnitTests.Telemetry;

/// <summary>docs/metrics.md against the instruments that there are.</summary>
public sealed partial class MetricsDocumentTests
{
    [Fact]
    public void Document_names_every_instrument_and_no_other()
    {
        var instruments = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == BridgeMetrics.MeterName)
                {
                    lock (instruments)
                    {
                        instruments.Add(instrument.Name);
                    }
                }
            },
        };
        listener.Start();
        // A constructor alone creates no static instruments.
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(BridgeMetrics).TypeHandle);
        using var gauges = new HealthMetrics(new DestinationHealth("example", Guid.NewGuid(), TimeProvider.System), new ProgramInfo(DateTimeOffset.UnixEpoch, "hash", 1));

        string[] documented = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "metrics.md")).Select(static line => Row().Match(line)).Where(static row => row.Success)
            .Select(static row => row.Groups["name"].Value).Where(static name => !name.StartsWith("dotnet.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(instruments, documented);
    }

    [GeneratedRegex("^\\| `[a-z_]+` \\| `(?<name>[a-z_.]+)` \\|")]
    private static partial Regex Row();
}
