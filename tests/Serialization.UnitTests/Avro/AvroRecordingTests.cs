using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;
using Avro.Generic;
using Avro.IO;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.UnitTests.Golden;

namespace CanalBridge.Serialization.UnitTests.Avro;

/// <summary>
/// Every recording in Avro, read by Apache's library with the schema that was registered: field by field what the JSON envelope says,
/// which is compared with Debezium's own; and the schemas are those of Debezium's goldens, mapped.
/// </summary>
public sealed class AvroRecordingTests
{
    /// <summary>Two of its columns have the same name in Avro; it is refused, as by Debezium. With codes for what Avro does not take it is not.</summary>
    private const string AlikeInAvro = @"defaults_db\.odd_columns";

    private static readonly Dictionary<string, Func<SerializationSettings, SerializationSettings>> Modes = new()
    {
        ["defaults"] = static settings => settings,
        ["decimal-string"] = static settings => settings with { DecimalHandling = DecimalHandling.String },
        ["decimal-double"] = static settings => settings with { DecimalHandling = DecimalHandling.Double },
        ["bigint-precise"] = static settings => settings with { UnsignedBigIntHandling = UnsignedBigIntHandling.Precise },
        ["binary-base64"] = static settings => settings with { BinaryHandling = BinaryHandling.Base64 },
        ["binary-base64-url-safe"] = static settings => settings with { BinaryHandling = BinaryHandling.Base64UrlSafe },
        ["binary-hex"] = static settings => settings with { BinaryHandling = BinaryHandling.Hex },
        ["time-connect"] = static settings => settings with { TimePrecision = TimePrecision.Connect },
        ["time-isostring"] = static settings => settings with { TimePrecision = TimePrecision.IsoString },
        ["time-microseconds"] = static settings => settings with { TimePrecision = TimePrecision.Microseconds },
        ["time-nanoseconds"] = static settings => settings with { TimePrecision = TimePrecision.Nanoseconds },
        ["truncates"] = static settings => settings with { SkippedOperations = SkippedOperations.None },
        ["nulls-kept"] = static settings => settings with { ReplaceNullWithDefault = false },
        ["no-tombstones"] = static settings => settings with { Tombstones = false },
        ["names-unicode"] = static settings => settings with { SchemaNames = NameAdjustment.AvroUnicode, FieldNames = NameAdjustment.AvroUnicode },
    };

    public static TheoryData<string, string> Variants
    {
        get
        {
            var variants = new TheoryData<string, string>();
            foreach (string scenario in GoldenFiles.Scenarios(new GoldenVariant(null, Schemas: false)))
            {
                foreach (string mode in Modes.Keys)
                {
                    variants.Add(scenario, mode);
                }
            }

            return variants;
        }
    }

