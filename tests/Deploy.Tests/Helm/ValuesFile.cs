using System.Text.Json.Nodes;

namespace CanalBridge.DeployTests.Helm;

/// <summary>One value of values.yaml: its path with dots, the comment above it, what it is by default, and whether it only holds others.</summary>
internal sealed record ChartValue(string Path, string Comment, string Default, bool IsGroup);

/// <summary>values.yaml with its comments, read line by line: YAML readers drop them.</summary>
internal static class ValuesFile
{
    /// <summary>Values that are one thing to who sets them; what stands in them is Kubernetes' own.</summary>
    private static readonly string[] Wholes =
        ["resources", "startupProbe", "livenessProbe", "readinessProbe", "podSecurityContext", "securityContext", "dashboard.labels"];

    public static JsonObject Tree { get; } = (JsonObject)Manifests.ParseYaml(HelmTool.ReadChart("values.yaml"))!;

    public static IReadOnlyList<ChartValue> All { get; } = [.. Read()];

    private static IEnumerable<ChartValue> Read()
    {
        var path = new List<string>();
        var comment = new List<string>();
        foreach (string line in HelmTool.ReadChart("values.yaml").Split('\n'))
        {
            string text = line.TrimStart();
            if (text.Length == 0)
            {
                comment.Clear();
                continue;
            }

            if (text.StartsWith('#'))
            {
                comment.Add(text[1..].Trim());
                continue;
            }

            int depth = (line.Length - text.Length) / 2;
            path.RemoveRange(depth, path.Count - depth);
            path.Add(text[..text.IndexOf(':', StringComparison.Ordinal)]);
            string name = string.Join('.', path), value = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            if (!Array.Exists(Wholes, whole => name.StartsWith($"{whole}.", StringComparison.Ordinal)))
            {
                bool isWhole = Wholes.Contains(name);
                yield return new ChartValue(name, string.Join(' ', comment), isWhole ? Node(name)!.ToJsonString() : value, value.Length == 0 && !isWhole);
            }

            comment.Clear();
        }
    }

    private static JsonNode? Node(string path) => path.Split('.').Aggregate((JsonNode?)Tree, static (node, name) => node![name]);
}
