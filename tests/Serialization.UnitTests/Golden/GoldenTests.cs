using System.Text;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>What a real Canal server sent becomes what a real Debezium wrote for the same statements, byte by byte.</summary>
public sealed class GoldenTests
{
    private const string Prefix = "bridge";

    public static TheoryData<string> Scenarios => [.. GoldenFiles.Scenarios()];

    [Fact]
    public void All_recordings_are_at_hand()
    {
        Assert.SkipWhen(
            GoldenFiles.SharedGolden is null || GoldenFiles.SharedRecordings is null,
            "Only the few recordings of this project were compared; for all, set SHARED_GOLDEN and SHARED_RECORDINGS or put them in ../shared/golden and ../shared/recordings.");

        Assert.True(Scenarios.Count > 35);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Records_equal_what_Debezium_wrote(string scenario)
    {
        var known = KnownDifferences.Load();
        var expected = GoldenFiles.ReadGolden(scenario).Where(record => !known.IsMaskedTopic(record.Topic)).ToLookup(static record => record.Topic);
        var actual = Serialize(scenario).ToLookup(static record => record.Topic);
        var comparison = new RecordComparison(scenario, known);

        foreach (string topic in expected.Select(static group => group.Key).Union(actual.Select(static group => group.Key)))
        {
            comparison.Compare([.. expected[topic]], [.. actual[topic]]);
        }

        string[] listed = [.. known.Of(scenario)];
        string[] unlisted = [.. comparison.Differences.Where(difference => !listed.Contains(difference.Key)).Select(static difference => $"{difference.Key}: {difference.Value}")];
        string[] gone = [.. listed.Except(comparison.Differences.Keys)];
        Assert.True(unlisted.Length == 0, $"Not listed in known-differences.json:\n{string.Join('\n', unlisted)}");
        Assert.True(gone.Length == 0, $"Listed in known-differences.json, but equal:\n{string.Join('\n', gone)}");
    }

    private static List<GoldenRecord> Serialize(string scenario)
    {
        bool isMySql = scenario.StartsWith("mysql", StringComparison.Ordinal);
        var settings = new SerializationSettings
        {
            SourceKind = isMySql ? SourceKind.MySql : SourceKind.MariaDb,
            TopicPrefix = Prefix,
            CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById(scenario.EndsWith("shanghai", StringComparison.Ordinal) ? "Asia/Shanghai" : "UTC"),
            RunId = Guid.Empty,
        };
        using var serializer = new EntrySerializer(settings, new DefaultTopics(Prefix), GoldenFiles.StatementsBefore(scenario));
        var records = new List<GoldenRecord>();
        using var buffer = new RecordBuffer();
        foreach (byte[] frame in GoldenFiles.ReadFrames(scenario))
        {
            buffer.Clear();
            using var batch = new CanalBatch(frame);
            foreach (CanalEntry entry in batch.Entries)
            {
                serializer.Write(entry, 0, 1_700_000_000_123_456_789, buffer);
            }

            for (int i = 0; i < buffer.Count; i++)
            {
                records.Add(ToGolden(buffer[i], serializer.SharedHeaders));
            }
        }

        return records;
    }

    private static GoldenRecord ToGolden(in SerializedRecord record, IReadOnlyList<KeyValuePair<string, byte[]>> sharedHeaders)
    {
        var headers = new List<(string, string)>();
        if (record.HeaderName is { } own)
        {
            headers.Add((own, Encoding.UTF8.GetString(record.HeaderValue)));
        }

        headers.AddRange(sharedHeaders.Select(static header => (header.Key, Encoding.UTF8.GetString(header.Value))));
        return new GoldenRecord(
            record.Topic,
            record.KeyIsNull ? null : Encoding.UTF8.GetString(record.Key),
            record.ValueIsNull ? null : Encoding.UTF8.GetString(record.Value),
            [.. headers]);
    }
}
