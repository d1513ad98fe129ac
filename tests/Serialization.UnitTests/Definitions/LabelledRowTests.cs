using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>Rows that Canal labels with other column names than the statements gave the table: no value stands under another column's name.</summary>
public sealed class LabelledRowTests : IDisposable
{
    private const int BigInt = -5, Integer = 4, VarChar = 12, Blob = 2004;

    private readonly SourceStandIn _source = new();
    private readonly SerializerFixture _fixture;

    public LabelledRowTests() => _fixture = new SerializerFixture(source: _source);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Names_types_and_key_are_those_of_the_statements_where_Canal_lags_behind_a_renaming()
    {
        Run("CREATE TABLE orders (n INT NOT NULL, id INT NOT NULL, flag BOOLEAN DEFAULT TRUE, PRIMARY KEY (id, n))");

        TextRecord old = Insert(new("m", "int", "1", true, SqlType: Integer), new("id", "int", "2", true, SqlType: Integer), new("flag", "tinyint(1)", "0", SqlType: -6));

        Assert.Equal("""{"id":2,"n":1}""", old.Key);
        Assert.Contains("""{"n":1,"id":2,"flag":false}""", old.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_behind_the_statement_have_its_names()
    {
        Cell[] labelled = [new("b", "int", "1", SqlType: Integer), new("a", "int", "2", SqlType: Integer)];
        Run("CREATE TABLE orders (a INT, b INT)");
        Assert.Contains("""{"a":1,"b":2}""", Insert(labelled).Value, StringComparison.Ordinal);

        Run("ALTER TABLE orders CHANGE a b INT, CHANGE b a INT");

        Assert.Contains("""{"b":1,"a":2}""", Insert(labelled).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Column_added_in_front_moves_no_value()
    {
        Run("CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(9))");

        TextRecord old = Insert(new("added", "varchar(9)", "7", SqlType: Integer), new("id", "int", "x", true, SqlType: VarChar));

        Assert.Equal("""{"id":7}""", old.Key);
        Assert.Contains("""{"id":7,"v":"x"}""", old.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_told_once()
    {
        Run("CREATE TABLE orders (a INT)");
        byte[] row = EntryBuilder.Insert(new Cell("b", "int", "1", SqlType: Integer));

        Assert.Equal(["shop.orders", null], new[] { _fixture.Write(row).PutRightTable, _fixture.Write(row).PutRightTable });
    }

    [Fact]
    public void Text_under_the_label_of_a_binary_column_is_a_text_again()
    {
        Run("CREATE TABLE orders (a VARCHAR(9))");

        Assert.Contains("""{"a":"é"}""", Insert(new Cell("b", "varbinary(9)", "\u00c3\u00a9", SqlType: Blob)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_right_where_the_binlog_has_their_types_and_not_those_of_the_statements()
    {
        Run("CREATE TABLE orders (a INT)");

        Assert.Contains("""{"b":1}""", Insert(new Cell("b", "bigint", "1", SqlType: BigInt)).Value, StringComparison.Ordinal);
        Assert.Equal("shop.orders", _fixture.TakeChangedDefinitions().Select(static changed => changed.Value is null ? "shop.orders" : "kept").Single());
    }

    [Fact]
    public void Column_of_a_statement_that_did_not_come_is_taken_from_the_labels()
    {
        Run("CREATE TABLE orders (a INT, b INT)");

        Assert.Contains(
            """{"a":1,"new":"x","b":2}""",
            Insert(new("a", "int", "1", SqlType: Integer), new("new", "varchar(9)", "x", SqlType: VarChar), new("b", "int", "2", SqlType: Integer)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Column_that_a_missing_statement_has_dropped_is_gone_where_the_row_cannot_be_cut()
    {
        Run("CREATE TABLE orders (a INT, b INT, c INT)");

        Assert.Contains("""{"b":1,"c":2}""", Insert(new("b", "int", "1", SqlType: Integer), new("c", "int", "2", SqlType: Integer)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Statement_that_may_have_left_an_older_table_as_it_was_is_not_believed()
    {
        using var fixture = new SerializerFixture();
        fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE IF NOT EXISTS orders (a INT)"));

        Assert.Contains("""{"b":1}""", fixture.Records(EntryBuilder.Insert(new Cell("b", "int", "1", SqlType: Integer)))[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_decides_where_columns_are_missing()
    {
        Run("CREATE TABLE orders (id INT, gone INT, region INT, PRIMARY KEY (region, id))");
        _source.Statement = "CREATE TABLE orders (id INT, region INT, PRIMARY KEY (region, id))";

        Assert.Equal("""{"region":2,"id":1}""", Insert(new("id", "int", "1", true, SqlType: Integer), new("region", "int", "2", true, SqlType: Integer)).Key);
    }

    [Fact]
    public void Row_is_refused_where_neither_can_be_right()
    {
        Run("CREATE TABLE orders (a INT, b INT)");

        var refusal = Assert.Throws<UnknownColumnsException>(() => Insert(new("b", "int", "1", SqlType: VarChar), new("c", "int", "2", SqlType: Integer)));

        Assert.Contains("Canal calls them b, c, by the statements so far they are a, b", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_with_fewer_columns_is_refused_without_a_source_to_ask()
    {
        Run("CREATE TABLE orders (a INT, b INT)");

        Assert.Throws<UnknownColumnsException>(() => Insert(new Cell("a", "int", "1", SqlType: Integer)));
    }

    [Fact]
    public void Bytes_under_the_label_of_a_text_are_refused()
    {
        Run("CREATE TABLE orders (a VARBINARY(9))");

        Assert.Throws<UnknownColumnsException>(() => Insert(new Cell("b", "int", "x", SqlType: VarChar)));
    }

    [Fact]
    public void Generated_key_stays_in_front_whatever_a_statement_says()
    {
        Run("CREATE TABLE orders (my_row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, a INT, PRIMARY KEY (my_row_id))");
        Run("ALTER TABLE orders ADD COLUMN c BIGINT UNSIGNED DEFAULT 5 FIRST");

        TextRecord record = Insert(new("my_row_id", "bigint unsigned", "7", true, SqlType: BigInt), new("c", "bigint unsigned", null, SqlType: BigInt), new("a", "int", "1", SqlType: Integer));

        Assert.Equal("""{"my_row_id":7}""", record.Key);
        Assert.Contains("""{"my_row_id":7,"c":5,"a":1}""", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void State_of_a_sequence_is_no_row()
    {
        Cell[] state =
        [
            new("next_not_cached_value", "bigint(21)", "6"), new("minimum_value", "bigint(21)", "1"), new("maximum_value", "bigint(21)", "9"), new("start_value", "bigint(21)", "1"),
            new("increment", "bigint(21)", "1"), new("cache_size", "bigint(21) unsigned", "5"), new("cycle_option", "tinyint(1) unsigned", "0"), new("cycle_count", "bigint(21)", "0"),
        ];

        Assert.Empty(_fixture.Records(EntryBuilder.Insert(state)));
        Assert.Equal((EntryKind.ExcludedRows, 1), (_fixture.Write(EntryBuilder.Insert(state)).Kind, _fixture.Write(EntryBuilder.Insert(state)).Rows));
    }

    [Theory]
    [InlineData("ucs2", "\0p\0l", "\"pl\"")]
    [InlineData("utf16le", "p\0l\0", "\"pl\"")]
    [InlineData("utf32", "\0\0\0p", "\"p\"")]
    [InlineData("utf16", "\0\uFFFD", "\"\\u0000\uFFFD\"")]
    public void Text_with_wide_characters_is_read_where_Canal_left_it_whole(string charset, string value, string json)
    {
        Run($"CREATE TABLE orders (c VARCHAR(9) CHARACTER SET {charset})");

        Assert.Equal(json, _fixture.ValueOf("varchar(9)", value));
    }

    private void Run(string statement) => _fixture.Write(EntryBuilder.Statement(CanalEventType.Alter, isDdl: true, statement));

    private TextRecord Insert(params Cell[] row) => _fixture.Records(EntryBuilder.Insert(row))[0];
}
