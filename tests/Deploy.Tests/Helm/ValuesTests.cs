using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CanalBridge.Options;
using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Helm;

/// <summary>values.yaml with its comments, and the files that are made from it or from others.</summary>
public sealed class ValuesTests
{
    private const string Begin = "<!-- values -->\n", End = "<!-- /values -->";

    [Fact]
    public void Every_value_has_a_comment() =>
        Assert.Empty(ValuesFile.All.Where(value => !value.IsGroup && value.Comment.Length < 8).Select(value => value.Path));

    [Fact]
    public void Comment_of_an_option_tells_its_default_and_bounds_as_the_program_has_them()
    {
        Dictionary<string, string> defaults = OptionsReader.Defaults().ToDictionary(option => option.Key, option => option.Value);
        var wrong = new List<string>();
        foreach (var section in OptionsSchema.Sections)
        {
            foreach (var option in OptionsSchema.OptionsOf(section).Where(option => defaults.ContainsKey($"{section.Name}:{option.Name}")))
            {
                ChartValue value = ValuesFile.All.Single(value => value.Path == $"config.{OptionsSchema.ValueName(section)}.{OptionsSchema.ValueName(option)}");
                string usual = defaults[$"{section.Name}:{option.Name}"];
                JsonNode schema = OptionsSchema.Create()["properties"]![OptionsSchema.ValueName(section)]!["properties"]![OptionsSchema.ValueName(option)]!;
                string?[] said =
                [
                    value.Default != "null" ? $"The program alone has {usual}." : usual == "required" ? "Required." : usual.Length > 0 && usual != "." ? $"Default {usual}" : null,
                    OptionsSchema.DurationOf(option) is { } duration ? $"{Text(duration.Least)} to {Text(duration.Most)}." : schema["minimum"] is { } least ? $"{least} to {schema["maximum"]}." : null,
                    schema["enum"] is JsonArray words ? $"one of {string.Join(", ", words.Where(word => word is not null))}." : null,
                ];
                wrong.AddRange(said.Where(text => text is not null && !value.Comment.Contains(text, StringComparison.Ordinal)).Select(text => $"{value.Path}: {text}"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Readme_lists_the_values_as_their_comments_tell_them()
    {
        Chart.Update("README.md", old => $"{old[..(old.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)]}{Tables()}{old[old.IndexOf(End, StringComparison.Ordinal)..]}");

        string readme = HelmTool.ReadChart("README.md");

        Assert.Contains(Begin + Tables() + End, readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alerts.yaml")]
    [InlineData("dashboard.json")]
    public void Copy_in_the_chart_is_equal_to_the_file_of_deploy_monitoring(string file)
    {
        string original = Path.Combine(Repository.Root, "deploy", "monitoring", file);
        Assert.SkipUnless(Directory.Exists(Path.GetDirectoryName(original)), "deploy/monitoring is not there yet.");
        Chart.Update($"files/{file}", _ => File.ReadAllText(original));

        Assert.Equal(File.ReadAllText(original), HelmTool.ReadChart("files", file));
    }

    [Fact]
    public void Chart_names_the_version_of_the_program()
    {
        JsonNode chart = Manifests.ParseYaml(HelmTool.ReadChart("Chart.yaml"))!;
        string version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

        Assert.Equal(version, (string?)chart["appVersion"]);
        Assert.Equal(version, (string?)chart["version"]);
    }

    private static string Text(TimeSpan time) =>
        time.ToString(time.Days > 0 ? @"d\.hh\:mm\:ss" : time.Milliseconds > 0 ? @"hh\:mm\:ss\.fff" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>A table for what stands at the top, one for each group of values; what a group's own comment says stands before it.</summary>
    private static string Tables()
    {
        var groups = ValuesFile.All.Where(value => !value.IsGroup).GroupBy(value => value.Path.StartsWith("config.", StringComparison.Ordinal)
            ? string.Join('.', value.Path.Split('.')[..2])
            : value.Path.Contains('.', StringComparison.Ordinal) ? value.Path[..value.Path.IndexOf('.', StringComparison.Ordinal)] : "");
        return string.Concat(groups.Select(group =>
        {
            string title = group.Key.Length == 0 ? "" : $"### {group.Key}\n\n";
            string comment = ValuesFile.All.FirstOrDefault(value => value.IsGroup && value.Path == group.Key)?.Comment is { Length: > 0 } text ? $"{text}\n\n" : "";
            return $"{title}{comment}| value | default | meaning |\n|---|---|---|\n{string.Concat(group.Select(Row))}\n";
        }));
    }

    private static string Row(ChartValue value) => $"| `{value.Path}` | `{value.Default}` | {value.Comment.Replace("|", "\\|", StringComparison.Ordinal)} |\n";
}
