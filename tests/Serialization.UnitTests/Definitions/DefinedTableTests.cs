using Canal.Client.Entries;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>What a definition changes in the records of its table, and when it is not believed.</summary>
public sealed class DefinedTableTests : IDisposable
{
    private const string Orders = "CREATE TABLE orders (id BIGINT NOT NULL, region VARCHAR(5) NOT NULL, note VARCHAR(9) DEFAULT 'x', PRIMARY KEY (region, id))";

    private readonly SourceStandIn _source = new();
    private readonly SerializerFixture _fixture;

    public DefinedTableTests() => _fixture = new SerializerFixture(source: _source);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Key_has_the_order_of_the_definition()
    {
        Run(Orders);

        Assert.Equal("""{"region":"eu","id":7}""", Insert().Key);
    }

    [Fact]
    public void Null_is_written_as_the_default()
    {
        Run(Orders);

        Assert.Contains(@"""note"":""x""", Insert().Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("datetime", "'2020-01-01'", "1577836800000")]
    [InlineData("datetime", "'2020-01-01 10:00:00'", "1577872800000")]
    [InlineData("datetime(3)", "'2020-01-01 10:00'", "1577872800000")]
    [InlineData("time", "'10:00'", "36000000000")]
    [InlineData("time", "'10:00:00.5'", "36000500000")]
    [InlineData("timestamp", "'2020-01-01'", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("date", "'2020-01-01'", "18262")]
    [InlineData("datetime", "CURRENT_TIMESTAMP", "0")]
    public void Null_in_a_column_of_time_is_written_as_the_default(string type, string text, string expected)
    {
        _fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, $"CREATE TABLE orders (c {type} NULL DEFAULT {text})"));

        Assert.Equal(expected, _fixture.ValueOf(type, null));
    }

    [Fact]
    public void Null_stays_null_where_it_is_not_to_be_replaced()
    {
        using var fixture = new SerializerFixture(replaceNull: false);
        fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, Orders));

        Assert.Contains(@"""note"":null", fixture.Records(EntryBuilder.Insert(Row()))[0].Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE orders (id BIGINT NOT NULL, region VARCHAR(5) NOT NULL, PRIMARY KEY (region, id))")]
    [InlineData("CREATE TABLE orders (id INT NOT NULL, region VARCHAR(5) NOT NULL, note VARCHAR(9), PRIMARY KEY (region, id))")]
    [InlineData("CREATE TABLE orders (id BIGINT NOT NULL, region VARCHAR(5) NOT NULL, note VARCHAR(9), PRIMARY KEY (region))")]
    public void Definition_that_contradicts_the_rows_is_not_believed(string statement)
    {
        Run(statement);

        Assert.Equal("""{"id":7,"region":"eu"}""", Insert().Key);
    }

    [Fact]
    public void Names_have_the_case_of_the_definition_whatever_Canals_table_history_makes_of_it()
    {
        Run("CREATE TABLE orders (Id BIGINT NOT NULL, `rEgion` VARCHAR(5) NOT NULL, note VARCHAR(9) DEFAULT 'x', PRIMARY KEY (REGION, id))");

        TextRecord record = Insert();

        Assert.Equal("""{"rEgion":"eu","Id":7}""", record.Key);
        Assert.Contains("""{"Id":7,"rEgion":"eu","note":"x"}""", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_that_shows_in_no_row_holds_from_the_next_row_on()
    {
        Run(Orders);
        Insert();

        Run("ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'y'");

        Assert.Contains(@"""note"":""y""", Insert().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_is_asked_once_for_a_table_that_no_statement_told_of()
    {
        _source.Statement = Orders;

        Assert.Equal("""{"region":"eu","id":7}""", Insert().Key);
        Assert.Equal("""{"region":"eu","id":7}""", Insert().Key);
        Assert.Equal(["shop.orders"], _source.Asked);
    }

    [Fact]
    public void Source_is_not_asked_for_a_table_that_a_statement_told_of()
    {
        Run(Orders);

        Insert();

        Assert.Empty(_source.Asked);
    }

    [Fact]
    public void Source_is_asked_again_when_a_statement_could_not_be_read()
    {
        Run(Orders);
        Insert();
        _source.Statement = Orders.Replace("'x'", "'z'", StringComparison.Ordinal);

        Run("ALTER TABLE orders ADD COLUMN (broken");

        Assert.Contains(@"""note"":""z""", Insert().Value, StringComparison.Ordinal);
        Assert.Equal(["shop.orders"], _source.Asked);
    }

    [Fact]
    public void Answer_of_the_source_that_does_not_fit_the_rows_is_not_kept()
    {
        _source.Statement = "CREATE TABLE orders (id BIGINT NOT NULL, PRIMARY KEY (id))";

        Assert.Equal("""{"id":7,"region":"eu"}""", Insert().Key);
        Assert.Empty(_fixture.TakeChangedDefinitions());
    }

    [Fact]
    public void Source_is_asked_again_after_a_statement_when_its_first_answer_did_not_fit()
    {
        _source.Statement = "CREATE TABLE orders (id BIGINT NOT NULL, PRIMARY KEY (id))";
        Insert();
        _source.Statement = Orders;

        Run("ALTER TABLE orders DROP COLUMN later");

        Assert.Equal("""{"region":"eu","id":7}""", Insert().Key);
    }

    [Fact]
    public void Source_is_asked_again_when_names_were_exchanged()
    {
        _source.Statement = Orders;
        Insert();

        Run("RENAME TABLE orders TO swap, other TO orders");
        Insert();

        Assert.Equal(["shop.orders", "shop.orders"], _source.Asked);
    }

    [Fact]
    public void Source_without_the_table_leaves_it_to_the_rows()
    {
        Assert.Equal("""{"id":7,"region":"eu"}""", Insert().Key);
        Insert();

        Assert.Equal(["shop.orders"], _source.Asked);
    }

    [Fact]
    public void Stop_reaches_the_source_and_leaves_no_half_entry()
    {
        Assert.Throws<OperationCanceledException>(() => _fixture.Write(EntryBuilder.Insert(Row()), stop: new CancellationToken(canceled: true)));

        Assert.Equal(0, _fixture.Buffer.Count);
        _source.Statement = Orders;
        Assert.Equal("""{"region":"eu","id":7}""", Insert().Key);
    }

    private static Cell[] Row() =>
        [new("id", "bigint", "7", IsKey: true, SqlType: -5), new("region", "varchar(5)", "eu", IsKey: true, SqlType: 12), new("note", "varchar(9)", null, SqlType: 12)];

    private void Run(string statement) => _fixture.Write(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, statement));

    private TextRecord Insert() => _fixture.Records(EntryBuilder.Insert(Row()))[0];
}
