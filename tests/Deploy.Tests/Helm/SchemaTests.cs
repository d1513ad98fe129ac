using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CanalBridge.Options;

namespace CanalBridge.DeployTests.Helm;

/// <summary>values.schema.json: the bounds of the options classes, and closed.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 2, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject Schema => JsonNode.Parse(HelmTool.ReadChart("values.schema.json"))!.AsObject();

    public static TheoryData<string, string> Durations => new(
        from section in OptionsSchema.Sections
        from option in OptionsSchema.OptionsOf(section)
        where OptionsSchema.DurationOf(option) is not null
        select new TheoryDataRow<string, string>(section.Name, option.Name));

    [Fact]
    public void Options_in_the_schema_are_those_of_the_program_with_the_same_types_and_bounds()
    {
        JsonObject expected = OptionsSchema.Create();
        Chart.Update("values.schema.json", old =>
        {
            JsonObject schema = JsonNode.Parse(old)!.AsObject();
            schema["properties"]!["config"] = expected.DeepClone();
            return schema.ToJsonString(Indented) + "\n";
        });

        JsonNode actual = Schema["properties"]!["config"]!;

        Assert.True(JsonNode.DeepEquals(expected, actual), $"values.schema.json differs from the options classes; UPDATE_CHART=1 rewrites it. Expected:\n{expected.ToJsonString(Indented)}");
    }

    [Fact]
    public void Reflection_sees_the_annotations()
    {
        JsonNode config = Schema["properties"]!["config"]!["properties"]!;

        Assert.Equal(1, (int)config["canal"]!["properties"]!["clientId"]!["minimum"]!);
        Assert.Equal(32767, (int)config["canal"]!["properties"]!["clientId"]!["maximum"]!);
        Assert.Equal(64L * 1024 * 1024 * 1024, (long)config["delivery"]!["properties"]!["memoryBudgetBytes"]!["maximum"]!);
        Assert.Equal(["none", "gzip", "snappy", "lz4", "zstd", null], config["kafka"]!["properties"]!["compression"]!["enum"]!.AsArray().Select(value => (string?)value));
        Assert.Equal("^([A-Za-z0-9._-]{1,200})$", (string?)config["topics"]!["properties"]!["prefix"]!["pattern"]);
        Assert.Equal(["tables"], config["topics"]!["properties"]!["routes"]!["additionalProperties"]!["required"]!.AsArray().Select(value => (string?)value));
    }

    [Fact]
    public void No_secret_is_a_value()
    {
        IEnumerable<string> secrets =
            from section in OptionsSchema.Sections
            from option in section.PropertyType.GetProperties()
            where option.IsDefined(typeof(SecretAttribute))
            select $"{OptionsSchema.ValueName(section)}{option.Name}";

        Assert.Equal(secrets.Order(StringComparer.Ordinal), Schema["properties"]!["secrets"]!["properties"]!.AsObject().Select(secret => secret.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("\"saslPassword\"", HelmTool.ReadChart("values.schema.json"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Durations))]
    public void A_duration_is_taken_from_bound_to_bound_and_not_beyond(string section, string option)
    {
        PropertyInfo property = typeof(BridgeOptions).GetProperty(section)!.PropertyType.GetProperty(option)!;
        (TimeSpan least, TimeSpan most) = OptionsSchema.DurationOf(property)!.Value;
        string pattern = (string)Schema["properties"]!["config"]!["properties"]![Camel(section)]!["properties"]![Camel(option)]!["pattern"]!;
        bool Takes(TimeSpan time) => Regex.IsMatch(time.ToString("c", CultureInfo.InvariantCulture), pattern);

        Assert.True(Takes(least), $"{least} by {pattern}");
        Assert.True(Takes(most), $"{most} by {pattern}");
        Assert.True(Takes((least + most) / 2));
        Assert.True(Takes(least + TimeSpan.FromTicks(1)) && Takes(most - TimeSpan.FromTicks(1)));
        Assert.False(Takes(most + TimeSpan.FromTicks(1)));
        Assert.False(Takes(most + TimeSpan.FromSeconds(1)));
        Assert.False(Takes(most + TimeSpan.FromHours(1)));
        Assert.False(least > TimeSpan.Zero && Takes(least - TimeSpan.FromTicks(1)), $"less than {least} by {pattern}");
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            var time = TimeSpan.FromMilliseconds(random.NextInt64((long)most.TotalMilliseconds * 2));
            Assert.Equal(time >= least && time <= most, Takes(time));
        }
    }

    [Theory]
    [InlineData("30")]
    [InlineData("00:30")]
    [InlineData("00:00:60")]
    [InlineData("00:60:00")]
    [InlineData("0:00:30")]
    [InlineData("-00:00:30")]
    [InlineData("00:00:30s")]
    [InlineData("00:00:30.")]
    [InlineData("00:00:30.12345678")]
    public void What_is_no_duration_is_not_taken(string text) =>
        Assert.DoesNotMatch(DurationPattern.Between(TimeSpan.Zero, TimeSpan.FromHours(23)), text);

    [Fact]
    public void Every_value_is_in_the_schema_and_every_member_of_the_schema_is_a_value()
    {
        string[] inSchema = [.. Paths(Schema, "").Where(path => path != "global").Order(StringComparer.Ordinal)];
        string[] inValues = [.. ValuesFile.All.Where(value => !value.IsGroup).Select(value => value.Path).Order(StringComparer.Ordinal)];

        Assert.Equal(inValues, inSchema);
    }

    [Fact]
    public void Every_group_of_values_is_closed()
    {
        var open = new List<string>();
        foreach (ChartValue group in ValuesFile.All.Where(value => value.IsGroup))
        {
            JsonNode? schema = group.Path.Split('.').Aggregate((JsonNode?)Schema, static (node, name) => node!["properties"]![name]);
            if (schema!["additionalProperties"] is not JsonValue value || value.GetValue<bool>())
            {
                open.Add(group.Path);
            }
        }

        Assert.Empty(open);
        Assert.False((bool)Schema["additionalProperties"]!);
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>Paths of what holds no named members; what is Kubernetes' own counts as one.</summary>
    private static IEnumerable<string> Paths(JsonNode schema, string path)
    {
        string[] wholes = ["resources", "startupProbe", "livenessProbe", "readinessProbe"];
        return schema["properties"] is JsonObject members && !wholes.Contains(path)
            ? members.SelectMany(member => Paths(member.Value!, path.Length == 0 ? member.Key : $"{path}.{member.Key}"))
            : [path];
    }
}
