using System.Text.Json.Nodes;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>A panel of the dashboard.</summary>
/// <param name="Json">As it stands in the file.</param>
internal sealed record DashboardPanel(JsonNode Json)
{
    public static JsonNode Dashboard { get; } = JsonNode.Parse(File.ReadAllText(MonitoringFiles.DashboardPath))!;

    /// <summary>All panels, rows included.</summary>
    public static IReadOnlyList<DashboardPanel> All { get; } = [.. Dashboard["panels"]!.AsArray().Select(p => new DashboardPanel(p!))];

    /// <summary>Those that show something.</summary>
    public static IReadOnlyList<DashboardPanel> Shown { get; } = [.. All.Where(p => p.Type != "row")];

    public string Type => (string)Json["type"]!;

    public string Title => (string)Json["title"]!;

    public int Id => (int)Json["id"]!;

    /// <summary>PromQL as Prometheus gets it: for all clusters, namespaces and destinations.</summary>
    /// <param name="rateInterval">Grafana's choice: four scrapes at least. The range of the whole dashboard too.</param>
    public IEnumerable<string> Expressions(string rateInterval) =>
        Json["targets"]!.AsArray().Select(t => ((string)t!["expr"]!).Replace("$__rate_interval", rateInterval, StringComparison.Ordinal).Replace("$__range", rateInterval, StringComparison.Ordinal)
            .Replace("$cluster", ".*", StringComparison.Ordinal).Replace("$namespace", ".*", StringComparison.Ordinal).Replace("$destination", ".*", StringComparison.Ordinal));
}