    public static TheoryData<string> Scenarios => [.. GoldenFiles.Scenarios(new GoldenVariant(null, Schemas: true))];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Records_say_in_Avro_what_they_say_in_JSON(string scenario, string mode)
    {
        var schemas = new KeptSchemas();
        List<BinaryRecord> avro = Serialize(scenario, mode, schemas);
        List<BinaryRecord> json = Serialize(scenario, mode, null);
        var readers = new Dictionary<int, GenericDatumReader<GenericRecord>>();

        Assert.Equal(json.Count, avro.Count);
        for (int i = 0; i < json.Count; i++)
        {
            Assert.Equal((json[i].Topic, json[i].HeaderName, json[i].HeaderValue), (avro[i].Topic, avro[i].HeaderName, avro[i].HeaderValue));
            Compare(json[i].Key, avro[i].Key, schemas, readers, $"{i} {json[i].Topic} key");
            Compare(json[i].Value, avro[i].Value, schemas, readers, $"{i} {json[i].Topic} value");
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Scenarios))]
    public void Schemas_are_Debeziums_mapped(string scenario)
    {
        var schemas = new KeptSchemas();
        ILookup<string, BinaryRecord> avro = Serialize(scenario, "defaults", schemas).ToLookup(static record => record.Topic);
        ILookup<string, BinaryRecord> json = Serialize(scenario, "plain-names", null).ToLookup(static record => record.Topic);
        ILookup<string, GoldenRecord> golden = GoldenFiles.ReadGolden(scenario, new GoldenVariant(null, Schemas: true)).ToLookup(static record => record.Topic);
        int compared = 0;
        var compatible = new HashSet<(string, int)>();
        foreach (IGrouping<string, BinaryRecord> topic in avro)
        {
            foreach ((BinaryRecord ours, BinaryRecord text, int index) in topic.Zip(json[topic.Key]).Select(static (pair, index) => (pair.First, pair.Second, index)))
            {
                GoldenRecord? debeziums = golden[topic.Key].ElementAtOrDefault(index);
                foreach ((byte[]? part, byte[]? ourJson, string? theirs) in new[] { (ours.Key, text.Key, debeziums?.Key), (ours.Value, text.Value, debeziums?.Value) })
                {
                    if (part is null || !compatible.Add((topic.Key, IdOf(part))))
                    {
                        continue;
                    }

                    // Where our Connect schema is another than Debezium's, GoldenTests says so and has it listed.
                    JsonElement own = SchemaOf(Encoding.UTF8.GetString(ourJson!));
                    bool isSame = theirs is not null && SchemaOf(theirs).GetRawText() == own.GetRawText();
                    compared += isSame ? 1 : 0;
                    JsonNode expected = ConnectMapping.ToAvro(isSame ? SchemaOf(theirs!) : own);
                    JsonNode actual = ConnectMapping.InFull(JsonNode.Parse(schemas[IdOf(part)])!);
                    Assert.True(JsonNode.DeepEquals(expected, actual), $"{topic.Key}: expected\n{expected.ToJsonString()}\ngot\n{actual.ToJsonString()}");
                }
            }
        }

        Assert.True(compared > 0 || avro.Count == 0, "No schema was compared with a golden.");
    }

    private static void Compare(byte[]? json, byte[]? avro, KeptSchemas schemas, Dictionary<int, GenericDatumReader<GenericRecord>> readers, string where)
    {
        Assert.Equal(json is null, avro is null);
        if (json is null)
        {
            return;
        }

        Assert.Equal(0, avro![0]);
        int id = IdOf(avro);
        if (!readers.TryGetValue(id, out GenericDatumReader<GenericRecord>? reader))
        {
            // 24:00:00 is written as Connect's Time allows; Apache's reader refuses it if it knows that it reads a time of day.
            var schema = Schema.Parse(schemas[id].Replace(",\"logicalType\":\"time-millis\"", "", StringComparison.Ordinal));
            readers[id] = reader = new GenericDatumReader<GenericRecord>(schema, schema);
        }

        using var bytes = new MemoryStream(avro, 5, avro.Length - 5);
        GenericRecord record = reader.Read(null!, new BinaryDecoder(bytes));
        Assert.Equal(bytes.Length, bytes.Position);
        using var document = JsonDocument.Parse(json);
        Compare(document.RootElement.GetProperty("schema"), document.RootElement.GetProperty("payload"), record, where);
    }

    private static void Compare(JsonElement schema, JsonElement json, object? avro, string where)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            Assert.True(avro is null, $"{where}: expected null, got {avro}");
            return;
        }

        Assert.True(avro is not null, $"{where}: expected {json.GetRawText()}, got null");
        string type = schema.GetProperty("type").GetString()!;
        if (type == "struct")
        {
            var record = (GenericRecord)avro;
            Assert.Equal(schema.GetProperty("name").GetString(), record.Schema.Fullname);
            JsonElement[] fields = [.. schema.GetProperty("fields").EnumerateArray()];
            Assert.Equal(fields.Select(static field => field.GetProperty("field").GetString()), record.Schema.Fields.Select(static field => field.Name));
            foreach (JsonElement field in fields)
            {
                string name = field.GetProperty("field").GetString()!;
                Compare(field, json.GetProperty(name), record[name], $"{where}.{name}");
            }

            return;
        }

        string expected = type switch
        {
            "string" or "bytes" => json.GetString()!,
            "boolean" => json.GetBoolean().ToString(),
            "float" => json.GetSingle().ToString("R", CultureInfo.InvariantCulture),
            "double" => json.GetDouble().ToString("R", CultureInfo.InvariantCulture),
            _ => json.GetInt64().ToString(CultureInfo.InvariantCulture),
        };
        bool isDate = schema.TryGetProperty("name", out JsonElement semantic) && semantic.GetString() == "org.apache.kafka.connect.data.Date";
        Assert.True(expected == Text(avro, isDate), $"{where}: expected {expected}, got {Text(avro, isDate)}");
    }

    private static string Text(object avro, bool isDate) => avro switch
    {
        string text => text,
        byte[] bytes => Convert.ToBase64String(bytes),
        AvroDecimal number => Convert.ToBase64String(number.UnscaledValue.ToByteArray(isBigEndian: true)),
        bool flag => flag.ToString(),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTime moment => (isDate ? (moment - DateTime.UnixEpoch).Days : (moment - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(avro, CultureInfo.InvariantCulture)!,
    };

    private static int IdOf(byte[] record) => BinaryPrimitives.ReadInt32BigEndian(record.AsSpan(1));

    private static JsonElement SchemaOf(string json) => JsonDocument.Parse(json).RootElement.GetProperty("schema");

    private static List<BinaryRecord> Serialize(string scenario, string mode, KeptSchemas? schemas)
    {
        var settings = new SerializationSettings
        {
            IncludeSchemaChanges = false,
            Format = schemas is null ? EnvelopeFormat.Debezium : EnvelopeFormat.Avro,
            SourceKind = scenario.StartsWith("mysql", StringComparison.Ordinal) ? SourceKind.MySql : SourceKind.MariaDb,
            TopicPrefix = "bridge",
            CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById(scenario.EndsWith("shanghai", StringComparison.Ordinal) ? "Asia/Shanghai" : "UTC"),
            Schemas = schemas is null,
            TableFilter = NameFilter.TryParse(AlikeInAvro, includes: false, out NameFilter? filter) && mode != "names-unicode" ? filter : null,
            SchemaNames = schemas is null && mode != "plain-names" ? NameAdjustment.Avro : NameAdjustment.None,
            FieldNames = schemas is null && mode != "plain-names" ? NameAdjustment.Avro : NameAdjustment.None,
        };
        settings = mode == "plain-names" ? settings : Modes[mode](settings);
        using var serializer = new EntrySerializer(settings, new DefaultTopics("bridge"), GoldenFiles.StatementsBefore(scenario), schemas);
        return GoldenFiles.Serialize(serializer, scenario, static (in record) => new BinaryRecord(
            record.Topic, record.KeyIsNull ? null : record.Key.ToArray(), record.ValueIsNull ? null : record.Value.ToArray(), record.HeaderName, Encoding.UTF8.GetString(record.HeaderValue)));
    }
}
