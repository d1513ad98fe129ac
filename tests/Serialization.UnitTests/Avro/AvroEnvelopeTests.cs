using System.Text.Json;
using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests.Avro;

/// <summary>Which records a change makes in Avro, and their schemas.</summary>
public sealed class AvroEnvelopeTests : IDisposable
{
    private readonly AvroFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Insert_is_one_record_with_every_field_of_the_envelope()
    {
        BinaryRecord record = Assert.Single(_fixture.Records(EntryBuilder.Insert(new Cell("id", "int(11)", "1", IsKey: true), new Cell("name", "varchar(9)", null))));

        Assert.Equal("00" + "00000001" + "02", Convert.ToHexStringLower(record.Key!));
        Assert.Equal(
            "00" + "00000002" + "00" + "02" + "02" + "00" // before, after: id and name
            + "16332e352e302e46696e616c" + "0a6d7973716c" + "0c627269646765" // version, connector, name
            + Varint(1_700_000_000_000) + "00" + "0a66616c7365" + "0873686f70" + "00" // ts_ms, snapshot, db, sequence
            + "02" + Varint(1_700_000_000_000_000) + "02" + Varint(1_700_000_000_000_000_000)
            + "02" + "0c6f7264657273" + "02" + "00" // table, server_id, gtid
            + "206d7973716c2d62696e2e303030303034" + Varint(4711) + "00" + "00" + "00" // file, pos, row, thread, query
            + "00" + "0263" // transaction, op
            + "02" + Varint(1_700_000_000_123) + "02" + Varint(1_700_000_000_123_456) + "02" + Varint(1_700_000_000_123_456_789),
            Convert.ToHexStringLower(record.Value!));
    }

    [Fact]
    public void Stop_reaches_the_registry()
    {
        byte[] entry = EntryBuilder.Insert(new Cell("id", "int(11)", "1", IsKey: true));

        Assert.Throws<OperationCanceledException>(() => _fixture.Write(entry, new CancellationToken(canceled: true)));

        Assert.Single(_fixture.Records(entry));
    }

