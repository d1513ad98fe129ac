using Canal.Client.Entries;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.UnitTests.Envelopes;

/// <summary>What the goldens of Canal's Kafka mode do not show: replays, filters, and entries that no recording has.</summary>
public sealed class StrictFlatEnvelopeTests
{
    private static readonly SerializationSettings Settings = new() { Format = EnvelopeFormat.CanalFlat, Strict = true, TopicPrefix = "bridge", SkippedOperations = SkippedOperations.None };

    private readonly SerializerFixture _fixture = new(Settings);

    [Fact]
    public void Entry_is_one_message_without_key_in_the_first_partition()
    {
        TextRecord record = Assert.Single(_fixture.Records(EntryBuilder.Rows(
            CanalEventType.Update, "shop", "orders", new(Order(1, "a"), Order(1, "b")), new(Order(2, "same"), Order(2, "same")))));

        Assert.Null(record.Key);
        Assert.Equal(RecordPlacement.FirstPartition, _fixture.Buffer[0].Placement);
        Assert.Equal(
            """{"data":[{"id":"1","note":"b"},{"id":"2","note":"same"}],"database":"shop","es":1700000000000,"gtid":"","id":1,"isDdl":false,"mysqlType":{"id":"bigint","note":"text"},"old":[{"note":"a"},{"note":"same"}],"pkNames":["id"],"sql":"","sqlType":{"id":12,"note":-5},"table":"orders","ts":1700000000123,"type":"UPDATE"}""",
            record.Value);
    }

    [Fact]
    public void Entry_delivered_again_gives_its_new_rows_only()
    {
        byte[] entry = EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, Order(1, "a")), new(null, Order(2, "b")), new(null, Order(3, "c")));

        string value = Assert.Single(_fixture.Records(entry, firstRow: 1)).Value!;

        Assert.StartsWith("""{"data":[{"id":"2","note":"b"},{"id":"3","note":"c"}],""", value, StringComparison.Ordinal);
        Assert.Contains(""","pkNames":["id"],""", value, StringComparison.Ordinal);
        Assert.Empty(_fixture.Records(entry, firstRow: 3));
    }

    [Fact]
    public void Statement_delivered_again_gives_nothing() =>
        Assert.Empty(_fixture.Records(EntryBuilder.Statement(CanalEventType.Insert, isDdl: false, "INSERT INTO orders VALUES (1)"), firstRow: 1));

    [Fact]
    public void Entry_does_not_remember_the_one_before_it()
    {
        _fixture.Records(EntryBuilder.Update(Order(1, "a"), Order(1, "b")));

        string value = Assert.Single(_fixture.Records(EntryBuilder.Rows(CanalEventType.Update, "shop", "others", new Row([new("x", "int", "1")], [new("x", "int", "1")])))).Value!;

        Assert.Contains(""","mysqlType":{"x":"int"},"old":[{}],"pkNames":null,""", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_without_rows_is_a_message_without_data() =>
        Assert.StartsWith("""{"data":null,"database":"shop",""", Assert.Single(_fixture.Records(EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders"))).Value, StringComparison.Ordinal);

    [Fact]
    public void Partial_rows_are_written_as_they_come()
    {
        byte[] entry = EntryBuilder.Rows(CanalEventType.Update, "shop", "orders", new Row([new("id", "int", "1", true)], [new("note", "text", "b", Index: 1)]));

        string value = Assert.Single(_fixture.Records(entry)).Value!;

        Assert.StartsWith("""{"data":[{"note":"b"}],""", value, StringComparison.Ordinal);
        Assert.Contains(""","old":[{}],"pkNames":null,""", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CanalEventType.Query, false, EntryKind.Query)]
    [InlineData(CanalEventType.Insert, false, EntryKind.StatementDml)]
    [InlineData(CanalEventType.Create, true, EntryKind.DdlRecord)]
    [InlineData(CanalEventType.XaRollback, false, EntryKind.Xa)]
    public void Every_statement_is_a_message(CanalEventType type, bool isDdl, EntryKind kind)
    {
        Assert.Equal(kind, _fixture.Write(EntryBuilder.Statement(type, isDdl, "a text")).Kind);
        Assert.Equal(1, _fixture.Buffer.Count);
    }

    [Fact]
    public void Statement_without_a_table_goes_to_the_topic_named_by_the_prefix() =>
        Assert.Equal("bridge", Assert.Single(_fixture.Records(EntryBuilder.Statement(CanalEventType.Query, isDdl: false, "INSERT", table: ""))).Topic);

    [Fact]
    public void Transaction_boundaries_are_no_messages()
    {
        Assert.Empty(_fixture.Records(EntryBuilder.Begin(1)));
        Assert.Empty(_fixture.Records(EntryBuilder.End()));
    }

    [Fact]
    public void Operation_that_is_skipped_gives_no_message()
    {
        using var fixture = new SerializerFixture(Settings with { SkippedOperations = SkippedOperations.Create | SkippedOperations.Truncate });

        Assert.Empty(fixture.Records(EntryBuilder.Insert(Order(1, "a"))));
        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE orders")));
    }

    [Fact]
    public void Damaged_text_is_counted_per_entry()
    {
        Assert.Equal(2, _fixture.Write(EntryBuilder.Update(Order(1, "\uFFFD"), Order(1, "a\uFFFD"))).DamagedValues);
        Assert.Equal(0, _fixture.Write(EntryBuilder.Insert(Order(1, "a"))).DamagedValues);
    }

    private static Cell[] Order(int id, string note) => [new("id", "bigint", $"{id}", IsKey: true), new("note", "text", note)];
}
