using System.Text;
using System.Text.RegularExpressions;
using CanalBridge.Testing.Peers;

namespace CanalBridge.UnitTests.Documents;

/// <summary>What no compiler sees in the pages: links, anchors, and that a page and its translation have the same sections.</summary>
public sealed partial class DocumentTests
{
    private const string English = "docs/operations.md", Chinese = "docs/operations.zh.md";

    public static TheoryData<string> Pages { get; } = [.. FindPages()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Link_leads_to_a_file_and_a_heading_of_the_repository(string page) => Assert.Empty(BrokenLinks(page));

    [Fact]
    public void Both_languages_of_the_guide_have_the_same_sections()
    {
        IEnumerable<string> Shape(string page) => Headings(page).Select(static heading => HeadingShape().Match(heading).Value);

        Assert.Equal(Shape(English), Shape(Chinese));
    }

    [Fact]
    public void Both_languages_of_the_guide_have_the_same_alerts()
    {
        static string[] Alerts(string page) => [.. Headings(page).Where(static heading => heading.StartsWith("### CanalBridge", StringComparison.Ordinal))];

        string[] alerts = Alerts(English);
        Assert.NotEmpty(alerts);
        Assert.Equal(alerts, Alerts(Chinese));
    }

    [Fact]
    public void Both_languages_of_the_guide_show_the_same_commands()
    {
        // Comments may be translated; what is typed may not.
        static string[] Commands(string page) =>
            [.. CodeLines(page).Where(static line => Tool().IsMatch(line)).Select(static line => line.Split(" #")[0].TrimEnd())];

        Assert.Equal(Commands(English), Commands(Chinese));
    }

    [Theory]
    [InlineData(English)]
    [InlineData(Chinese)]
    public void Code_that_the_guide_names_is_an_event(string page)
    {
        string index = File.ReadAllText(PathOf("docs/events.md"));
        IEnumerable<string> codes = Code().Matches(File.ReadAllText(PathOf(page))).Select(static match => match.Value).Distinct(StringComparer.Ordinal);

        Assert.All(codes, code => Assert.Contains($"| `{code}` |", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Test_that_the_guarantees_name_is_there()
    {
        string sources = string.Concat(
            Directory.EnumerateFiles(PathOf("tests"), "*Test*.cs", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(PathOf("tests"), "*Fault*.cs", SearchOption.AllDirectories))
                .Select(File.ReadAllText));
        Match[] named = [.. NamedTest().Matches(File.ReadAllText(PathOf("docs/guarantees.md"))).Cast<Match>()];

        Assert.NotEmpty(named);
        Assert.All(named, test =>
        {
            Assert.Matches($"class {test.Groups["class"].Value}\\b", sources);
            Assert.True(!test.Groups["method"].Success || sources.Contains($" {test.Groups["method"].Value}(", StringComparison.Ordinal), test.Value);
        });
    }

    [Theory]
    [InlineData("## 8. Runbook", "8-runbook")]
    [InlineData("### Rows twice: `重复消费`", "rows-twice-重复消费")]
    [InlineData("### `{TransactionalId}.positions` is gone", "transactionalidpositions-is-gone")]
    [InlineData("### 位点（position）在哪里", "位点position在哪里")]
    public void Anchor_of_a_heading_is_GitHubs(string heading, string anchor) => Assert.Equal(anchor, AnchorOf(heading));

    private static IEnumerable<string> FindPages()
    {
        char separator = Path.DirectorySeparatorChar;
        return Directory.EnumerateFiles(Repository.Root, "*.md", new EnumerationOptions { RecurseSubdirectories = true })
            .Select(static file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(static page => !page.Split('/').Any(static part => part is "bin" or "obj" or "node_modules" or ".git" or "artifacts"))
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> BrokenLinks(string page)
    {
        foreach (string target in Link().Matches(Text(page)).Select(static match => match.Groups["target"].Value))
        {
            if (Uri.TryCreate(target, UriKind.Absolute, out _))
            {
                continue;
            }

            string[] parts = target.Split('#', 2);
            string file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page) ?? "", parts[0]);
            if (!Path.Exists(PathOf(file)))
            {
                yield return $"{page}: no file {target}";
            }
            else if (parts.Length == 2 && file.EndsWith(".md", StringComparison.Ordinal) && !Anchors(file).Contains(Uri.UnescapeDataString(parts[1])))
            {
                yield return $"{page}: no heading {target}";
            }
        }
    }

    private static HashSet<string> Anchors(string page)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (string heading in Headings(page, deepest: 6))
        {
            // GitHub numbers headings of the same text.
            string anchor = AnchorOf(heading), numbered = anchor;
            for (int i = 1; !anchors.Add(numbered); i++)
            {
                numbered = $"{anchor}-{i}";
            }
        }

        return anchors;
    }

    /// <summary>Lower case, blanks to hyphens, and of the rest letters, digits, hyphens and underscores.</summary>
    private static string AnchorOf(string heading)
    {
        var anchor = new StringBuilder();
        foreach (char letter in heading.TrimStart('#').Trim())
        {
            if (letter == ' ')
            {
                anchor.Append('-');
            }
            else if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
            {
                anchor.Append(char.ToLowerInvariant(letter));
            }
        }

        return anchor.ToString();
    }

    private static List<string> Headings(string page, int deepest = 3) =>
        [.. Text(page).Split('\n').Where(line => Heading().Match(line) is { Success: true } match && match.Groups["marks"].Length <= deepest)];

    /// <summary>A page without its blocks of code, whose lines are no headings and no links.</summary>
    private static string Text(string page) => string.Join('\n', Lines(page).Where(static line => !line.IsCode).Select(static line => line.Text));

    private static IEnumerable<string> CodeLines(string page) => Lines(page).Where(static line => line.IsCode).Select(static line => line.Text.Trim());

    private static IEnumerable<(string Text, bool IsCode)> Lines(string page)
    {
        bool isCode = false;
        foreach (string line in File.ReadLines(PathOf(page)))
        {
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!isFence)
            {
                yield return (line, isCode);
            }

            isCode ^= isFence;
        }
    }

    private static string PathOf(string page) => Path.Combine(Repository.Root, page);

    [GeneratedRegex(@"^(?<marks>#{1,6}) \S")]
    private static partial Regex Heading();

    /// <summary>Level, number of a section, name of an alert: what a translation keeps.</summary>
    [GeneratedRegex(@"^#+ (\d+\. |CanalBridge\w+)?")]
    private static partial Regex HeadingShape();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    /// <summary>A class of tests, and perhaps one of them.</summary>
    [GeneratedRegex(@"`(?<class>\w+(Tests|Faults))(\.(?<method>\w+))?`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\bCB-\d{4}\b")]
    private static partial Regex Code();

    [GeneratedRegex(@"^(sudo )?(helm|kubectl|kafka-\w[\w-]*\.sh|kcat|canal-bridge|curl|jq|systemctl|openssl) ")]
    private static partial Regex Tool();
}
