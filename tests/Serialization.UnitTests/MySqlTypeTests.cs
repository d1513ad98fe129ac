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
    [InlineData("bigint unsigned", "SERIAL")]
    [InlineData("tinyint", "INT1")]
    [InlineData("smallint", "INT2(5)")]
    [InlineData("mediumint unsigned", "INT3 UNSIGNED")]
    [InlineData("mediumint", "MIDDLEINT")]
    [InlineData("int", "int4")]
    [InlineData("bigint unsigned", "INT8 ZEROFILL")]
    [InlineData("tinyint(1)", "BOOL")]
    [InlineData("float", "FLOAT4")]
    [InlineData("double", "FLOAT8")]
    [InlineData("double", "real")]
    [InlineData("double", "FLOAT(25)")]
    [InlineData("double", "double(25)")]
    [InlineData("double", "NUMBER")]
    [InlineData("decimal(10,2)", "NUMBER(10,2)")]
    [InlineData("decimal(10,2) unsigned", "FIXED(10,2) UNSIGNED")]
    [InlineData("varchar(10)", "CHARACTER VARYING(10)")]
    [InlineData("varchar(10)", "CHAR VARYING (10)")]
    [InlineData("varchar(10)", "VARCHARACTER(10)")]
    [InlineData("varchar(10)", "VARCHAR2(10)")]
    [InlineData("varchar(10)", "NATIONAL CHARACTER VARYING(10)")]
    [InlineData("varchar(10)", "NATIONAL VARCHARACTER(10)")]
    [InlineData("varchar(10)", "NCHAR VARCHAR(10)")]
    [InlineData("char(10)", "NATIONAL CHARACTER(10)")]
    [InlineData("char(10)", "NCHAR(10)")]
    [InlineData("mediumtext", "LONG")]
    [InlineData("mediumtext", "LONG VARCHAR")]
    [InlineData("mediumtext", "LONG CHARACTER VARYING")]
    [InlineData("longtext", "CLOB")]
    [InlineData("mediumblob", "LONG VARBINARY")]
    [InlineData("varbinary(10)", "RAW(10)")]
    [InlineData("varbinary(10)", "VARCHAR(10) BYTE")]
    [InlineData("binary(10)", "CHAR(10) BYTE")]
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

    [Fact]
    public void Labels_may_stand_in_double_quotes_and_end_before_blanks_as_the_server_keeps_them() =>
        Assert.Equal(["a", "it's", "say \"hi\""], MySqlType.Parse("ENUM(\"a  \", \"it's\", 'say \"hi\" ')").Labels);

    [Theory]
    [InlineData("TEXT(50)", true)]
    [InlineData("LONG", true)]
    [InlineData("LONG VARCHAR", true)]
    [InlineData("VARCHAR(70000)", true)]
    [InlineData("TEXT", false)]
    [InlineData("LONGTEXT", false)]
    [InlineData("VARCHAR(50)", false)]
    public void Text_that_Canal_takes_for_binary_is_known_by_its_words(string type, bool comesAsBytes) => Assert.Equal(comesAsBytes, MySqlType.Parse(type).ComesAsBytes);

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
