using CanalBridge.Serialization.Tables;
using CanalBridge.Source;

namespace CanalBridge.UnitTests.Source;

public sealed class RememberedTablesTests
{
    private readonly SourceStandIn _source = new();
    private readonly RememberedTables _tables;

    public RememberedTablesTests() => _tables = new RememberedTables(_source);

    [Fact]
    public void Same_question_is_asked_once()
    {
        Assert.Equal("shop.orders 1", Ask());
        Assert.Equal("shop.orders 1", Ask());
        Assert.Equal("shop.ORDERS 2", Ask("ORDERS"));
    }

    [Fact]
    public void Table_that_is_gone_is_asked_for_once()
    {
        _source.IsGone = true;

        Assert.Null(Ask());
        Assert.Null(Ask());

        Assert.Equal(1, _source.Questions);
    }

    [Fact]
    public void Rows_of_another_shape_are_asked_for_anew()
    {
        Ask();

        Assert.Equal("shop.orders 2", Ask(shape: "id bigint"));
        Assert.Equal("shop.orders 3", Ask());
    }

    [Theory]
    [InlineData("shop", "orders")]
    [InlineData("SHOP", "Orders")]
    [InlineData("shop", null)]
    [InlineData(null, null)]
    public void Answer_that_was_taken_back_is_not_given_again(string? schema, string? table)
    {
        Ask();
        Ask("items");

        _tables.Forget(schema, table);

        Assert.Equal("shop.orders 3", Ask());
        Assert.Equal(table is null ? "shop.items 4" : "shop.items 2", Ask("items"));
    }

    [Fact]
    public void Character_set_is_asked_for_once_unless_nothing_was_told()
    {
        _source.IsGone = true;
        Assert.Null(_tables.DatabaseCharset("shop"));
        _source.IsGone = false;

        Assert.Equal("charset 2", _tables.DatabaseCharset("shop"));
        _tables.Forget("shop", "orders");
        Assert.Equal("charset 2", _tables.DatabaseCharset("shop"));
        _tables.Forget("shop", "");
        Assert.Equal("charset 3", _tables.DatabaseCharset("shop"));
    }

    [Fact]
    public void Failure_is_no_answer()
    {
        Assert.Throws<OperationCanceledException>(() => _tables.ShowCreateTable("shop", "orders", "id int", new CancellationToken(canceled: true)));

        Assert.Equal("shop.orders 1", Ask());
    }

    private string? Ask(string table = "orders", string shape = "id int") => _tables.ShowCreateTable("shop", table, shape);

    /// <summary>Answers with the number of the question.</summary>
    private sealed class SourceStandIn : ITableStatements
    {
        public int Questions { get; private set; }

        public bool IsGone { get; set; }

        public string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Questions++;
            return IsGone ? null : $"{schema}.{table} {Questions}";
        }

        public string? DatabaseCharset(string schema, CancellationToken cancellationToken = default)
        {
            Questions++;
            return IsGone ? null : $"charset {Questions}";
        }
    }
}
