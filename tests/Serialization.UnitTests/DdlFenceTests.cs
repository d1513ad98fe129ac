using Canal.Client.Entries;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>The mark that a statement leaves in the topics of its tables.</summary>
public sealed class DdlFenceTests : IDisposable
{
    private readonly SerializerFixture _fixture = new(fence: true);

    [Fact]
    public void Fence_is_a_tombstone_in_every_partition_with_the_statement_in_its_header()
    {
        Write("CREATE TABLE orders (id INT)");

        TextRecord record = Assert.Single(Write("ALTER TABLE orders ADD note VARCHAR(9) DEFAULT '\"'"));

        Assert.Equal(("bridge.shop.orders", RecordPlacement.EveryPartition), (record.Topic, record.Placement));
        Assert.Equal("""{"fence":"mysql-bin.000004:4711 shop.orders"}""", record.Key);
        Assert.Null(record.Value);
        Assert.Equal("__canal_bridge.fence", record.HeaderName);
        Assert.Equal(
            """{"file":"mysql-bin.000004","pos":"4711","db":"shop","table":"orders","ddl":"ALTER TABLE orders ADD note VARCHAR(9) DEFAULT '\"'"}""", record.HeaderValue);
    }

    [Fact]
    public void Key_has_a_schema_where_keys_have_one()
    {
        using var fixture = new SerializerFixture(fence: true, schemas: true);
        fixture.Write(Statement("CREATE TABLE orders (id INT)"));

        Assert.Equal(
            """{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"fence"}],"optional":false,"name":"canal_bridge.fence.Key"},"payload":{"fence":"mysql-bin.000004:4711 shop.orders"}}""",
            Assert.Single(fixture.Records(Statement("DROP TABLE orders"))).Key);
    }

    [Theory]
    [InlineData("CREATE TABLE more (id INT)", "")]
    [InlineData("CREATE INDEX i ON orders (id)", "")]
    [InlineData("TRUNCATE TABLE orders", "")]
    [InlineData("DROP TABLE IF EXISTS not_there", "")]
    [InlineData("ALTER TABLE not_there ADD a INT", "")]
    [InlineData("ALTER TABLE orders ADD INDEX (id)", "orders")]
    [InlineData("ALTER TABLE orders RENAME TO more", "orders more")]
    [InlineData("RENAME TABLE orders TO swap, items TO orders", "orders swap items")]
    [InlineData("DROP TABLE not_there, orders, items", "orders items")]
    [InlineData("DROP DATABASE shop", "items orders")]
    [InlineData("ALTER TABLE orders FROBNICATE", "orders")]
    [InlineData("CREATE OR REPLACE TABLE orders (z INT)", "orders")]
    public void Fences_stand_where_the_rows_of_a_known_table_change(string statement, string tables)
    {
        Write("CREATE TABLE items (id INT)");
        Write("CREATE TABLE orders (id INT)");

        Assert.Equal(tables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static table => $"bridge.shop.{table}"), Write(statement).Select(static record => record.Topic));
    }

    [Fact]
    public void Rows_show_that_names_keep_their_case_also_of_a_table_that_a_statement_named_first()
    {
        using var fixture = new SerializerFixture(skipped: SkippedOperations.None, fence: true);
        fixture.Records(EntryBuilder.Statement(CanalEventType.Truncate, isDdl: true, "TRUNCATE TABLE Orders"));
        fixture.Records(EntryBuilder.Rows(CanalEventType.Insert, "shop", "Orders", new Row(null, [new Cell("id", "int", "1", IsKey: true)])));

        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD x INT")));
    }

    [Fact]
    public void Fence_goes_to_the_topic_of_the_rows_however_the_statement_spells_the_table()
    {
        using var fixture = new SerializerFixture(fence: true);
        fixture.Records(EntryBuilder.Insert(new Cell("id", "int", "1", IsKey: true)));

        TextRecord record = Assert.Single(fixture.Records(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE ORDERS ADD x INT")));

        Assert.Equal("bridge.shop.orders", record.Topic);
    }

    [Fact]
    public void Table_known_by_its_rows_alone_is_fenced()
    {
        _fixture.Write(EntryBuilder.Insert(new Cell("id", "int", "1")));

        Assert.Single(Write("ALTER TABLE orders ADD a INT"));
    }

    [Fact]
    public void Table_that_is_left_out_is_not_fenced()
    {
        Assert.True(NameFilter.TryParse("shop.other", includes: true, out NameFilter? filter));
        using var fixture = new SerializerFixture(filter: filter, fence: true);
        fixture.Write(Statement("CREATE TABLE orders (id INT)"));

        Assert.Empty(fixture.Records(Statement("DROP TABLE orders")));
    }

    [Fact]
    public void Schema_change_stands_before_the_fence()
    {
        using var fixture = new SerializerFixture(fence: true, schemaChanges: true);
        fixture.Write(Statement("CREATE TABLE orders (id INT)"));

        Assert.Equal(["bridge", "bridge.shop.orders"], fixture.Records(Statement("DROP TABLE orders")).Select(static record => record.Topic));
    }

    public void Dispose() => _fixture.Dispose();

    private static byte[] Statement(string sql) =>
        EntryBuilder.Statement(sql.StartsWith("TRUNCATE", StringComparison.Ordinal) ? CanalEventType.Truncate : CanalEventType.Query, isDdl: true, sql);

    private List<TextRecord> Write(string sql) => _fixture.Records(Statement(sql));
}
