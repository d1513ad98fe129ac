using System.Text;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>What a real Canal server sent over TCP becomes, with <c>strict</c>, what its own Kafka mode wrote for the same statements, byte by byte.</summary>
public sealed class CanalFlatGoldenTests
{
    /// <summary>Members that tell of one run of Canal: its batch number, and when the message was made.</summary>
    private static readonly string[] OfTheRun = ["\"id\"", "\"ts\""];

    /// <summary>Scenarios with a golden.</summary>
    public static TheoryData<string> Scenarios => [.. GoldenFiles.Scenarios(GoldenVariant.CanalFlat)];

    [Fact]
    public void All_recordings_are_at_hand()
    {
        Assert.SkipWhen(
            GoldenFiles.SharedGolden is null || GoldenFiles.SharedRecordings is null,
            "Only the few recordings of this project were compared; for all, set SHARED_GOLDEN and SHARED_RECORDINGS or put them in ../shared/golden and ../shared/recordings.");

        Assert.Equal(16, Scenarios.Count);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Messages_equal_what_Canal_wrote(string scenario)
    {
        var expected = GoldenFiles.ReadGolden(scenario, GoldenVariant.CanalFlat).ToLookup(static record => record.Topic);
        ILookup<string, GoldenRecord> actual = Serialize(scenario).ToLookup(static record => record.Topic);

        Assert.Equal(expected.Select(static topic => topic.Key).Order(StringComparer.Ordinal), actual.Select(static topic => topic.Key).Order(StringComparer.Ordinal));
        foreach (IGrouping<string, GoldenRecord> topic in expected)
        {
            Assert.Equal(topic.Select(static record => (record.Key, Masked(record.Value!))), actual[topic.Key].Select(static record => (record.Key, Masked(record.Value!))));
        }
    }

    private static string Masked(string value) =>
        string.Join('\n', JsonSlices.Members(value).Select(static member => OfTheRun.Contains(member.Name) ? $"{member.Name}:masked" : $"{member.Name}:{member.Value}"));

    private static List<GoldenRecord> Serialize(string scenario)
    {
        var settings = new SerializationSettings
        {
            Format = EnvelopeFormat.CanalFlat,
            Strict = true,
            SourceKind = SourceKind.MariaDb,
            TopicPrefix = "bridge",
            SkippedOperations = SkippedOperations.None,
        };
        using var serializer = new EntrySerializer(settings, new CanalTopics());
        return GoldenFiles.Serialize(serializer, scenario, static (in record) => new GoldenRecord(record.Topic, record.KeyIsNull ? null : Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value), []));
    }

    /// <summary>Topics as Canal's dynamic ones; what has no table goes to its default topic.</summary>
    private sealed class CanalTopics : ITableTopics
    {
        public string TopicOf(string schema, string table) => table.Length == 0 ? "canal" : $"{schema}_{table}".ToLowerInvariant();
    }
}
