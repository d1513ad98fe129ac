using System.Text.RegularExpressions;
using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>A row of the tables in docs/metrics.md.</summary>
/// <param name="Name">Prometheus' name; a histogram's without _bucket, _sum and _count.</param>
/// <param name="Instrument">OpenTelemetry's name.</param>
/// <param name="Kind">gauge, counter or histogram.</param>
/// <param name="Labels">The labels it has of its own, with the values that the document names: all of them, or examples where there is one.</param>
/// <param name="Unit">As OpenTelemetry writes it; empty if it has none.</param>
internal sealed partial record KnownMetric(string Name, string Instrument, string Kind, IReadOnlyDictionary<string, string[]> Labels, string Unit)
{
    public static IReadOnlyList<KnownMetric> All { get; } =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "metrics.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(Parse)];

    /// <summary>Names of its series.</summary>
    public IEnumerable<string> Series => Kind == "histogram" ? [$"{Name}_bucket", $"{Name}_sum", $"{Name}_count"] : [Name];

    /// <summary>Whether its series carry the destination: all but those of the .NET runtime.</summary>
    public bool HasDestination => !Name.StartsWith("dotnet_", StringComparison.Ordinal);

    /// <summary>Its name as OpenTelemetry's exporter for Prometheus makes it of the instrument.</summary>
    public string ExportedName =>
        Instrument.Replace('.', '_') + Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } + (Kind == "counter" ? "_total" : "");

    private static KnownMetric Parse(string line)
    {
        string[] cells = [.. line.Trim('|').Split('|').Select(c => c.Trim())];
        if (cells.Length != 7)
        {
            throw new FormatException($"A row of docs/metrics.md has {cells.Length} cells, not 7: {line}");
        }

        var labels = LabelPattern().Matches(cells[3]).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries));
        return new KnownMetric(cells[0].Trim('`'), cells[1].Trim('`'), cells[2], labels, cells[4].Trim('`'));
    }

    // `state` = starting, running; `host` = x
    [GeneratedRegex("`(?<name>[a-z_]+)` = (?<values>[^;]+)")]
    private static partial Regex LabelPattern();
}
