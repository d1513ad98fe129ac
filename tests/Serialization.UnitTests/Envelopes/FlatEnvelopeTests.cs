using Canal.Client.Entries;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.UnitTests.Envelopes;

/// <summary>Canal's flat JSON without its defects.</summary>
public sealed class FlatEnvelopeTests
{
    private static readonly SerializationSettings Settings = new() { Format = EnvelopeFormat.CanalFlat, TopicPrefix = "bridge", SkippedOperations = SkippedOperations.None };

    private readonly SerializerFixture _fixture = new(Settings);

    [Fact]
    public void Insert_has_Canals_members_and_behind_them_where_it_stood()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Insert(Order(1, "new"))));

        Assert.Equal("""{"id":"1"}""", record.Key);
        Assert.Equal("bridge.shop.orders", record.Topic);
        Assert.Equal(
            """{"data":[{"id":"1","note":"new"}],"database":"shop","es":1700000000000,"gtid":"","id":1,"isDdl":false,"mysqlType":{"id":"bigint","note":"text"},"old":null,"pkNames":["id"],"sql":"","sqlType":{"id":-5,"note":2005},"table":"orders","ts":1700000000123,"type":"INSERT","file":"mysql-bin.000004","pos":4711,"row":0,"serverId":1}""",
            record.Value);
    }

    [Fact]
    public void Update_has_the_new_row_and_the_old_values_that_changed()
    {
        string value = Assert.Single(_fixture.Records(EntryBuilder.Update(Order(1, null), Order(1, "new")))).Value!;

        Assert.StartsWith("""{"data":[{"id":"1","note":"new"}],""", value, StringComparison.Ordinal);
        Assert.Contains(""","old":[{"note":null}],""", value, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"UPDATE\"", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_has_the_row_that_was()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Delete(Order(7, "old"))));

        Assert.Equal("""{"id":"7"}""", record.Key);
        Assert.StartsWith("""{"data":[{"id":"7","note":"old"}],""", record.Value, StringComparison.Ordinal);
        Assert.Contains("\"old\":null,", record.Value, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"DELETE\"", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_of_an_entry_is_a_message_of_its_own_with_its_own_changed_columns()
    {
        Cell[] Wide(int id, string a, string b) => [new("id", "int", $"{id}", true), new("a", "text", a), new("b", "text", b)];

        List<TextRecord> records = _fixture.Records(EntryBuilder.Rows(
            CanalEventType.Update, "shop", "orders", new(Wide(1, "x", "y"), Wide(1, "X", "y")), new(Wide(2, "x", "y"), Wide(2, "x", "Y")), new(Wide(3, "x", "y"), Wide(3, "x", "y"))));

        Assert.Equal(["""{"id":"1"}""", """{"id":"2"}""", """{"id":"3"}"""], records.Select(static record => record.Key));
        Assert.Contains(""","old":[{"a":"x"}],""", records[0].Value, StringComparison.Ordinal);
        Assert.Contains(""","old":[{"b":"y"}],""", records[1].Value, StringComparison.Ordinal);
        Assert.Contains(""","old":[{}],""", records[2].Value, StringComparison.Ordinal);
        Assert.Contains("\"row\":2,", records[2].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_change_is_a_delete_under_the_old_key_and_an_insert_under_the_new_one()
    {
        List<TextRecord> records = _fixture.Records(EntryBuilder.Update(Order(1, "x"), Order(2, "x")));

        Assert.Equal(["""{"id":"1"}""", """{"id":"2"}"""], records.Select(static record => record.Key));
        Assert.StartsWith("""{"data":[{"id":"1","note":"x"}],""", records[0].Value, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"DELETE\"", records[0].Value, StringComparison.Ordinal);
        Assert.StartsWith("""{"data":[{"id":"2","note":"x"}],""", records[1].Value, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"INSERT\"", records[1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_without_key_has_null_keys_and_names_none()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Update([new("a", "int", "1")], [new("a", "int", "2")])));

        Assert.Null(record.Key);
        Assert.Contains("\"pkNames\":null,", record.Value, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"UPDATE\"", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Chosen_key_columns_make_the_record_key_and_leave_the_names_of_the_tables_own()
    {
        Assert.True(MessageKeyColumns.TryParse(@"shop\.orders:note,id", out MessageKeyColumns? keys));
        using var fixture = new SerializerFixture(Settings with { MessageKeyColumns = keys });

        TextRecord record = Assert.Single(fixture.Records(EntryBuilder.Insert(Order(1, null))));

        Assert.Equal("""{"note":null,"id":"1"}""", record.Key);
        Assert.Contains(""","pkNames":["id"],""", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Composite_key_is_in_the_order_of_its_definition()
    {
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE orders (a INT, b INT, PRIMARY KEY (b, a))"));

        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Insert(new Cell("a", "int", "1", true), new Cell("b", "int", "2", true))));

        Assert.Equal("""{"b":"2","a":"1"}""", record.Key);
    }

    [Theory]
    [InlineData("int", "-5", "\"-5\"")]
    [InlineData("decimal(10,2)", "1.0", "\"1.00\"")]
    [InlineData("decimal(20,10)", "1.100000000", "\"1.1000000000\"")]
    [InlineData("decimal(10,2)", "-0.5", "\"-0.50\"")]
    [InlineData("decimal(10,0)", "5", "\"5\"")]
    [InlineData("decimal(4,2)", "12345.678", "\"12345.678\"")]
    [InlineData("double", "1.0E10", "\"1.0E10\"")]
    [InlineData("bit(8)", "255", "\"255\"")]
    [InlineData("timestamp", "2024-01-01 08:00:00", "\"2024-01-01 08:00:00\"")]
    [InlineData("datetime", "0000-00-00 00:00:00", "\"0000-00-00 00:00:00\"")]
    [InlineData("time(3)", "-00:00:00.001", "\"-00:00:00.001\"")]
    [InlineData("year", "0000", "\"0000\"")]
    [InlineData("enum('a','b')", "2", "\"2\"")]
    [InlineData("set('a','b')", "3", "\"3\"")]
    [InlineData("varbinary(9)", "a\u00e9", "\"a\u00e9\"")]
    [InlineData("binary(4)", "\u00e9b", "\"\u00e9b\\u0000\\u0000\"")]
    [InlineData("json", "{\"a\": 1}", "\"{\\\"a\\\": 1}\"")]
    [InlineData("inet6", "x", "\"x\"")]
    [InlineData("text", null, "null")]
    public void Texts_are_Canals_but_for_zeros_that_it_cuts_off(string type, string? value, string json) =>
        Assert.StartsWith($"{{\"data\":[{{\"c\":{json}}}],", _fixture.Records(EntryBuilder.Insert(new Cell("c", type, value)))[0].Value, StringComparison.Ordinal);

    [Fact]
    public void Strings_are_escaped_as_fastjson_does()
    {
        string value = _fixture.Records(EntryBuilder.Insert(new Cell("\u001f\"", "text", "\"\\/\b\t\n\f\r\u0001\u001f\u007f\u2028\U0001F600")))[0].Value!;

        Assert.StartsWith("{\"data\":[{\"\\u001f\\\"\":\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\u2028\U0001F600\"}],", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tinyint(1)", -6)]
    [InlineData("tinyint(3) unsigned", 5)]
    [InlineData("smallint(6)", 5)]
    [InlineData("smallint(5) unsigned", 4)]
    [InlineData("mediumint(8) unsigned", 4)]
    [InlineData("int(11)", 4)]
    [InlineData("int(10) unsigned", -5)]
    [InlineData("bigint(20)", -5)]
    [InlineData("bigint(20) unsigned", 3)]
    [InlineData("bit(1)", -7)]
    [InlineData("float", 7)]
    [InlineData("double", 8)]
    [InlineData("decimal(10,2)", 3)]
    [InlineData("date", 91)]
    [InlineData("time", 92)]
    [InlineData("datetime(6)", 93)]
    [InlineData("timestamp", 93)]
    [InlineData("year(4)", 12)]
    [InlineData("char(3)", 1)]
    [InlineData("varchar(3)", 12)]
    [InlineData("mediumtext", 2005)]
    [InlineData("binary(3)", 2004)]
    [InlineData("longblob", 2004)]
    [InlineData("enum('a')", 4)]
    [InlineData("set('a')", -7)]
    [InlineData("json", 12)]
    [InlineData("point", 2004)]
    public void Type_number_is_that_of_the_column_not_of_its_value(string type, int number) =>
        Assert.Contains($"\"sqlType\":{{\"c\":{number}}},", _fixture.Records(EntryBuilder.Insert(new Cell("c", type, null)))[0].Value, StringComparison.Ordinal);

    [Fact]
    public void DDL_goes_to_the_first_partition_of_its_tables_topic()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD \"x\" INT")));

        Assert.Equal(("bridge.shop.orders", null), (record.Topic, record.Key));
        Assert.Equal(RecordPlacement.FirstPartition, _fixture.Buffer[0].Placement);
        Assert.Equal(
            """{"data":null,"database":"shop","es":1700000000000,"gtid":"","id":1,"isDdl":true,"mysqlType":null,"old":null,"pkNames":null,"sql":"ALTER TABLE orders ADD \"x\" INT","sqlType":null,"table":"orders","ts":1700000000123,"type":"ALTER","file":"mysql-bin.000004","pos":4711,"row":0,"serverId":1}""",
            record.Value);
    }

    [Fact]
    public void DDL_that_spells_a_table_in_another_case_goes_to_the_topic_of_its_rows()
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));

        Assert.Equal("bridge.shop.orders", Assert.Single(_fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE Orders ADD x INT", table: "Orders"))).Topic);
    }

    [Fact]
    public void DDL_of_a_table_that_differs_by_case_from_another_has_a_topic_of_its_own()
    {
        _fixture.Records(EntryBuilder.Rows(CanalEventType.Insert, "shop", "Orders", new Row(null, Order(1, "a"))));

        Assert.Equal("bridge.shop.orders", Assert.Single(_fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD x INT"))).Topic);
    }

    [Fact]
    public void DDL_without_a_table_goes_to_the_topic_named_by_the_prefix() =>
        Assert.Equal("bridge", Assert.Single(_fixture.Records(EntryBuilder.Statement(CanalEventType.Query, isDdl: true, "CREATE DATABASE shop", table: ""))).Topic);

    [Theory]
    [InlineData(CanalEventType.Alter, EntryKind.DdlRecord)]
    [InlineData(CanalEventType.Truncate, EntryKind.Truncate)]
    public void Result_tells_that_a_statement_became_a_record(CanalEventType type, EntryKind kind) =>
        Assert.Equal(kind, _fixture.Write(EntryBuilder.Statement(type, isDdl: true, "TRUNCATE orders")).Kind);

    [Theory]
    [InlineData(CanalEventType.Query)]
    [InlineData(CanalEventType.Insert)]
    [InlineData(CanalEventType.XaCommit)]
    public void Statement_that_is_no_DDL_is_left_out(CanalEventType type) => Assert.Empty(_fixture.Records(EntryBuilder.Statement(type, isDdl: false, "a text")));

    [Fact]
    public void Truncate_is_left_out_where_truncates_are_skipped()
    {
        using var fixture = new SerializerFixture(Settings with { SkippedOperations = SkippedOperations.Truncate });

        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE orders")));
    }

    [Fact]
    public void DDL_of_a_table_that_is_left_out_is_left_out()
    {
        Assert.True(NameFilter.TryParse("shop.orders", includes: false, out NameFilter? filter));
        using var fixture = new SerializerFixture(Settings with { TableFilter = filter });

        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD x INT")));
    }

    [Fact]
    public void Entry_delivered_again_gives_its_new_rows_only()
    {
        byte[] entry = EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, Order(1, "a")), new(null, Order(2, "b")), new(null, Order(3, "c")));

        Assert.Equal(["""{"id":"2"}""", """{"id":"3"}"""], _fixture.Records(entry, firstRow: 1).Select(static record => record.Key));
    }

    [Fact]
    public void Damaged_text_is_counted_per_entry()
    {
        Assert.Equal(1, _fixture.Write(EntryBuilder.Insert(new Cell("a", "varchar(9)", "caf\uFFFD"), new Cell("b", "text", "fine"))).DamagedValues);
        Assert.Equal(0, _fixture.Write(EntryBuilder.Insert(Order(1, "a"))).DamagedValues);
    }

    [Fact]
    public void Column_that_is_left_out_stands_in_the_key_alone()
    {
        Assert.True(NameFilter.TryParse(@"shop\.orders\.id", includes: false, out NameFilter? filter));
        using var fixture = new SerializerFixture(Settings with { ColumnFilter = filter });

        TextRecord record = Assert.Single(fixture.Records(EntryBuilder.Insert(Order(1, "a"))));

        Assert.Equal("""{"id":"1"}""", record.Key);
        Assert.Contains("\"data\":[{\"note\":\"a\"}]", record.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("bigint", record.Value, StringComparison.Ordinal);
    }

    private static Cell[] Order(int id, string? note) => [new("id", "bigint", $"{id}", IsKey: true), new("note", "text", note)];
}
