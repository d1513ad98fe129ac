namespace CanalBridge.Serialization.UnitTests;

public sealed class SourceTransactionTests
{
    private const string Id = "file=mysql-bin.000004,pos=4711";

    [Fact]
    public void Begin_and_end_are_records_and_events_are_counted_by_table()
    {
        using SerializerFixture fixture = Fixture();

        TextRecord begin = Assert.Single(fixture.Records(EntryBuilder.Begin(7)));
        List<TextRecord> first = fixture.Records(Insert("orders", "1", "2")), second = fixture.Records(Insert("lines", "1"));
        TextRecord end = Assert.Single(fixture.Records(EntryBuilder.End()));

        Assert.Equal(("bridge.transaction", $$"""{"id":"{{Id}}"}"""), (begin.Topic, begin.Key));
        Assert.Equal($$"""{"status":"BEGIN","id":"{{Id}}","event_count":null,"data_collections":null,"ts_ms":1700000000000}""", begin.Value);
        Assert.Equal([Block(1, 1), Block(2, 2), Block(3, 1)], first.Concat(second).Select(BlockOf));
        Assert.Equal($$"""{"status":"END","id":"{{Id}}","event_count":3,"data_collections":[{"data_collection":"shop.orders","event_count":2},{"data_collection":"shop.lines","event_count":1}],"ts_ms":1700000000000}""", end.Value);
    }

