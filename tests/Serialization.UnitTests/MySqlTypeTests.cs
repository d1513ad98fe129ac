using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests;

public sealed class MySqlTypeTests
{
    [Theory]
    [InlineData("int", "INT(11)")]
    [InlineData("int unsigned", "INTEGER(10) UNSIGNED ZEROFILL")]
    [InlineData("int unsigned", "int(5) zerofill")]
    [InlineData("bigint unsigned", "BIGINT (20) UNSIGNED")]
    [InlineData("decimal(10,2)", "NUMERIC( 10 , 2 )")]
    [InlineData("decimal(10,0)", "dec")]
    [InlineData("double", "DOUBLE PRECISION")]
    [InlineData("varchar(10)", "NATIONAL VARCHAR(10)")]
    [InlineData("varchar(10)", "nvarchar(10)")]
    [InlineData("varbinary(10)", "longblob")]
    [InlineData("text", "TEXT(1000)")]
    [InlineData("binary(1)", "binary")]
    [InlineData("geometrycollection", "geomcollection")]
    [InlineData("datetime", "DATETIME(0)")]
    [InlineData("year", "year(4)")]
    [InlineData("tinyint(1)", "boolean")]
    public void Case_width_and_alias_make_no_difference(string one, string other)
    {
        MySqlType left = MySqlType.Parse(one), right = MySqlType.Parse(other);

        Assert.Equal(
            (left.Kind, left.Size, left.Scale, left.Minimum, left.Maximum), (right.Kind, right.Size, right.Scale, right.Minimum, right.Maximum));
    }

    [Fact]
    public void Labels_keep_commas_parentheses_quotes_and_backslashes() =>
        Assert.Equal(
            ["it's", "co,mma", @"back\slash", "", "(x)", "sp ace"],
            MySqlType.Parse(@"ENUM('it''s','co,mma','back\slash','','(x)', 'sp ace')").Labels);

    [Theory]
    [InlineData("vector(3)")]
    [InlineData("inet4")]
    [InlineData("")]
    [InlineData("decimal(")]
    public void Type_text_never_throws(string text) => Assert.NotNull(MySqlType.Parse(text).Expected);

    [Fact]
    public void Absurd_sizes_are_bounded()
    {
        MySqlType type = MySqlType.Parse("decimal(2000000000,2000000000)");

        Assert.Equal((65, 65), (type.Size, type.Scale));
        Assert.Equal(64, MySqlType.Parse("bit(2000000000)").Size);
    }
}
