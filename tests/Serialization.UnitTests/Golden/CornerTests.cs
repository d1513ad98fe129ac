using System.Text;
using System.Text.Json;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>
/// Inputs on which other tools failed, as a real Canal server sent them, become what a real Debezium wrote, but for what corner-differences.json
/// lists with its reason. Where Debezium itself failed there is no golden, or a short one: then the bridge must live.
/// </summary>
public sealed class CornerTests
{
    private const string Prefix = "bridge", Whole = "*", Fine = "bridge.case34.fine ";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Source and name of each recording.</summary>
    public static TheoryData<string> Corners => [.. GoldenFiles.CornerScenarios().DefaultIfEmpty("none")];

    [Theory]
    [MemberData(nameof(Corners))]
    public void Corner_differs_from_Debezium_only_where_it_may(string corner)
    {
        Assert.SkipWhen(GoldenFiles.Corners is null, "Needs SHARED_CORNERS or ../shared/corners.");
        string scenario = corner[(corner.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (bool schemas in (bool[])[false, true])
        {
            foreach ((string place, string difference) in Compare(corner, scenario, schemas))
            {
                found.TryAdd(place, difference);
            }
        }

        string[] listed = [.. Listed().Where(allowed => allowed.Corner == scenario).Select(static allowed => allowed.Place)];
        if (listed.Contains(Whole))
        {
            return;
        }

        string[] unlisted = [.. found.Where(difference => !listed.Contains(difference.Key)).Select(static difference => $"{difference.Key}: {difference.Value}")];
        string[] gone = [.. listed.Except(found.Keys)];
        Assert.True(unlisted.Length == 0, $"Not listed in corner-differences.json:\n{string.Join('\n', unlisted)}");
        Assert.True(gone.Length == 0, $"Listed in corner-differences.json, but equal:\n{string.Join('\n', gone)}");
    }

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public void Dates_that_do_not_exist_can_be_got_past_also_in_a_key(string source)
    {
        Assert.SkipWhen(GoldenFiles.Corners is null, "Needs SHARED_CORNERS or ../shared/corners.");
        Assert.True(MessageKeyColumns.TryParse(@"case34\.keyed:v", out MessageKeyColumns? keys));
        Assert.True(NameFilter.TryParse(@"case34\.required\.(d|t),case34\.keyed\.d", includes: false, out NameFilter? columns));
        var settings = new SerializationSettings
        {
            TopicPrefix = Prefix,
            UnfitValues = new UnfitValues { Date = UnfitValue.Null },
            MessageKeyColumns = keys,
            ColumnFilter = columns,
        };
        using var serializer = new EntrySerializer(settings, new DefaultTopics(Prefix));

        List<string> records = GoldenFiles.Serialize(
            serializer, $"corners/{source}/34-dates-that-do-not-exist", static (in record) => $"{record.Topic} {Encoding.UTF8.GetString(record.Key)}");

        Assert.Equal(
            ["{\"id\":1}", "{\"id\":2}", "{\"id\":3}", "{\"id\":4}", "{\"id\":5}"],
            records.Where(static record => record.StartsWith(Fine, StringComparison.Ordinal)).Select(static record => record[Fine.Length..]));
    }

    [Fact]
    public void Every_allowed_difference_has_its_reason_and_a_recording()
    {
        Assert.SkipWhen(GoldenFiles.Corners is null, "Needs SHARED_CORNERS or ../shared/corners.");
        string[] scenarios = [.. GoldenFiles.CornerScenarios().Select(static corner => corner["corners/".Length..])];

        Assert.All(Listed(), allowed => Assert.True(allowed.Reason.Length > 10 && scenarios.Contains(allowed.Corner), allowed.ToString()));
    }

    private static SortedDictionary<string, string> Compare(string corner, string scenario, bool schemas)
    {
        List<GoldenRecord> written = Serialize(corner, scenario, schemas, out string? stop);
        var comparison = new RecordComparison(scenario, KnownDifferences.Load(), mode: null, schemas);
        if (stop is not null)
        {
            comparison.Differences.Add("(stopped)", stop);
        }

        var variant = new GoldenVariant(Mode: null, schemas);
        if (!GoldenFiles.HasGolden(corner, variant))
        {
            return comparison.Differences;
        }

        var expected = GoldenFiles.ReadGolden(corner, variant).ToLookup(static record => record.Topic);
        var actual = written.ToLookup(static record => record.Topic);
        foreach (string topic in expected.Select(static group => group.Key).Union(actual.Select(static group => group.Key)))
        {
            try
            {
                if (topic == Prefix)
                {
                    comparison.CompareStatements([.. expected[topic]], [.. actual[topic]]);
                }
                else
                {
                    CompareRows(comparison, topic, [.. expected[topic]], [.. actual[topic]]);
                }
            }
            catch (Xunit.Sdk.XunitException e)
            {
                comparison.Differences.TryAdd($"{topic} (shape)", e.Message);
            }
        }

        return comparison.Differences;
    }

    /// <summary>Where one of them ends early, what both have.</summary>
    private static void CompareRows(RecordComparison comparison, string topic, List<GoldenRecord> expected, List<GoldenRecord> actual)
    {
        int both = Math.Min(expected.Count, actual.Count);
        if (expected.Count != actual.Count)
        {
            comparison.Differences.Add($"{topic} ({(expected.Count < actual.Count ? "more" : "fewer")} records)", $"expected {expected.Count} records, got {actual.Count}");
        }

        if (both > 0)
        {
            comparison.Compare(expected[..both], actual[..both]);
        }
    }

    private static List<GoldenRecord> Serialize(string corner, string scenario, bool schemas, out string? stop)
    {
        var settings = new SerializationSettings
        {
            SourceKind = scenario.StartsWith("mysql", StringComparison.Ordinal) ? SourceKind.MySql : SourceKind.MariaDb,
            TopicPrefix = Prefix,
            RunId = Guid.Empty,
            Schemas = schemas,
        };
        using var serializer = new EntrySerializer(settings, new DefaultTopics(Prefix));
        var records = new List<GoldenRecord>();
        stop = null;
        try
        {
            GoldenFiles.Serialize(serializer, corner, (in record) =>
            {
                records.Add(GoldenFiles.ToGolden(record, serializer.SharedHeaders));
                return true;
            });
        }
        catch (RowException e)
        {
            stop = e.Message;
        }

        return records;
    }

    private static Allowed[] Listed() =>
        JsonSerializer.Deserialize<Allowed[]>(File.ReadAllText(Path.Combine(Path.GetDirectoryName(GoldenFiles.KnownDifferences)!, "corner-differences.json")), Options)!;

    /// <summary>A difference that may be.</summary>
    /// <param name="Corner">Source and name of the recording.</param>
    /// <param name="Place">Table and column, <c>(stopped)</c>, or <c>*</c> for all of it.</param>
    /// <param name="Reason">Why.</param>
    private sealed record Allowed(string Corner, string Place, string Reason);
}
