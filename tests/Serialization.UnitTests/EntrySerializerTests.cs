using System.Text;
using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests;

public sealed class EntrySerializerTests
{
    private readonly SerializerFixture _fixture = new();

    [Fact]
    public void Entry_of_an_unknown_type_is_not_passed_over()
    {
        using var fixture = new SerializerFixture();
        byte[] entry = EntryBuilder.Entry((CanalEntryType)6, CanalEventType.None, "shop", "orders", [1, 2]);

        string message = Assert.Throws<CanalProtocolException>(() => fixture.Write(entry)).Message;

        Assert.Contains("type 6 at mysql-bin.000004:4711", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CanalEntryType.Heartbeat)]
    [InlineData(CanalEntryType.GtidLog)]
    public void Entry_that_holds_nothing_is_passed_over(CanalEntryType type)
    {
        using var fixture = new SerializerFixture();

        Assert.Equal(EntryKind.Other, fixture.Write(EntryBuilder.Entry(type, CanalEventType.None, "", "", [])).Kind);
    }

    [Fact]
    public void Insert_is_one_record_with_every_member_of_the_envelope()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Insert(Order(1, "new"))));

        Assert.Equal("""{"id":1}""", record.Key);
        Assert.Equal(
            """{"before":null,"after":{"id":1,"note":"new"},"source":{"version":"3.5.0.Final","connector":"mysql","name":"bridge","ts_ms":1700000000000,"snapshot":"false","db":"shop","sequence":null,"ts_us":1700000000000000,"ts_ns":1700000000000000000,"table":"orders","server_id":1,"gtid":null,"file":"mysql-bin.000004","pos":4711,"row":0,"thread":null,"query":null},"transaction":null,"op":"c","ts_ms":1700000000123,"ts_us":1700000000123456,"ts_ns":1700000000123456789}""",
            record.Value);
    }

    [Fact]
    public void Update_has_both_images()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Update(Order(1, "old"), Order(1, "new"))));

        Assert.Equal("""{"id":1}""", record.Key);
        Assert.StartsWith("""{"before":{"id":1,"note":"old"},"after":{"id":1,"note":"new"},"source":""", record.Value, StringComparison.Ordinal);
        Assert.Contains("\"op\":\"u\"", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_is_followed_by_its_tombstone()
    {
        List<TextRecord> records = _fixture.Records(EntryBuilder.Delete(Order(1, "old")));

        Assert.Equal(2, records.Count);
        Assert.StartsWith("""{"before":{"id":1,"note":"old"},"after":null,"source":""", records[0].Value, StringComparison.Ordinal);
        Assert.Contains("\"op\":\"d\"", records[0].Value, StringComparison.Ordinal);
        Assert.Equal(records[0].Key, records[1].Key);
        Assert.Null(records[1].Value);
    }

    [Fact]
    public void Key_change_is_delete_tombstone_and_create_that_name_each_other()
    {
        List<TextRecord> records = _fixture.Records(EntryBuilder.Update(Order(1, "x"), Order(2, "x")));

        Assert.Equal(["""{"id":1}""", """{"id":1}""", """{"id":2}"""], records.Select(static record => record.Key));
        Assert.Equal(["__debezium.newkey", "__debezium.newkey", "__debezium.oldkey"], records.Select(static record => record.HeaderName));
        Assert.Equal(["""{"id":2}""", """{"id":2}""", """{"id":1}"""], records.Select(static record => record.HeaderValue));
        Assert.StartsWith("""{"before":{"id":1,"note":"x"},"after":null""", records[0].Value, StringComparison.Ordinal);
        Assert.Null(records[1].Value);
        Assert.StartsWith("""{"before":null,"after":{"id":2,"note":"x"}""", records[2].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_of_a_key_change_has_plain_decimals_and_unescaped_controls()
    {
        Cell[] before = [new("d", "decimal(10,7)", "0.0000001", true), new("t", "varchar(9)", "a", true)];
        Cell[] after = [new("d", "decimal(10,7)", "12.5000000", true), new("t", "varchar(9)", "\"\\\t", true)];

        List<TextRecord> records = _fixture.Records(EntryBuilder.Update(before, after));

        Assert.Equal("{\"d\":12.5000000,\"t\":\"\\\"\\\\\t\"}", records[0].HeaderValue);
        Assert.Equal("{\"d\":1E-7,\"t\":\"a\"}", records[2].HeaderValue);
    }

    [Fact]
    public void Texts_that_make_the_same_key_are_no_key_change()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Update([new("d", "date", "0000-00-00", true)], [new("d", "date", "1970-01-01", true)])));

        Assert.Equal("""{"d":0}""", record.Key);
    }

    [Fact]
    public void Table_without_key_has_null_keys_and_tombstones_and_no_key_changes()
    {
        Assert.Null(Assert.Single(_fixture.Records(EntryBuilder.Insert(new Cell("a", "int", "1")))).Key);
        Assert.Null(Assert.Single(_fixture.Records(EntryBuilder.Update([new("a", "int", "1")], [new("a", "int", "2")]))).Key);

        List<TextRecord> records = _fixture.Records(EntryBuilder.Delete(new Cell("a", "int", "1")));
        Assert.Equal(2, records.Count);
        Assert.All(records, static record => Assert.Null(record.Key));
        Assert.Null(records[1].Value);
    }

    [Fact]
    public void Rows_before_the_first_new_one_are_passed_over_but_counted()
    {
        byte[] entry = EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, Order(1, "a")), new(null, Order(2, "b")), new(null, Order(3, "c")));

        List<TextRecord> records = _fixture.Records(entry, firstRow: 1);
        EntryResult result = _fixture.Write(entry, firstRow: 3);

        Assert.Equal(2, records.Count);
        Assert.Contains("\"row\":1,", records[0].Value, StringComparison.Ordinal);
        Assert.Contains("\"row\":2,", records[1].Value, StringComparison.Ordinal);
        Assert.Equal(new EntryResult(EntryKind.Rows, 3, 0), result);
    }

    [Fact]
    public void Topic_of_a_table_is_asked_for_once_and_is_the_same_object_for_ever()
    {
        string first = _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Topic;
        _fixture.Records(EntryBuilder.Rows(CanalEventType.Insert, "shop", "others", new Row(null, Order(1, "a"))));
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders DROP note"));

        Assert.Equal("bridge.shop.orders", first);
        Assert.Same(first, _fixture.Records(EntryBuilder.Insert(new Cell("id", "bigint", "1", true)))[0].Topic);
        Assert.Equal(2, _fixture.Topics.Questions);
    }

    [Fact]
    public void Thread_is_that_of_the_open_transaction()
    {
        _fixture.Write(EntryBuilder.Begin(38));
        Assert.Contains("\"thread\":38,", _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Value, StringComparison.Ordinal);

        _fixture.Write(EntryBuilder.End());
        Assert.Contains("\"thread\":null,", _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void MariaDb_has_no_thread()
    {
        var fixture = new SerializerFixture(SourceKind.MariaDb);
        fixture.Write(EntryBuilder.Begin(38));

        string value = fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Value!;

        Assert.Contains("\"thread\":null,", value, StringComparison.Ordinal);
        Assert.Contains("\"connector\":\"mariadb\",", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CanalEventType.Alter, true, EntryKind.Ddl)]
    [InlineData(CanalEventType.Truncate, true, EntryKind.Ddl)]
    [InlineData(CanalEventType.Query, true, EntryKind.Ddl)]
    [InlineData(CanalEventType.Query, false, EntryKind.Query)]
    [InlineData(CanalEventType.Insert, false, EntryKind.StatementDml)]
    [InlineData(CanalEventType.Delete, false, EntryKind.StatementDml)]
    [InlineData(CanalEventType.XaCommit, false, EntryKind.Xa)]
    [InlineData(CanalEventType.XaRollback, false, EntryKind.Xa)]
    [InlineData((CanalEventType)99, false, EntryKind.Other)]
    public void Statements_make_no_records(CanalEventType type, bool isDdl, EntryKind kind)
    {
        Assert.Equal(new EntryResult(kind, 0, 0), _fixture.Write(EntryBuilder.Statement(type, isDdl, "some text")));
        Assert.Equal(0, _fixture.Buffer.Count);
    }

    [Fact]
    public void Transaction_boundaries_and_unknown_entries_make_no_records()
    {
        Assert.Equal(EntryKind.TransactionBegin, _fixture.Write(EntryBuilder.Begin(1)).Kind);
        Assert.Equal(EntryKind.TransactionEnd, _fixture.Write(EntryBuilder.End()).Kind);
        Assert.Equal(EntryKind.Other, _fixture.Write(EntryBuilder.Entry(CanalEntryType.Heartbeat, CanalEventType.None, "", "", [])).Kind);
        Assert.Equal(0, _fixture.Buffer.Count);
    }

    [Fact]
    public void Damaged_text_is_counted_per_entry()
    {
        byte[] entry = EntryBuilder.Insert(new Cell("a", "varchar(9)", "caf\uFFFD", false), new Cell("b", "text", "fine"), new Cell("c", "char(3)", "\uFFFD\uFFFD"));

        Assert.Equal(2, _fixture.Write(entry).DamagedValues);
        Assert.Equal(0, _fixture.Write(EntryBuilder.Insert(Order(1, "a"))).DamagedValues);
    }

    [Theory]
    [InlineData("SHOP\\.ord.*", true, 1)]
    [InlineData("shop\\.ord", true, 0)]
    [InlineData("other\\.x, shop\\.orders", false, 0)]
    [InlineData("orders", false, 1)]
    public void Table_list_is_matched_against_the_whole_name(string list, bool includes, int records)
    {
        Assert.True(NameFilter.TryParse(list, includes, out NameFilter? filter));
        using var fixture = new SerializerFixture(filter: filter);

        Assert.Equal(records, fixture.Records(EntryBuilder.Insert(Order(1, "a"))).Count);
    }

    [Theory]
    [InlineData(SkippedOperations.Create, 0)]
    [InlineData(SkippedOperations.Update | SkippedOperations.Delete, 1)]
    public void Operation_that_is_skipped_gives_no_record(SkippedOperations skipped, int records)
    {
        using var fixture = new SerializerFixture(skipped: skipped);

        Assert.Equal(records, fixture.Records(EntryBuilder.Insert(Order(1, "a"))).Count);
    }

    [Theory]
    [InlineData(SkippedOperations.Truncate, 0)]
    [InlineData(SkippedOperations.None, 1)]
    public void Truncate_is_a_record_of_the_table_it_names_unless_skipped(SkippedOperations skipped, int records)
    {
        using var fixture = new SerializerFixture(skipped: skipped);

        List<TextRecord> written = fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE TABLE `other`.`bits and pieces`"));

        Assert.Equal(records, written.Count);
        Assert.All(written, static record =>
        {
            Assert.Equal(("bridge.other.bits_and_pieces", null), (record.Topic, record.Key));
            Assert.Contains("\"table\":\"bits and pieces\"", record.Value, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Truncate_with_schemas_takes_the_columns_from_the_definition()
    {
        using var fixture = new SerializerFixture(skipped: SkippedOperations.None, schemas: true);
        byte[] truncate = EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE orders");
        Assert.Empty(fixture.Records(truncate));
        fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE orders (id INT PRIMARY KEY, at DATE)"));

        string value = Assert.Single(fixture.Records(truncate)).Value!;

        Assert.Contains(@"{""type"":""int32"",""optional"":true,""name"":""io.debezium.time.Date"",""version"":1,""field"":""at""}", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_table_that_is_left_out_are_not_looked_at_but_counted()
    {
        Assert.True(NameFilter.TryParse("shop.orders", includes: false, out NameFilter? filter));
        using var fixture = new SerializerFixture(filter: filter);
        Cell[] bad = [new("a", "inet6", "::1")];

        EntryResult result = fixture.Write(EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, bad), new(null, bad)));

        Assert.Equal((EntryKind.ExcludedRows, 2), (result.Kind, result.Rows));
        Assert.Equal(0, fixture.Topics.Questions);
    }

    [Fact]
    public void Buffer_is_left_as_it_was_when_a_value_is_refused()
    {
        _fixture.Write(EntryBuilder.Insert(Order(1, "a")));
        int count = _fixture.Buffer.Count, length = _fixture.Buffer.LengthBytes;
        string before = Encoding.UTF8.GetString(_fixture.Buffer[0].Value);
        Cell[] bad = [new("id", "bigint", "x", true), new("note", "text", new string('n', 200_000))];
        byte[] entry = EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, Order(2, new string('n', 200_000))), new(null, bad));

        var refused = Assert.Throws<UnmappableValueException>(() => _fixture.Write(entry));

        Assert.Equal(1, refused.Row);
        Assert.Equal((count, length), (_fixture.Buffer.Count, _fixture.Buffer.LengthBytes));
        Assert.Equal(before, Encoding.UTF8.GetString(_fixture.Buffer[0].Value));
    }

    [Fact]
    public void Cut_off_entry_is_malformed_and_leaves_the_buffer_as_it_was()
    {
        byte[] change = EntryBuilder.Message(static output =>
        {
            output.WriteTag(0x10);
            output.WriteInt64(1);
            output.WriteTag(0x62);
            output.WriteBytes(Google.Protobuf.ByteString.CopyFrom(0x12, 0x7f, 0x08));
        });

        Assert.Throws<CanalProtocolException>(() => _fixture.Write(EntryBuilder.Entry(CanalEntryType.RowData, CanalEventType.Insert, "shop", "orders", change)));
        Assert.Equal((0, 0), (_fixture.Buffer.Count, _fixture.Buffer.LengthBytes));
    }

    [Fact]
    public void Changed_layout_is_learned_in_the_middle_of_the_stream()
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));

        string added = _fixture.Records(EntryBuilder.Insert([.. Order(1, "a"), new Cell("extra", "int", "5")]))[0].Value!;
        string retyped = _fixture.Records(EntryBuilder.Insert(new Cell("id", "varchar(9)", "1", true), new Cell("note", "text", "a")))[0].Value!;

        Assert.Contains("\"after\":{\"id\":1,\"note\":\"a\",\"extra\":5}", added, StringComparison.Ordinal);
        Assert.Contains("\"after\":{\"id\":\"1\",\"note\":\"a\"}", retyped, StringComparison.Ordinal);
    }

    [Fact]
    public void Column_dropped_by_a_DDL_is_no_incomplete_row()
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders DROP note"));

        string value = _fixture.Records(EntryBuilder.Insert(Order(1, "a")[0]))[0].Value!;

        Assert.Contains("\"after\":{\"id\":1}", value, StringComparison.Ordinal);
    }

    /// <summary>Canal names the statement after its first clause.</summary>
    [Theory]
    [InlineData(CanalEventType.DropIndex, "ALTER TABLE orders DROP INDEX k, DROP COLUMN note")]
    [InlineData(CanalEventType.CreateIndex, "/* why */ alter table orders ADD INDEX k (id), DROP note")]
    public void Column_dropped_behind_a_clause_about_an_index_is_no_incomplete_row(CanalEventType type, string statement)
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));
        _fixture.Write(EntryBuilder.Statement(type, isDdl: true, statement));

        string value = _fixture.Records(EntryBuilder.Insert(Order(1, "a")[0]))[0].Value!;

        Assert.Contains("\"after\":{\"id\":1}", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CanalEventType.Alter, "others")]
    [InlineData(CanalEventType.Truncate, "orders")]
    [InlineData(CanalEventType.CreateIndex, "orders")]
    public void DDL_that_takes_no_column_from_a_table_does_not_excuse_an_incomplete_row_of_it(CanalEventType type, string table)
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));
        _fixture.Records(EntryBuilder.Rows(CanalEventType.Insert, "shop", "others", new Row(null, Order(1, "a"))));
        _fixture.Write(EntryBuilder.Statement(type, isDdl: true, "DDL", table));

        Assert.Throws<IncompleteRowImageException>(() => _fixture.Write(EntryBuilder.Insert(Order(2, "a")[0])));
    }

    [Theory]
    [InlineData(CanalEventType.Rename)]
    [InlineData(CanalEventType.Query)]
    public void Statement_that_may_exchange_names_excuses_every_table(CanalEventType type)
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));
        _fixture.Write(EntryBuilder.Statement(type, isDdl: true, "DDL", "others"));

        Assert.Contains("\"after\":{\"id\":2}", _fixture.Records(EntryBuilder.Insert(Order(2, "a")[0]))[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_columns_are_refused_by_table_and_remedy()
    {
        _fixture.Records(EntryBuilder.Insert(Order(1, "a")));

        var exception = Assert.Throws<IncompleteRowImageException>(() => _fixture.Write(EntryBuilder.Insert(Order(2, "a")[0])));

        Assert.Contains("shop.orders", exception.Message, StringComparison.Ordinal);
        Assert.Contains("binlog_row_image=FULL", exception.Message, StringComparison.Ordinal);
        Assert.Single(_fixture.Records(EntryBuilder.Insert(Order(3, "a"))));
    }

    [Fact]
    public void Images_of_different_columns_are_refused()
    {
        Cell[] full = Order(1, "a");

        Assert.Throws<IncompleteRowImageException>(() => _fixture.Write(EntryBuilder.Update([full[0]], [full[1] with { Index = 1 }])));
        Assert.Throws<IncompleteRowImageException>(() => _fixture.Write(EntryBuilder.Update(full, [full[0]])));
        Assert.Throws<IncompleteRowImageException>(() => _fixture.Write(EntryBuilder.Update(full, [])));
        Assert.Throws<IncompleteRowImageException>(() => _fixture.Write(EntryBuilder.Insert(full[0], full[1] with { Index = 2 })));
    }

    [Theory]
    [InlineData("mariadb/13-row-image-minimal", true)]
    [InlineData("mariadb/13-row-image-noblob", true)]
    [InlineData("mysql/13-row-image-minimal", false)]
    [InlineData("mysql/13-row-image-noblob", false)]
    public void Recorded_rows_are_refused_unless_they_have_all_columns(string scenario, bool mariaDb)
    {
        Assert.SkipWhen(Golden.GoldenFiles.SharedRecordings is null, "Set SHARED_RECORDINGS to the folder of all recordings.");
        var columns = new Dictionary<string, int> { ["keyed"] = 7, ["keyless"] = 3, ["uniq"] = 3, ["composite"] = 4 };
        using var fixture = new SerializerFixture(mariaDb ? SourceKind.MariaDb : SourceKind.MySql);
        int refused = 0, written = 0;

        foreach (byte[] frame in Golden.GoldenFiles.ReadFrames(scenario))
        {
            using var batch = new CanalBatch(frame);
            foreach (CanalEntry entry in batch.Entries)
            {
                try
                {
                    foreach (TextRecord record in fixture.Records(entry.Bytes.ToArray()).Where(static r => r.Value is not null))
                    {
                        using var json = System.Text.Json.JsonDocument.Parse(record.Value!);
                        var images = new[] { json.RootElement.GetProperty("before"), json.RootElement.GetProperty("after") }.Where(static i => i.ValueKind != System.Text.Json.JsonValueKind.Null);
                        Assert.All(images, image => Assert.Equal(columns[record.Topic.Split('.')[2]], image.EnumerateObject().Count()));
                        written++;
                    }
                }
                catch (IncompleteRowImageException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 0 && written > 0, $"{refused} refused, {written} written");
    }

    [Fact]
    public void Fields_in_another_order_are_read_all_the_same()
    {
        byte[] column = EntryBuilder.Message(static output =>
        {
            output.WriteTag(0x52);
            output.WriteString("int(11)");
            output.WriteTag(0x42);
            output.WriteString("42");
            output.WriteTag(0x1a);
            output.WriteString("a");
        });
        byte[] row = EntryBuilder.Message(output =>
        {
            output.WriteTag(0x12);
            output.WriteBytes(Google.Protobuf.ByteString.CopyFrom(column));
        });
        byte[] change = EntryBuilder.Message(output =>
        {
            output.WriteTag(0x62);
            output.WriteBytes(Google.Protobuf.ByteString.CopyFrom(row));
            output.WriteTag(0x10);
            output.WriteInt64(1);
        });

        string value = _fixture.Records(EntryBuilder.Entry(CanalEntryType.RowData, CanalEventType.Insert, "shop", "orders", change))[0].Value!;

        Assert.Contains("\"after\":{\"a\":42}", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Layouts_are_bounded_and_topics_are_not_forgotten()
    {
        string first = _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Topic;
        for (int i = 0; i < 5000; i++)
        {
            _fixture.Buffer.Clear();
            _fixture.Write(EntryBuilder.Rows(CanalEventType.Insert, "many", $"t{i}", new Row(null, Order(1, "a"))));
        }

        Assert.Same(first, _fixture.Records(EntryBuilder.Insert(Order(1, "a")))[0].Topic);
        Assert.Equal(5001, _fixture.Topics.Questions);
    }

    [Fact]
    public void Row_of_a_known_layout_allocates_nothing()
    {
        byte[] entry = EntryBuilder.Update(
            [.. Order(1, "old"), new("d", "decimal(10,2)", "1.0"), new("t", "timestamp", "2024-01-01 00:00:00"), new("e", "enum('a','b')", "1"), new("f", "double", "1.5")],
            [.. Order(1, "new"), new("d", "decimal(10,2)", "2.0"), new("t", "timestamp", "2024-01-02 00:00:00"), new("e", "enum('a','b')", "2"), new("f", "double", "2.5")]);
        _fixture.Write(entry);
        _fixture.Buffer.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            _fixture.Buffer.Clear();
            _fixture.Write(entry);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Cell[] Order(long id, string note) =>
        [new("id", "bigint", id.ToString(System.Globalization.CultureInfo.InvariantCulture), true), new("note", "text", note)];
}
