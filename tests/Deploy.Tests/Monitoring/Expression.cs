using System.Text.RegularExpressions;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>The names in a PromQL expression, found by its words: promtool checks the grammar, this what the words mean.</summary>
internal static partial class Expression
{
    private static readonly HashSet<string> Words = ["and", "or", "unless", "offset", "bool", "inf", "nan"];

    /// <summary>Names of the metrics.</summary>
    public static HashSet<string> Metrics(string expression)
    {
        string bare = Duration().Replace(Range().Replace(Grouping().Replace(Braces().Replace(Text().Replace(expression, ""), ""), " "), ""), "");
        return [.. Name().Matches(bare).Select(m => m.Value).Where(n => !Words.Contains(n))];
    }

    /// <summary>Each matcher: the metric, the label, the operator, the text.</summary>
    public static IEnumerable<(string Metric, string Label, string Operator, string Value)> Matchers(string expression) =>
        from selector in Selector().Matches(expression)
        from matcher in Matcher().Matches(selector.Groups["matchers"].Value)
        select (selector.Groups["metric"].Value, matcher.Groups["label"].Value, matcher.Groups["operator"].Value, matcher.Groups["value"].Value);

    /// <summary>Labels that results are grouped or joined by.</summary>
    public static HashSet<string> GroupingLabels(string expression) => [.. Labels(Grouping().Matches(expression)).SelectMany(l => l)];

    /// <summary>The labels of each aggregation and each join.</summary>
    public static IEnumerable<string[]> Groupings(string expression) =>
        Labels(Grouping().Matches(expression).Where(m => !m.Value.StartsWith("group_", StringComparison.Ordinal)));

    private static IEnumerable<string[]> Labels(IEnumerable<Match> groupings) =>
        groupings.Select(m => m.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\boffset\s+\w+")]
    private static partial Regex Duration();

    // A word that no parenthesis follows is no function.
    [GeneratedRegex(@"\b[a-zA-Z_:][\w:]*\b(?!\s*\()")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<metric>[a-zA-Z_:][\w:]*)\{(?<matchers>(?:[^}""]|""[^""]*"")*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>\w+)\s*(?<operator>=~|!~|!=|=)\s*""(?<value>[^""]*)""")]
    private static partial Regex Matcher();
}
