using Canal.Client.Entries;
using CanalBridge.Serialization.UnitTests.Avro;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>What is told before a batch is written: that it may mean to wait.</summary>
public sealed class MayAskTests : IDisposable
{
    private const string Orders = "CREATE TABLE orders (id INT PRIMARY KEY)";

    private readonly SourceStandIn _source = new();
    private readonly SerializerFixture _fixture;

    public MayAskTests() => _fixture = new SerializerFixture(source: _source, schemaChanges: true);

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(Orders)]
    [InlineData(null)]
    public void Table_may_be_asked_for_until_its_first_row(string? statement)
    {
        _source.Statement = statement;

        Assert.True(_fixture.MayAsk(Insert()));
        _fixture.Write(Insert());

        Assert.False(_fixture.MayAsk(Insert()));
    }

    [Fact]
    public void Table_may_be_asked_for_again_behind_a_statement_until_a_row_shows_its_shape()
    {
        _source.Statement = Orders;
        _fixture.Write(Insert());

        _fixture.Write(Statement("ALTER TABLE orders COMMENT 'x'"));

        Assert.True(_fixture.MayAsk(Insert()));
        _fixture.Write(Insert());
        Assert.False(_fixture.MayAsk(Insert()));
    }

    [Fact]
    public void Statement_may_ask_for_a_character_set_only_where_it_makes_tables()
    {
        Assert.True(_fixture.MayAsk(Statement(Orders)));
        Assert.True(_fixture.MayAsk(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, Orders)));
        Assert.False(_fixture.MayAsk(Statement("INSERT INTO orders VALUES (1)")));
        Assert.False(_fixture.MayAsk(EntryBuilder.Statement(CanalEventType.Erase, isDdl: true, "DROP TABLE orders")));
    }

    [Fact]
    public void Rows_that_are_never_read_ask_for_nothing()
    {
        using var fixture = new SerializerFixture(source: _source, skipped: SkippedOperations.Create);

        Assert.False(fixture.MayAsk(Insert()));
    }

    [Fact]
    public void Statement_in_place_of_rows_asks_for_nothing() =>
        Assert.False(_fixture.MayAsk(EntryBuilder.Statement(CanalEventType.Insert, isDdl: false, "INSERT INTO orders VALUES (1)")));

    [Fact]
    public void Table_that_is_left_out_asks_for_nothing_once_it_is_known()
    {
        Assert.True(NameFilter.TryParse("shop.other", includes: true, out NameFilter? filter));
        using var fixture = new SerializerFixture(source: _source, filter: filter);
        fixture.Write(Insert());

        Assert.False(fixture.MayAsk(Insert()));
    }

    [Fact]
    public void Nothing_is_asked_where_there_is_nobody_to_ask()
    {
        using var fixture = new SerializerFixture(schemaChanges: true);

        Assert.False(fixture.MayAsk(Insert()));
        Assert.False(fixture.MayAsk(Statement(Orders)));
    }

    [Fact]
    public void Registry_may_be_asked_for_each_new_layout()
    {
        using var fixture = new AvroFixture();

        Assert.True(fixture.MayAsk(Insert()));
        fixture.Write(Insert());
        Assert.False(fixture.MayAsk(Insert()));
        fixture.Write(Statement("ALTER TABLE orders ALTER id SET DEFAULT 7"));
        Assert.True(fixture.MayAsk(Insert()));
    }

    private static byte[] Insert() => EntryBuilder.Insert(new Cell("id", "int", "1", IsKey: true));

    private static byte[] Statement(string sql) => EntryBuilder.Statement(CanalEventType.Query, isDdl: !sql.StartsWith("INSERT", StringComparison.Ordinal), sql);
}
