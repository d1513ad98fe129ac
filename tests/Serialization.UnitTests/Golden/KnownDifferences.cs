using System.Text.Json;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>What Canal cannot supply, read from known-differences.json.</summary>
internal sealed class KnownDifferences
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private readonly File _file;

    private KnownDifferences(File file) => _file = file;

    public static KnownDifferences Load() =>
        new(JsonSerializer.Deserialize<File>(System.IO.File.ReadAllText(GoldenFiles.KnownDifferences), Options)!);

    /// <summary>Whether a member such as <c>source.gtid</c> or a header such as <c>header:runId</c> is not compared.</summary>
    public bool IsMasked(string scenario, string member) => _file.Masked.Any(mask =>
        mask.Member == member
        && (mask.Source is null || Plain(scenario).StartsWith(mask.Source + "/", StringComparison.Ordinal))
        && !mask.Except.Any(except => scenario.EndsWith("/" + except, StringComparison.Ordinal)));

    /// <summary>Places listed as differing in a scenario, such as <c>numbers.bools.b</c>.</summary>
    public IEnumerable<string> Of(string scenario) =>
        from difference in _file.Differences
        from place in difference.Where
        from name in new[] { scenario, Plain(scenario) }.Distinct()
        where place.StartsWith(name + " ", StringComparison.Ordinal)
        select place[(name.Length + 1)..];

    /// <summary>The list as docs/compatibility.md shows it.</summary>
    public string ToMarkdown()
    {
        var lines = new List<string> { "| member | of | not compared because |", "|---|---|---|" };
        lines.AddRange(_file.Masked.Select(static mask => $"| `{mask.Member}` | {mask.Source ?? "both"}{(mask.Except.Length > 0 ? $", but for Canal's GTID mode" : "")} | {mask.Reason} |"));
        lines.AddRange(["", "| what differs, and why | where it was seen |", "|---|---|"]);
        lines.AddRange(_file.Differences.Select(static difference => $"| {difference.Reason} | {string.Join(", ", difference.Where.Select(static place => $"`{place}`"))} |"));
        return string.Join('\n', lines);
    }

    /// <summary>With Canal's table history on, what differs without it differs too.</summary>
    private static string Plain(string scenario) => scenario.Replace("-tsdb/", "/", StringComparison.Ordinal);

    private sealed record File(Mask[] Masked, Difference[] Differences);

    private sealed record Mask(string Member, string Reason, string? Source, string[]? Except)
    {
        public string[] Except { get; } = Except ?? [];
    }

    private sealed record Difference(string Reason, string[] Where);
}