    [Fact]
    public void Records_carry_their_schema_where_schemas_are_on()
    {
        using var fixture = new SerializerFixture(Settings with { Schemas = true });

        TextRecord begin = Assert.Single(fixture.Records(EntryBuilder.Begin(7)));

        Assert.StartsWith("""{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"id"}],"optional":false,"name":"io.debezium.connector.common.TransactionMetadataKey","version":1},"payload":{"id":""", begin.Key!, StringComparison.Ordinal);
        Assert.StartsWith("""{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"status"},""", begin.Value!, StringComparison.Ordinal);
        Assert.EndsWith("}}", begin.Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_key_is_two_events_and_a_tombstone_is_none()
    {
        using SerializerFixture fixture = Fixture();
        fixture.Records(EntryBuilder.Begin(7));

        fixture.Records(EntryBuilder.Update([new Cell("id", "int", "1", IsKey: true)], [new Cell("id", "int", "2", IsKey: true)]));

        Assert.Contains("\"event_count\":2,", Assert.Single(fixture.Records(EntryBuilder.End())).Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Transaction_of_MariaDB_begins_with_its_first_rows()
    {
        using var fixture = new SerializerFixture(Settings with { SourceKind = SourceKind.MariaDb });

        List<TextRecord> records = fixture.Records(Insert("orders", "1"));

        Assert.Equal(2, records.Count);
        Assert.StartsWith("""{"status":"BEGIN",""", records[0].Value!, StringComparison.Ordinal);
        Assert.Equal(Block(1, 1), BlockOf(records[1]));
        Assert.Single(fixture.Records(EntryBuilder.End()));
        Assert.Empty(fixture.Records(EntryBuilder.End()));
    }

    [Fact]
    public void Transaction_of_MariaDB_whose_end_canal_left_out_ends_before_the_next_one()
    {
        using var fixture = new SerializerFixture(Settings with { SourceKind = SourceKind.MariaDb });
        fixture.Records(Insert("0-1-7", "orders", ["1"]));

        List<TextRecord> same = fixture.Records(Insert("0-1-7", "orders", ["2"])), next = fixture.Records(Insert("0-1-8", "orders", ["3"]));

        Assert.Single(same);
        Assert.Equal(3, next.Count);
        Assert.StartsWith("""{"status":"END","id":"0-1-7","event_count":2,""", next[0].Value!, StringComparison.Ordinal);
        Assert.StartsWith("""{"status":"BEGIN","id":"0-1-8",""", next[1].Value!, StringComparison.Ordinal);
        Assert.Equal("""{"id":"0-1-8","total_order":1,"data_collection_order":1}""", BlockOf(next[2]));
    }

    [Fact]
    public void Rows_outside_of_a_transaction_of_MySQL_belong_to_none()
    {
        using SerializerFixture fixture = Fixture();

        Assert.Contains("\"transaction\":null,", Assert.Single(fixture.Records(Insert("orders", "1"))).Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Begin_and_end_that_were_published_before_change_nothing()
    {
        using SerializerFixture fixture = Fixture();
        fixture.Records(EntryBuilder.Begin(7));
        fixture.Records(Insert("orders", "1"));

        Assert.Empty(fixture.Records(EntryBuilder.End(), firstRow: 1));
        Assert.Empty(fixture.Records(EntryBuilder.Begin(7), firstRow: 1));

        Assert.Equal(Block(2, 2), BlockOf(Assert.Single(fixture.Records(Insert("orders", "2")))));
    }

    [Fact]
    public void What_was_counted_goes_on_after_a_restart()
    {
        string? kept;
        using (SerializerFixture before = Fixture())
        {
            before.Records(EntryBuilder.Begin(7));
            before.Records(Insert("orders", "1", "2"));
            kept = before.OpenTransaction;
        }

        using SerializerFixture after = Fixture();
        after.RestoreTransaction(kept!);

        Assert.Equal(Block(3, 3), BlockOf(Assert.Single(after.Records(Insert("orders", "3")))));
        Assert.Contains("[{\"data_collection\":\"shop.orders\",\"event_count\":3}]", Assert.Single(after.Records(EntryBuilder.End())).Value!, StringComparison.Ordinal);
        Assert.Null(after.OpenTransaction);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"id\":1,\"tables\":{}}")]
    public void State_of_another_form_is_refused(string state)
    {
        using SerializerFixture fixture = Fixture();

        Assert.Throws<FormatException>(() => fixture.RestoreTransaction(state));
    }

    [Fact]
    public void Count_begins_anew_with_each_transaction_also_of_a_table_met_before()
    {
        using SerializerFixture fixture = Fixture();
        for (int i = 0; i < 2; i++)
        {
            fixture.Records(EntryBuilder.Begin(7));
            Assert.Equal(Block(1, 1), BlockOf(Assert.Single(fixture.Records(Insert("orders", "1")))));
            Assert.Equal(Block(2, 1), BlockOf(Assert.Single(fixture.Records(Insert("lines", "1")))));
            Assert.Contains("\"event_count\":2,", Assert.Single(fixture.Records(EntryBuilder.End())).Value!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Transaction_of_known_tables_allocates_nothing()
    {
        using SerializerFixture fixture = Fixture();
        byte[] begin = EntryBuilder.Begin(7), rows = Insert("orders", "1", "2"), end = EntryBuilder.End();
        Run();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Run();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            fixture.Buffer.Clear();
            fixture.Write(begin);
            fixture.Write(rows);
            fixture.Write(end);
        }
    }

    [Fact]
    public void Nothing_is_kept_where_nobody_counts()
    {
        using var fixture = new SerializerFixture();

        Assert.Empty(fixture.Records(EntryBuilder.Begin(7)));
        Assert.Null(fixture.OpenTransaction);
    }

    private static SerializationSettings Settings => new() { TopicPrefix = "bridge", TransactionTopic = "bridge.transaction" };

    private static SerializerFixture Fixture() => new(Settings);

    private static byte[] Insert(string table, params string[] ids) => Insert("", table, ids);

    private static byte[] Insert(string gtid, string table, string[] ids) => EntryBuilder.RowsOf(
        gtid, Canal.Client.Entries.CanalEventType.Insert, "shop", table, [.. ids.Select(static id => new Row(null, [new Cell("id", "int", id, IsKey: true)]))]);

    private static string Block(int total, int order) => $$"""{"id":"{{Id}}","total_order":{{total}},"data_collection_order":{{order}}}""";

    private static string BlockOf(TextRecord record)
    {
        using var value = System.Text.Json.JsonDocument.Parse(record.Value!);
        return value.RootElement.GetProperty("transaction").GetRawText();
    }
}
