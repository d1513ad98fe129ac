using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>Which statements take back what the source has told.</summary>
public sealed class ForgottenAnswerTests : IDisposable
{
    private readonly SourceStandIn _source = new();
    private readonly SerializerFixture _fixture;

    public ForgottenAnswerTests() => _fixture = new SerializerFixture(source: _source, schemaChanges: true);

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("ALTER TABLE items ADD b INT", "shop.items shop.orders")]
    [InlineData("ALTER TABLE items RENAME TO things", "shop.items shop.orders")]
    [InlineData("ALTER TABLE items ADD COLUMN (broken", "shop.items shop.orders")]
    [InlineData("CREATE TABLE items (id INT)", "shop.items shop.orders")]
    [InlineData("CREATE TABLE IF NOT EXISTS items (id INT)", "shop.items shop.orders")]
    [InlineData("DROP TABLE items, things", "shop.items shop.things shop.orders")]
    [InlineData("RENAME TABLE items TO old, fresh TO items", "shop.items shop.old shop.fresh shop.orders")]
    [InlineData("DROP DATABASE stock", "stock.* shop.orders")]
    [InlineData("ALTER DATABASE stock CHARACTER SET latin1", "stock. shop.orders")]
    public void Statement_takes_back_the_answers_of_its_tables(string statement, string expected)
    {
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Query, isDdl: true, statement));

        Assert.Equal(expected.Split(' ').Order(), _source.Forgotten.Order());
    }

    [Theory]
    [InlineData("CREATE TABLE items (broken")]
    [InlineData("CREATE TABLE IF NOT EXISTS items (broken")]
    [InlineData("CREATE VIEW v AS SELECT 1")]
    public void Statement_that_is_not_understood_takes_back_all_answers(string statement)
    {
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Query, isDdl: true, statement));

        Assert.Equal(["*.*"], _source.Forgotten);
    }

    [Theory]
    [InlineData("INSERT INTO items VALUES (1)")]
    [InlineData("/* a */ UPDATE items SET id = 2")]
    public void Text_of_a_row_change_takes_back_none(string statement)
    {
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Query, isDdl: false, statement));

        Assert.Empty(_source.Forgotten);
    }

    [Fact]
    public void Rows_of_another_shape_are_another_question()
    {
        _fixture.Write(EntryBuilder.Insert(new Cell("id", "int", "1", IsKey: true)));
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, "ALTER TABLE orders ADD b INT"));
        _fixture.Write(EntryBuilder.Insert(new Cell("id", "int", "1", IsKey: true), new Cell("b", "int", "1")));

        Assert.Equal(["id int key", "id int key\nb int"], _source.Shapes);
    }
}
