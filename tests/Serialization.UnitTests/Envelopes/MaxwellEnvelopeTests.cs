using System.Buffers.Binary;
using System.Text;
using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests.Envelopes;

/// <summary>Maxwell's JSON, by Maxwell's documentation.</summary>
public sealed class MaxwellEnvelopeTests
{
    private static readonly SerializationSettings Settings = new() { Format = EnvelopeFormat.Maxwell, TopicPrefix = "bridge" };

    private readonly SerializerFixture _fixture = new(Settings);

    [Fact]
    public void Insert_has_the_row_and_no_old_values()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Insert(Order(1, "new"))));

        Assert.Equal("bridge.shop.orders", record.Topic);
        Assert.Equal("""{"database":"shop","table":"orders","pk.id":1}""", record.Key);
        Assert.Equal(
            """{"database":"shop","table":"orders","type":"insert","ts":1700000000,"position":"mysql-bin.000004:4711","row":0,"server_id":1,"data":{"Id":1,"note":"new"}}""",
            record.Value);
    }

    [Fact]
    public void Update_has_the_new_row_and_the_old_values_that_changed() =>
        Assert.EndsWith(
            ""","data":{"Id":1,"note":null},"old":{"note":"old"}}""", Assert.Single(_fixture.Records(EntryBuilder.Update(Order(1, "old"), Order(1, null)))).Value, StringComparison.Ordinal);

    [Fact]
    public void Update_that_changes_nothing_has_no_old_values() =>
        Assert.EndsWith(""","data":{"Id":1,"note":"a"}}""", Assert.Single(_fixture.Records(EntryBuilder.Update(Order(1, "a"), Order(1, "a")))).Value, StringComparison.Ordinal);

    [Fact]
    public void Delete_has_the_row_that_was()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Delete(Order(1, "old"))));

        Assert.Contains(""","type":"delete",""", record.Value, StringComparison.Ordinal);
        Assert.EndsWith(""","data":{"Id":1,"note":"old"}}""", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_change_is_a_delete_under_the_old_key_and_an_insert_under_the_new_one()
    {
        List<TextRecord> records = _fixture.Records(EntryBuilder.Update(Order(1, "x"), Order(2, "x")));

        Assert.Equal(["""{"database":"shop","table":"orders","pk.id":1}""", """{"database":"shop","table":"orders","pk.id":2}"""], records.Select(static record => record.Key));
        Assert.Contains(""","type":"delete",""", records[0].Value, StringComparison.Ordinal);
        Assert.Contains(""","type":"insert",""", records[1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_of_several_columns_has_a_member_for_each() =>
        Assert.Equal(
            """{"database":"shop","table":"orders","pk.a":1.50,"pk.b":"x"}""",
            Assert.Single(_fixture.Records(EntryBuilder.Insert(new Cell("a", "decimal(5,2)", "1.50", true), new Cell("b", "enum('x')", "1", true)))).Key);

    [Fact]
    public void Table_without_key_has_null_keys() => Assert.Null(Assert.Single(_fixture.Records(EntryBuilder.Insert(new Cell("a", "int", "1")))).Key);

    [Fact]
    public void Thread_is_that_of_the_open_transaction()
    {
        _fixture.Write(EntryBuilder.Begin(38));
        Assert.Contains(""","server_id":1,"thread_id":38,"data":""", _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Value, StringComparison.Ordinal);

        _fixture.Write(EntryBuilder.End());
        Assert.Contains(""","server_id":1,"data":""", _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tinyint(1)", "1", "1")]
    [InlineData("int(10) unsigned", "4294967295", "4294967295")]
    [InlineData("bigint(20)", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("bigint(20) unsigned", "18446744073709551615", "18446744073709551615")]
    [InlineData("bit(1)", "1", "1")]
    [InlineData("bit(64)", "18446744073709551615", "18446744073709551615")]
    [InlineData("float", "3.14", "3.14")]
    [InlineData("float(7,2)", "3.14", "3.14")]
    [InlineData("double", "1.0E10", "1.0E10")]
    [InlineData("decimal(10,2)", "1.0", "1.00")]
    [InlineData("decimal(30,15)", "-0.500000000", "-0.500000000000000")]
    [InlineData("year(4)", "2024", "2024")]
    [InlineData("year(4)", "0000", "0")]
    public void Numbers_are_numbers(string type, string value, string json) => Assert.Equal(json, ValueOf(type, value));

    [Theory]
    [InlineData("date", "2024-02-29")]
    [InlineData("date", "0000-00-00")]
    [InlineData("time(3)", "-838:59:59.000")]
    [InlineData("datetime", "0000-00-00 00:00:00")]
    [InlineData("datetime(6)", "2024-02-29 01:02:03.000000")]
    [InlineData("timestamp(6)", "2016-10-21 05:33:37.523000")]
    [InlineData("timestamp", "0000-00-00 00:00:00")]
    public void Dates_and_times_are_texts_as_MySQL_prints_them(string type, string value) => Assert.Equal($"\"{value}\"", ValueOf(type, value));

    [Theory]
    [InlineData("timestamp", "2024-01-01 07:30:00", "\"2023-12-31 23:30:00\"")]
    [InlineData("timestamp(3)", "2024-01-01 07:30:00.120", "\"2023-12-31 23:30:00.120\"")]
    [InlineData("timestamp", "0000-00-00 00:00:00", "\"0000-00-00 00:00:00\"")]
    [InlineData("datetime", "2024-01-01 07:30:00", "\"2024-01-01 07:30:00\"")]
    public void TIMESTAMP_is_moved_from_the_zone_of_Canals_JVM_to_UTC(string type, string value, string json)
    {
        using var fixture = new SerializerFixture(Settings with { CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai") });

        Assert.Equal(json, ValueOf(type, value, fixture));
    }

    [Theory]
    [InlineData("enum('a','it''s','co,mma','back\\slash')", "2", "\"it's\"")]
    [InlineData("enum('a','it''s','co,mma','back\\slash')", "3", "\"co,mma\"")]
    [InlineData("enum('a','it''s','co,mma','back\\slash')", "4", "\"back\\\\slash\"")]
    [InlineData("enum('a')", "0", "\"\"")]
    [InlineData("set('a_val','b_val','c_val')", "6", "[\"b_val\",\"c_val\"]")]
    [InlineData("set('a_val','b_val','c_val')", "0", "[]")]
    public void ENUM_is_its_label_and_SET_a_list_of_labels(string type, string value, string json) => Assert.Equal(json, ValueOf(type, value));

    [Theory]
    [InlineData("blob", "\u0089PNG", "\"iVBORw==\"")]
    [InlineData("varbinary(9)", "", "\"\"")]
    [InlineData("binary(4)", "ab", "\"YWIAAA==\"")]
    public void Binary_is_base64(string type, string value, string json) => Assert.Equal(json, ValueOf(type, value));

    [Theory]
    [InlineData("{\"a\": 1, \"b\": [1, 2.5, null, true]}", "{\"a\":1,\"b\":[1,2.5,null,true]}")]
    [InlineData("1.0E10", "10000000000")]
    [InlineData("\"\\u0001 \\n \\\" \\\\ \\u00e9 \u00e9 \U0001F600\"", "\"\\u0001 \\n \\\" \\\\ \u00e9 \u00e9 \U0001F600\"")]
    [InlineData("", "null")]
    public void JSON_is_JSON(string value, string json) => Assert.Equal(json, ValueOf("json", value));

    [Fact]
    public void JSON_of_MariaDB_is_a_text() => Assert.Equal("\"{\\\"a\\\": 1}\"", ValueOf("longtext", "{\"a\": 1}"));

    [Fact]
    public void Geometries_are_WKT()
    {
        byte[] Point(double x, double y) => [.. Double(x), .. Double(y)];
        byte[] point = [1, .. UInt(1), .. Point(1, -2.5)];
        byte[] line = [1, .. UInt(2), .. UInt(2), .. Point(0, 0), .. Point(1, 1)];
        byte[] polygon = [1, .. UInt(3), .. UInt(2), .. UInt(2), .. Point(0, 0), .. Point(9, 9), .. UInt(1), .. Point(3, 3)];

        Assert.Equal("\"POINT (1 -2.5)\"", Geometry(point));
        Assert.Equal("\"LINESTRING (0 0, 1 1)\"", Geometry(line));
        Assert.Equal("\"POLYGON ((0 0, 9 9), (3 3))\"", Geometry(polygon));
        Assert.Equal("\"MULTIPOINT ((1 -2.5), (1 -2.5))\"", Geometry([1, .. UInt(4), .. UInt(2), .. point, .. point]));
        Assert.Equal("\"MULTIPOLYGON (((0 0, 9 9), (3 3)))\"", Geometry([1, .. UInt(6), .. UInt(1), .. polygon]));
        Assert.Equal("\"GEOMETRYCOLLECTION (POINT (1 -2.5), LINESTRING (0 0, 1 1))\"", Geometry([1, .. UInt(7), .. UInt(2), .. point, .. line]));
        Assert.Equal("\"GEOMETRYCOLLECTION EMPTY\"", Geometry([1, .. UInt(7), .. UInt(0)]));
    }

    [Fact]
    public void Text_is_escaped_as_Jackson_does() => Assert.Equal("\"\\\" \\u001F \u007f \\uD83D\\uDE00\"", ValueOf("text", "\" \u001f \u007f \U0001F600"));

    [Theory]
    [InlineData("int", "1.5")]
    [InlineData("bigint unsigned", "-1")]
    [InlineData("bit(3)", "8")]
    [InlineData("decimal(4,2)", "123.45")]
    [InlineData("timestamp", "2024-02-30 00:00:00")]
    [InlineData("year", "abcd")]
    [InlineData("enum('a')", "2")]
    [InlineData("set('a')", "2")]
    [InlineData("json", "JSON_REPLACE(`c`, '$.a', 1)")]
    [InlineData("blob", "\u0100")]
    [InlineData("point", "abc")]
    [InlineData("inet6", "abc")]
    public void Value_that_does_not_fit_is_refused(string type, string value) => Assert.Throws<UnmappableValueException>(() => ValueOf(type, value));

    [Fact]
    public void Statements_make_no_records()
    {
        using var fixture = new SerializerFixture(Settings with { SkippedOperations = SkippedOperations.None });

        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD x INT")));
        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE orders")));
        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Query, isDdl: false, "INSERT")));
    }

    [Fact]
    public void Entry_delivered_again_gives_its_new_rows_only()
    {
        byte[] entry = EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, Order(1, "a")), new(null, Order(2, "b")));

        TextRecord record = Assert.Single(_fixture.Records(entry, firstRow: 1));

        Assert.Contains(""","row":1,""", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_text_is_counted_per_entry() =>
        Assert.Equal(2, _fixture.Write(EntryBuilder.Insert(new Cell("a", "varchar(9)", "caf\uFFFD"), new Cell("b", "json", "\"\uFFFD\""))).DamagedValues);

    private static byte[] UInt(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] Double(double number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        return bytes;
    }

    [Fact]
    public void Column_that_is_left_out_stands_in_the_key_alone()
    {
        Assert.True(NameFilter.TryParse(@"shop\.orders\.id", includes: false, out NameFilter? filter));
        using var fixture = new SerializerFixture(Settings with { ColumnFilter = filter });

        TextRecord record = Assert.Single(fixture.Records(EntryBuilder.Insert(Order(1, "a"))));

        Assert.Equal("""{"database":"shop","table":"orders","pk.id":1}""", record.Key);
        Assert.Contains("\"data\":{\"note\":\"a\"}", record.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("bigint", record.Value, StringComparison.Ordinal);
    }

    private static Cell[] Order(int id, string? note) => [new("Id", "bigint", $"{id}", IsKey: true), new("note", "text", note)];

    private string Geometry(byte[] wkb) => ValueOf("geometry", Encoding.Latin1.GetString([0, 0, 0, 0, .. wkb]));

    private string ValueOf(string type, string value, SerializerFixture? fixture = null)
    {
        const string start = "\"data\":{\"c\":";
        string json = (fixture ?? _fixture).Records(EntryBuilder.Insert(new Cell("c", type, value)))[0].Value!;
        return json[(json.IndexOf(start, StringComparison.Ordinal) + start.Length)..^2];
    }
}