    [Fact]
    public void Masked_text_is_asterisks_also_for_NULL_and_its_schema_says_so()
    {
        Assert.True(NameFilter.TryParse(@"shop\.orders\.(note|kind)", includes: true, out NameFilter? columns));
        using var fixture = new AvroFixture(settings => settings with { ColumnMasks = [ColumnMask.WithAsterisks(columns, 2)] });

        BinaryRecord record = Assert.Single(fixture.Records(EntryBuilder.Insert(
            new Cell("id", "int(11)", "1", IsKey: true), new Cell("note", "text", "secret"), new Cell("kind", "enum('secret')", null))));

        Assert.Equal("02" + "02042a2a" + "02042a2a", Convert.ToHexStringLower(record.Value!.AsSpan(7..16)));
        Assert.Contains("{\"type\":\"string\",\"connect.parameters\":{\"masked\":\"true\"}}", fixture.Schemas[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Update_has_both_images_and_unchanged_fields_in_both()
    {
        byte[] value = Assert.Single(_fixture.Records(EntryBuilder.Update(
            [new Cell("id", "int(11)", "1", IsKey: true), new Cell("a", "varchar(9)", "x"), new Cell("b", "int(11)", "5")],
            [new Cell("id", "int(11)", "1", IsKey: true), new Cell("a", "varchar(9)", "y"), new Cell("b", "int(11)", "5")]))).Value!;

        Assert.Equal("02" + "02" + "020278" + "020a" + "02" + "02" + "020279" + "020a", Convert.ToHexStringLower(value.AsSpan(5..19)));
    }

    [Fact]
    public void Delete_is_followed_by_its_tombstone()
    {
        List<BinaryRecord> records = _fixture.Records(EntryBuilder.Delete(new Cell("id", "int(11)", "1", IsKey: true)));

        Assert.Equal(2, records.Count);
        Assert.Equal("020200", Convert.ToHexStringLower(records[0].Value!.AsSpan(5..8)));
        Assert.Equal(records[0].Key, records[1].Key);
        Assert.Null(records[1].Value);
    }

    [Fact]
    public void Key_change_is_delete_tombstone_and_create_that_name_each_other_in_text()
    {
        List<BinaryRecord> records = _fixture.Records(EntryBuilder.Update([new Cell("id", "int(11)", "1", IsKey: true)], [new Cell("id", "int(11)", "2", IsKey: true)]));

        Assert.Equal(["000000000102", "000000000102", "000000000104"], records.Select(static record => Convert.ToHexStringLower(record.Key!)));
        Assert.Equal(
            [("__debezium.newkey", "{\"id\":2}"), ("__debezium.newkey", "{\"id\":2}"), ("__debezium.oldkey", "{\"id\":1}")],
            records.Select(static record => (record.HeaderName!, record.HeaderValue)));
        Assert.Null(records[1].Value);
    }

    [Fact]
    public void Table_without_key_has_null_keys_and_no_schema_for_them()
    {
        Assert.Null(Assert.Single(_fixture.Records(EntryBuilder.Insert(new Cell("a", "int(11)", "1")))).Key);
        Assert.Equal(["bridge.shop.orders-value"], _fixture.Schemas.Asked.Select(static asked => asked.Subject));
    }

    [Fact]
    public void Truncate_has_the_schema_of_the_table_and_no_key()
    {
        using var fixture = new AvroFixture(static settings => settings with { SkippedOperations = SkippedOperations.None });
        fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE orders (id INT PRIMARY KEY)"));

        BinaryRecord record = Assert.Single(fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE TABLE orders")));

        Assert.Null(record.Key);
        Assert.Equal("0000", Convert.ToHexStringLower(record.Value!.AsSpan(5..7)));
        Assert.True(record.Value.AsSpan().IndexOf("\u0002t\u0002"u8) > 0);
        Assert.Contains("\"name\":\"Envelope\",\"namespace\":\"bridge.shop.orders\"", fixture.Schemas[record.Value![4]], StringComparison.Ordinal);
    }

    [Fact]
    public void Truncate_of_a_table_that_is_unknown_has_no_schema_and_makes_no_record()
    {
        using var fixture = new AvroFixture(static settings => settings with { SkippedOperations = SkippedOperations.None });

        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE TABLE orders")));
    }

    [Fact]
    public void Schemas_are_asked_for_once_per_layout()
    {
        _fixture.Write(EntryBuilder.Insert(new Cell("id", "int(11)", "1", IsKey: true)));
        _fixture.Write(EntryBuilder.Insert(new Cell("id", "int(11)", "2", IsKey: true)));
        Assert.Equal(["bridge.shop.orders-key", "bridge.shop.orders-value"], _fixture.Schemas.Asked.Select(static asked => asked.Subject));

        _fixture.Write(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD a INT"));
        _fixture.Write(EntryBuilder.Insert(new Cell("id", "int(11)", "3", IsKey: true), new Cell("a", "int(11)", "3")));
        Assert.Equal(4, _fixture.Schemas.Asked.Count);
    }

    [Fact]
    public void Damaged_text_is_counted_per_entry()
    {
        Assert.Equal(2, _fixture.Write(EntryBuilder.Insert(new Cell("a", "text", "\uFFFD"), new Cell("b", "json", "\"\uFFFD\""))).DamagedValues);
        Assert.Equal(0, _fixture.Write(EntryBuilder.Insert(new Cell("a", "text", "ﷺ"), new Cell("b", "json", "1"))).DamagedValues);
    }

    [Fact]
    public void Row_of_a_known_layout_allocates_nothing()
    {
        Cell[] before =
        [
            new("id", "bigint(20) unsigned", "1", IsKey: true), new("a", "varchar(20)", "x"), new("b", "decimal(10,2)", "1.50"), new("c", "datetime(6)", "2024-01-01 00:00:00.000001"),
            new("d", "timestamp", "2024-01-01 00:00:00"), new("e", "enum('a','b')", "1"), new("f", "json", "{\"a\": \"\\n\"}"), new("g", "blob", "\u00ff"), new("h", "double", "1.5"), new("i", "date", "0000-00-00"),
        ];
        byte[] entry = EntryBuilder.Update(before, [before[0] with { Value = "2" }, .. before[1..]]);
        for (int i = 0; i < 100; i++)
        {
            _fixture.Write(entry);
        }

        long start = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            _fixture.Write(entry);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
    }

    [Fact]
    public void Default_is_the_first_branch_and_stands_for_NULL()
    {
        string[] fields = Defined(replaceNull: true, out string schema);

        Assert.Equal(["000e", "02"], fields);
        Assert.Contains("""{"name":"qty","type":[{"type":"int","connect.default":7},"null"],"default":7}""", schema, StringComparison.Ordinal);
        Assert.Contains("""{"name":"pic","type":{"type":"bytes","connect.default":"a\u0000ÿ"},"default":"a\u0000ÿ"}""", schema, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_stays_null_where_it_is_not_to_be_replaced_and_the_schema_is_the_same()
    {
        Assert.Equal(["02"], Defined(replaceNull: false, out string schema)[..1]);
        Defined(replaceNull: true, out string other);

        Assert.Equal(other, schema);
    }

    [Fact]
    public void Schema_of_every_kind_of_column_is_what_the_converter_makes_of_Debeziums()
    {
        _fixture.Write(EntryBuilder.Insert(
            new Cell("id", "bigint(20)", "1", IsKey: true), new Cell("tiny", "tinyint(4)", "1"), new Cell("mid", "int(11)", "1"), new Cell("bits", "bit(9)", "1"), new Cell("flag", "bit(1)", "1"),
            new Cell("price", "decimal(10,2)", "1.50"), new Cell("f", "float", "1.0"), new Cell("d", "double", "1.0"), new Cell("t", "text", ""), new Cell("b", "blob", ""),
            new Cell("e", "enum('a','b\"')", "1"), new Cell("j", "json", "1"), new Cell("at", "datetime", "2024-01-01 00:00:00"), new Cell("stamp", "timestamp", "2024-01-01 00:00:00"),
            new Cell("p", "point", null), new Cell("q", "point", null), new Cell("weird name", "int", "1")));

        Assert.Equal(
            """{"type":"record","name":"Key","namespace":"bridge.shop.orders","fields":[{"name":"id","type":"long"}],"connect.name":"bridge.shop.orders.Key"}""",
            _fixture.Schemas[1]);
        JsonElement value = JsonDocument.Parse(_fixture.Schemas[2]).RootElement;
        Assert.Equal(["before", "after", "source", "transaction", "op", "ts_ms", "ts_us", "ts_ns"], value.GetProperty("fields").EnumerateArray().Select(static field => field.GetProperty("name").GetString()));
        Assert.Equal("""["null","Value"]""", value.GetProperty("fields")[1].GetProperty("type").GetRawText());
        string[] fields =
        [
            """{"name":"id","type":"long"}""",
            """{"name":"tiny","type":["null",{"type":"int","connect.type":"int16"}],"default":null}""",
            """{"name":"mid","type":["null","int"],"default":null}""",
            """{"name":"bits","type":["null",{"type":"bytes","connect.version":1,"connect.parameters":{"length":"9"},"connect.name":"io.debezium.data.Bits"}],"default":null}""",
            """{"name":"flag","type":["null","boolean"],"default":null}""",
            """{"name":"price","type":["null",{"type":"bytes","scale":2,"precision":10,"connect.version":1,"connect.parameters":{"scale":"2","connect.decimal.precision":"10"},"connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"}],"default":null}""",
            """{"name":"f","type":["null","float"],"default":null}""",
            """{"name":"d","type":["null","double"],"default":null}""",
            """{"name":"t","type":["null","string"],"default":null}""",
            """{"name":"b","type":["null","bytes"],"default":null}""",
            """{"name":"e","type":["null",{"type":"string","connect.version":1,"connect.parameters":{"allowed":"a,b\""},"connect.name":"io.debezium.data.Enum"}],"default":null}""",
            """{"name":"j","type":["null",{"type":"string","connect.version":1,"connect.name":"io.debezium.data.Json"}],"default":null}""",
            """{"name":"at","type":["null",{"type":"long","connect.version":1,"connect.name":"io.debezium.time.Timestamp"}],"default":null}""",
            """{"name":"stamp","type":["null",{"type":"string","connect.version":1,"connect.name":"io.debezium.time.ZonedTimestamp"}],"default":null}""",
            """{"name":"p","type":["null",{"type":"record","name":"Point","namespace":"io.debezium.data.geometry","fields":[{"name":"x","type":"double"},{"name":"y","type":"double"},{"name":"wkb","type":["null","bytes"],"default":null},{"name":"srid","type":["null","int"],"default":null}],"connect.doc":"Geometry (POINT)","connect.version":1,"connect.name":"io.debezium.data.geometry.Point"}],"default":null}""",
            """{"name":"q","type":["null","io.debezium.data.geometry.Point"],"default":null}""",
            """{"name":"weird_name","type":["null","int"],"default":null}""",
        ];
        Assert.Equal(fields, value.GetProperty("fields")[0].GetProperty("type")[1].GetProperty("fields").EnumerateArray().Select(static field => field.GetRawText()));
    }

    /// <summary>Fields, in hex, of <c>qty</c> and <c>pic</c> in a row where the first is NULL.</summary>
    private static string[] Defined(bool replaceNull, out string schema)
    {
        using var fixture = new AvroFixture(settings => settings with { ReplaceNullWithDefault = replaceNull });
        fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE orders (qty INT DEFAULT 7, pic VARBINARY(9) NOT NULL DEFAULT x'6100FF')"));
        byte[] value = fixture.Records(EntryBuilder.Insert(new Cell("qty", "int(11)", null), new Cell("pic", "varbinary(9)", "b")))[0].Value!;
        schema = fixture.Schemas[1];
        int end = replaceNull ? 9 : 8;
        return [Convert.ToHexStringLower(value.AsSpan(7..end)), Convert.ToHexStringLower(value.AsSpan(end..(end + 1)))];
    }

    private static string Varint(long value)
    {
        var bytes = new List<byte>();
        for (ulong rest = (ulong)value * 2; ; rest >>= 7)
        {
            bytes.Add((byte)((rest & 0x7f) | (rest > 0x7f ? 0x80u : 0)));
            if (rest <= 0x7f)
            {
                return Convert.ToHexStringLower([.. bytes]);
            }
        }
    }
}
