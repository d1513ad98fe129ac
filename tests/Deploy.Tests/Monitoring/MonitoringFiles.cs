using CanalBridge.Testing.Peers;
using YamlDotNet.Serialization;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>What lies in deploy/monitoring and docs, read.</summary>
internal static class MonitoringFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "monitoring");

    public static string AlertsPath { get; } = Path.Combine(Folder, "alerts.yaml");

    public static string DashboardPath { get; } = Path.Combine(Folder, "dashboard.json");

    public static string[] RuleTests { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "tests"), "*.yaml").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<AlertRule> Alerts { get; } = [.. Read<RuleFile>(AlertsPath).Groups.SelectMany(g => g.Rules)];

    /// <summary>Anchors of the headings of a document in docs, as GitHub makes them of a heading that is one word.</summary>
    public static HashSet<string> Anchors(string document)
    {
#pragma warning disable CA1308 // Anchors are in lower case.
        return [.. File.ReadLines(Path.Combine(Repository.Root, document)).Where(l => l.StartsWith('#')).Select(l => l.TrimStart('#').Trim().ToLowerInvariant())];
#pragma warning restore CA1308
    }

    public static T Read<T>(string path) =>
        new DeserializerBuilder().WithNamingConvention(YamlDotNet.Serialization.NamingConventions.UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build()
            .Deserialize<T>(File.ReadAllText(path));
}
