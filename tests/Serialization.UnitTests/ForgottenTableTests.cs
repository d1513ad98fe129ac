using System.Globalization;
using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>What is forgotten of tables, and what is not.</summary>
public sealed class ForgottenTableTests : IDisposable
{
    private const int MostLayouts = 4096, MostTables = 50_000;

    private readonly SerializerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("DROP TABLE orders")]
    [InlineData("DROP TABLE IF EXISTS other, shop.ORDERS")]
    [InlineData("DROP DATABASE shop")]
    public void Dropped_table_is_forgotten_with_its_topic(string statement)
    {
        Insert("orders");

        _fixture.Write(EntryBuilder.Statement(CanalEventType.Query, isDdl: true, statement));

        Assert.Empty(_fixture.Tables);
        Assert.Single(_fixture.Topics.Forgotten, static name => name is "shop.orders" or "shop.");
        Assert.Equal(1, _fixture.Topics.Questions);
        Insert("orders");
        Assert.Equal(2, _fixture.Topics.Questions);
        Assert.Equal(["shop.orders"], _fixture.Tables);
    }

    [Theory]
    [InlineData("DROP TABLE other")]
    [InlineData("DROP DATABASE other")]
    [InlineData("CREATE DATABASE shop")]
    [InlineData("ALTER TABLE orders DROP COLUMN gone")]
    [InlineData("DROP INDEX a ON orders")]
    public void Other_table_is_not_forgotten(string statement)
    {
        Insert("orders");

        _fixture.Write(EntryBuilder.Statement(CanalEventType.Query, isDdl: true, statement));

        Insert("orders");
        Assert.Equal(1, _fixture.Topics.Questions);
    }

    [Fact]
    public void Layouts_used_least_are_forgotten_beyond_the_bound()
    {
        for (int i = 0; i < MostLayouts; i++)
        {
            Insert(Name(i));
        }

        Insert(Name(0));
        Insert("one_more");

        Assert.Equal((MostLayouts * 3 / 4) + 1, _fixture.Tables.Count());
        Assert.Contains($"shop.{Name(0)}", _fixture.Tables);
        Assert.Contains("shop.one_more", _fixture.Tables);
        Assert.DoesNotContain($"shop.{Name(1)}", _fixture.Tables);
        Assert.Equal(MostLayouts + 1, _fixture.Topics.Questions);
    }

    [Fact]
    public void Definition_outlives_the_table_that_was_not_used_for_long()
    {
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE orders (id INT NOT NULL, part INT NOT NULL, PRIMARY KEY (part, id))"));
        string? first = Key("orders");
        for (int i = 0; i < MostTables; i++)
        {
            Insert(Name(i));
        }

        Assert.Equal("""{"part":2,"id":1}""", first);
        Assert.Equal(MostTables + 1, _fixture.Topics.Questions);
        Assert.Equal(first, Key("orders"));
        Assert.Equal(MostTables + 2, _fixture.Topics.Questions);
        Insert(Name(MostTables - 1));
        Assert.Equal(MostTables + 2, _fixture.Topics.Questions);
    }

    private static string Name(int i) => "t" + i.ToString(CultureInfo.InvariantCulture);

    private void Insert(string table)
    {
        _fixture.Buffer.Clear();
        _fixture.Write(Entry(table));
    }

    private string? Key(string table) => _fixture.Records(Entry(table))[0].Key;

    private static byte[] Entry(string table) =>
        EntryBuilder.Rows(CanalEventType.Insert, "shop", table, new Row(null, [new Cell("id", "int", "1", IsKey: true), new Cell("part", "int", "2", IsKey: true)]));
}
