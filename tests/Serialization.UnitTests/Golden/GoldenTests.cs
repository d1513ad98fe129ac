using System.Text.Json;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>What a real Canal server sent becomes what a real Debezium wrote for the same statements, byte by byte.</summary>
public sealed class GoldenTests
{
    private const string Prefix = "bridge", HeartbeatTopic = "__debezium-heartbeat.bridge";

    /// <summary>Modes by the names of their files.</summary>
    private static readonly Dictionary<string, Func<SerializationSettings, SerializationSettings>> Modes = new()
    {
        ["decimal-string"] = static settings => settings with { DecimalHandling = DecimalHandling.String },
        ["decimal-double"] = static settings => settings with { DecimalHandling = DecimalHandling.Double },
        ["decimal-numeric"] = static settings => settings with { DecimalHandling = DecimalHandling.Numeric },
        ["bigint-precise"] = static settings => settings with { UnsignedBigIntHandling = UnsignedBigIntHandling.Precise },
        ["binary-base64"] = static settings => settings with { BinaryHandling = BinaryHandling.Base64 },
        ["binary-hex"] = static settings => settings with { BinaryHandling = BinaryHandling.Hex },
        ["time-connect"] = static settings => settings with { TimePrecision = TimePrecision.Connect },
        ["time-isostring"] = static settings => settings with { TimePrecision = TimePrecision.IsoString },
        ["time-microseconds"] = static settings => settings with { TimePrecision = TimePrecision.Microseconds },
        ["time-nanoseconds"] = static settings => settings with { TimePrecision = TimePrecision.Nanoseconds },
        ["truncates"] = static settings => settings with { SkippedOperations = SkippedOperations.None },
        ["key-columns"] = static settings => settings with { MessageKeyColumns = KeysOf(@"basics.no_key:a;basics.customers:email,id") },
        ["names-avro"] = static settings => settings with { SchemaNames = NameAdjustment.Avro, FieldNames = NameAdjustment.Avro },
        ["transactions"] = static settings => settings with { TransactionTopic = "bridge.transaction" },
        ["heartbeat"] = static settings => settings,
        ["nulls-kept"] = static settings => settings with { ReplaceNullWithDefault = false },
    };

    /// <summary>Scenario, mode (null for the defaults), schemas.</summary>
    public static TheoryData<string, string?, bool> Variants
    {
        get
        {
            var variants = new TheoryData<string, string?, bool>();
            foreach (string? mode in (string?[])[null, .. Modes.Keys])
            {
                foreach (bool schemas in (bool[])[false, true])
                {
                    foreach (string scenario in GoldenFiles.Scenarios(new GoldenVariant(mode, schemas)))
                    {
                        variants.Add(scenario, mode, schemas);
                    }
                }
            }

            return variants;
        }
    }

    [Fact]
    public void All_recordings_are_at_hand()
    {
        Assert.SkipWhen(
            GoldenFiles.SharedGolden is null || GoldenFiles.SharedRecordings is null,
            "Only the few recordings of this project were compared; for all, set SHARED_GOLDEN and SHARED_RECORDINGS or put them in ../shared/golden and ../shared/recordings.");

        Assert.True(Variants.Count > 130);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Records_equal_what_Debezium_wrote(string scenario, string? mode, bool schemas)
    {
        var known = KnownDifferences.Load();
        List<GoldenRecord> golden = GoldenFiles.ReadGolden(scenario, new GoldenVariant(mode, schemas)), written = Serialize(scenario, mode, schemas);
        var comparison = new RecordComparison(scenario, known, mode, schemas);
        if (TransactionTopic.Pair(golden, written) is { } transactions)
        {
            golden = [.. transactions.WithIds(golden)];
            written = [.. written.Select(TransactionTopic.Sorted)];
            comparison.WithoutEnd(transactions.WithoutEnd);
        }

        var expected = golden.Where(record => record.Topic != HeartbeatTopic).ToLookup(static record => record.Topic);
        var actual = written.ToLookup(static record => record.Topic);
        foreach (string topic in expected.Select(static group => group.Key).Union(actual.Select(static group => group.Key)))
        {
            if (topic == Prefix)
            {
                comparison.CompareStatements([.. expected[topic]], [.. actual[topic]]);
            }
            else
            {
                comparison.Compare([.. expected[topic]], [.. actual[topic]]);
            }
        }

        string[] listed = [.. known.Of(scenario), .. known.Of($"{scenario}.{mode}"), .. schemas ? known.Of($"{scenario}.schemas") : []];
        string[] unlisted = [.. comparison.Differences.Where(difference => !listed.Contains(difference.Key)).Select(static difference => $"{difference.Key}: {difference.Value}")];
        string[] gone = [.. listed.Except(comparison.Differences.Keys)];
        Assert.True(unlisted.Length == 0, $"Not listed in known-differences.json:\n{string.Join('\n', unlisted)}");
        Assert.True(gone.Length == 0, $"Listed in known-differences.json, but equal:\n{string.Join('\n', gone)}");
    }

    [Theory]
    [InlineData("mariadb/07-spatial")]
    [InlineData("mysql/07-spatial-srid")]
    public void Heartbeats_equal_what_Debezium_wrote(string scenario)
    {
        Assert.SkipWhen(GoldenFiles.SharedGolden is null, "Needs SHARED_GOLDEN or ../shared/golden.");
        List<GoldenRecord> golden = [.. GoldenFiles.ReadGolden(scenario, new GoldenVariant("heartbeat", Schemas: false)).Where(static record => record.Topic == HeartbeatTopic)];
        using var serializer = new EntrySerializer(new SerializationSettings { TopicPrefix = Prefix, RunId = Guid.Empty }, new DefaultTopics(Prefix));
        using var buffer = new RecordBuffer();
        foreach (GoldenRecord record in golden)
        {
            using var value = JsonDocument.Parse(record.Value!);
            serializer.WriteHeartbeat(HeartbeatTopic, value.RootElement.GetProperty("ts_ms").GetInt64() * 1_000_000, buffer);
        }

        Assert.NotEmpty(golden);
        Assert.Equal(golden.Select(Flat), Enumerable.Range(0, buffer.Count).Select(i => Flat(GoldenFiles.ToGolden(buffer[i], serializer.SharedHeaders))));
        Assert.All(Enumerable.Range(0, buffer.Count), i => Assert.Equal(RecordPlacement.FirstPartition, buffer[i].Placement));

        static string Flat(GoldenRecord record) => $"{record.Topic} {record.Key} {record.Value} {string.Join(',', record.Headers)}";
    }

    private static MessageKeyColumns KeysOf(string text) => MessageKeyColumns.TryParse(text, out MessageKeyColumns? keys) ? keys : throw new ArgumentException(text);

    private static List<GoldenRecord> Serialize(string scenario, string? mode, bool schemas)
    {
        bool isMySql = scenario.StartsWith("mysql", StringComparison.Ordinal);
        var settings = new SerializationSettings
        {
            SourceKind = isMySql ? SourceKind.MySql : SourceKind.MariaDb,
            TopicPrefix = Prefix,
            CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById(scenario.EndsWith("shanghai", StringComparison.Ordinal) ? "Asia/Shanghai" : "UTC"),
            RunId = Guid.Empty,
            Schemas = schemas,
        };
        settings = mode is null ? settings : Modes[mode](settings);
        using var serializer = new EntrySerializer(settings, new DefaultTopics(Prefix), GoldenFiles.StatementsBefore(scenario));
        return GoldenFiles.Serialize(serializer, scenario, (in record) => GoldenFiles.ToGolden(record, serializer.SharedHeaders));
    }
}
