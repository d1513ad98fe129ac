using System.Text.Json;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>Statements as Debezium's schema changes.</summary>
public sealed class SchemaChangeTests : IDisposable
{
    private const string Orders = "CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(9))";

    private readonly SerializerFixture _fixture = new(schemaChanges: true);

    [Fact]
    public void Statement_is_one_record_with_every_member()
    {
        Write("CREATE DATABASE shop CHARACTER SET utf8mb4");

        TextRecord record = Assert.Single(Write("CREATE TABLE t (id INT)"));

        Assert.Equal("""{"databaseName":"shop"}""", record.Key);
        Assert.Equal(
            """{"source":{"version":"3.5.0.Final","connector":"mysql","name":"bridge","ts_ms":1700000000000,"snapshot":"false","db":"shop","sequence":null,"ts_us":1700000000000000,"ts_ns":1700000000000000000,"table":"t","server_id":1,"gtid":null,"file":"mysql-bin.000004","pos":4711,"row":0,"thread":null,"query":null},"ts_ms":1700000000123,"databaseName":"shop","schemaName":null,"ddl":"CREATE TABLE t (id INT)","tableChanges":[{"type":"CREATE","id":"\"shop\".\"t\"","table":{"defaultCharsetName":"utf8mb4","primaryKeyColumnNames":[],"columns":[{"name":"id","jdbcType":4,"nativeType":null,"typeName":"INT","typeExpression":"INT","charsetName":null,"length":null,"scale":null,"position":1,"optional":true,"autoIncremented":false,"generated":false,"comment":null,"defaultValueExpression":null,"enumValues":null}],"comment":null}}]}""",
            record.Value);
    }

    [Fact]
    public void Record_goes_to_the_first_partition_of_the_topic_named_as_the_prefix()
    {
        TextRecord record = Assert.Single(Write(Orders));

        Assert.Equal(("bridge", RecordPlacement.FirstPartition), (record.Topic, record.Placement));
    }

    [Fact]
    public void Without_the_option_statements_are_no_records()
    {
        using var fixture = new SerializerFixture();

        Assert.Empty(fixture.Records(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, Orders)));
    }

    [Theory]
    [InlineData("a INT(5) UNSIGNED ZEROFILL", "4 INT UNSIGNED ZEROFILL 5")]
    [InlineData("a TINYINT(3) ZEROFILL", "5 TINYINT UNSIGNED ZEROFILL 3")]
    [InlineData("a INTEGER SIGNED", "4 INTEGER SIGNED")]
    [InlineData("a SERIAL", "-5 BIGINT UNSIGNED required generated")]
    [InlineData("a BIGINT SERIAL DEFAULT VALUE", "-5 BIGINT required generated")]
    [InlineData("a BIGINT UNSIGNED NOT NULL AUTO_INCREMENT", "-5 BIGINT UNSIGNED required generated")]
    [InlineData("a BOOLEAN NOT NULL DEFAULT true", "16 BOOLEAN required =true")]
    [InlineData("a BIT DEFAULT b'1'", "-7 BIT 1 =1")]
    [InlineData("a DECIMAL(8)", "3 DECIMAL 8 scale 0")]
    [InlineData("a DEC DEFAULT +1.50", "3 DEC 10 scale 0 =+1.50")]
    [InlineData("a NUMERIC(6,3) DEFAULT -1", "2 NUMERIC 6 scale 3 =-1")]
    [InlineData("a FLOAT(7,2)", "6 FLOAT 7 scale 2")]
    [InlineData("a DOUBLE PRECISION UNSIGNED", "8 DOUBLE PRECISION UNSIGNED")]
    [InlineData("a REAL", "7 REAL")]
    [InlineData("a YEAR(4)", "4 YEAR 4")]
    [InlineData("a TIME(3) DEFAULT '-01:02:03'", "92 TIME 3 =-01:02:03")]
    [InlineData("a TIMESTAMP(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)", "2014 TIMESTAMP 6 =1970-01-01 00:00:00")]
    [InlineData("a DATETIME ON UPDATE CURRENT_TIMESTAMP", "93 DATETIME generated")]
    [InlineData("a DATETIME DEFAULT NOW() NOT NULL ON UPDATE NOW()", "93 DATETIME required generated =1970-01-01 00:00:00")]
    [InlineData("a DATETIME DEFAULT LOCALTIME()", "93 DATETIME =LOCALTIME()")]
    [InlineData("a CHAR(3)", "1 CHAR 3 latin1")]
    [InlineData("a CHARACTER VARYING(9)", "12 CHARACTER VARYING 9 latin1")]
    [InlineData("a VARCHAR(9) CHARACTER SET gbk COLLATE gbk_bin NOT NULL", "12 VARCHAR 9 gbk required")]
    [InlineData("a VARCHAR(9) CHARSET utf16", "12 VARCHAR 9 utf16")]
    [InlineData("a VARCHAR(9) COLLATE utf8mb4_bin", "12 VARCHAR 9 utf8mb4")]
    [InlineData("a VARCHAR(9) COLLATE uca1400_ai_ci", "12 VARCHAR 9 latin1")]
    [InlineData("a VARCHAR(9) NOT NULL COLLATE utf8mb4_bin", "12 VARCHAR 9 latin1 required")]
    [InlineData("a VARCHAR(9) CHARACTER SET binary", "12 VARCHAR 9 binary")]
    [InlineData("a TEXT(50)", "12 TEXT 50 latin1")]
    [InlineData("a LONG VARCHAR", "12 LONG VARCHAR latin1")]
    [InlineData("a LONG VARBINARY", "2004 LONG VARBINARY")]
    [InlineData("a NCHAR", "-15 NCHAR 1 utf8")]
    [InlineData("a NATIONAL VARCHAR(3)", "-9 NATIONAL VARCHAR 3 utf8")]
    [InlineData("a BINARY(4)", "-2 BINARY 4")]
    [InlineData("a VARBINARY(9) DEFAULT x'1f'", "-3 VARBINARY 9")]
    [InlineData("a MEDIUMBLOB", "2004 MEDIUMBLOB")]
    [InlineData("a JSON DEFAULT (JSON_ARRAY())", "1111 JSON")]
    [InlineData("a POINT NOT NULL", "1111 POINT required")]
    [InlineData("a VECTOR", "1111 VECTOR 2048")]
    [InlineData("a ENUM('x','it''s', \"y\") CHARACTER SET gbk", "1 ENUM 1 gbk ['x' 'it''s' \"y\"]")]
    [InlineData("a ENUM('x') COLLATE utf8mb4_bin", "1 ENUM 1 latin1 ['x']")]
    [InlineData("a SET('x','y','z') DEFAULT 'x,y'", "1 SET 5 latin1 =x,y ['x' 'y' 'z']")]
    [InlineData("a VARCHAR(9) DEFAULT 'it''s \"x\" \\\\'", "12 VARCHAR 9 latin1 =it''s \"x\" \\\\")]
    [InlineData("a VARCHAR(9) DEFAULT _utf8mb4'x'", "12 VARCHAR 9 latin1 =_utf8mb4'x'")]
    [InlineData("a INT DEFAULT NULL", "4 INT")]
    [InlineData("a INT GENERATED ALWAYS AS (1 + 1) STORED NOT NULL", "4 INT required")]
    public void Column_is_shown_as_typed(string column, string expected)
    {
        string value = Assert.Single(Write($"CREATE TABLE t ({column}) DEFAULT CHARACTER SET = latin1")).Value!;

        Assert.Equal(expected, Describe(ColumnsOf(value)[0]));
    }

    [Theory]
    [InlineData("MODIFY b CHAR(3)", "1 CHAR 3 latin1")]
    [InlineData("CONVERT TO CHARACTER SET gbk", "1 CHAR 2 gbk")]
    [InlineData("CONVERT TO CHARACTER SET DEFAULT COLLATE utf8mb4_bin", "1 CHAR 2 utf8mb4")]
    [InlineData("DEFAULT CHARACTER SET gbk", "1 CHAR 2 latin1")]
    [InlineData("CHANGE b b INT", "4 INT")]
    [InlineData("ALTER b SET DEFAULT 'x'", "1 CHAR 2 latin1 =x")]
    public void Column_follows_the_changes_of_its_table(string action, string expected)
    {
        Write("CREATE TABLE t (a INT, b CHAR(2)) CHARSET latin1");

        string value = Assert.Single(Write($"ALTER TABLE t {action}")).Value!;

        Assert.Equal(expected, Describe(ColumnsOf(value)[1]));
    }

    [Fact]
    public void Changed_column_keeps_the_marks_that_Debezium_keeps()
    {
        Write("CREATE TABLE t (a INT AUTO_INCREMENT PRIMARY KEY, e ENUM('x'))");

        string value = Assert.Single(Write("ALTER TABLE t CHANGE a a BIGINT, CHANGE e e INT")).Value!;

        Assert.Equal(["-5 BIGINT required generated", "4 INT ['x']"], ColumnsOf(value).Select(Describe));
    }

    [Fact]
    public void Table_without_character_set_has_its_databases()
    {
        Write("CREATE DATABASE other CHARACTER SET gbk");
        Write("ALTER DATABASE other CHARACTER SET = latin2");

        Assert.Contains("\"defaultCharsetName\":\"latin2\"", Assert.Single(Write("CREATE TABLE other.t (a INT)")).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Character_set_of_a_database_of_which_no_statement_told_is_asked_of_the_source_once()
    {
        var source = new CharsetSource();
        using var fixture = new SerializerFixture(source: source, schemaChanges: true);

        fixture.Write(Statement("CREATE TABLE s (a INT)"));
        string value = Assert.Single(fixture.Records(Statement("CREATE TABLE t (a INT)"))).Value!;

        Assert.Contains("\"defaultCharsetName\":\"cp1251\"", value, StringComparison.Ordinal);
        Assert.Equal(["shop"], source.Asked);
    }

    [Fact]
    public void Table_that_may_have_been_there_before_is_told_of_as_new()
    {
        using var fixture = new SerializerFixture(source: new CharsetSource(), schemaChanges: true);

        Assert.Contains("\"type\":\"CREATE\"", Assert.Single(fixture.Records(Statement("CREATE TABLE IF NOT EXISTS t (a INT)"))).Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SourceKind.MariaDb, "\"all \\\"items\\\"\"", "\"the name\"")]
    [InlineData(SourceKind.MySql, "null", "null")]
    public void Comments_are_shown_by_the_MariaDB_connector_alone(SourceKind kind, string table, string column)
    {
        using var fixture = new SerializerFixture(kind, schemaChanges: true);

        string value = fixture.Records(Statement("CREATE TABLE t (a INT COMMENT 'the name') ENGINE=InnoDB COMMENT='all \"items\"'"))[0].Value!;

        Assert.EndsWith($"\"comment\":{column},\"defaultValueExpression\":null,\"enumValues\":null}}],\"comment\":{table}}}}}]}}", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" /* before */ ALTER TABLE orders /* inside */ ADD a INT -- at the end\n;", "ALTER TABLE orders /* inside */ ADD a INT")]
    [InlineData("SET STATEMENT lock_wait_timeout=1 FOR ALTER TABLE orders ADD a INT", "ALTER TABLE orders ADD a INT")]
    [InlineData("CREATE TABLE c (a INT) START TRANSACTION", "CREATE TABLE c (a INT)")]
    [InlineData("CREATE TABLE c (a INT)\n/*!50100 PARTITION BY HASH (a) */", "CREATE TABLE c (a INT)")]
    [InlineData("DROP TABLE `orders` /* generated by server */", "DROP TABLE `shop`.`orders`")]
    [InlineData("DROP TABLE IF EXISTS orders CASCADE", "DROP TABLE IF EXISTS `shop`.`orders` CASCADE")]
    [InlineData("RENAME  TABLE orders  TO old.`o``rders`", "RENAME  TABLE orders  TO old.`o``rders`")]
    [InlineData(" CREATE INDEX i /* x */ ON orders (note); ", "CREATE INDEX i /* x */ ON orders (note);")]
    public void Text_is_that_of_the_statement(string statement, string expected)
    {
        Write(Orders);

        Assert.Equal(expected, Ddl(Assert.Single(Write(statement))));
    }

    [Fact]
    public void Several_dropped_tables_are_a_record_each_with_the_names_of_one_database()
    {
        List<TextRecord> records = Write("DROP TABLE IF EXISTS other, not_there, old.third RESTRICT");

        Assert.Equal(
            ["DROP TABLE IF EXISTS `shop`.`other` RESTRICT", "DROP TABLE IF EXISTS `shop`.`not_there` RESTRICT", "DROP TABLE IF EXISTS `old`.`third` RESTRICT"],
            records.Select(Ddl));
        Assert.Equal(["{\"databaseName\":\"shop\"}", "{\"databaseName\":\"shop\"}", "{\"databaseName\":\"old\"}"], records.Select(static record => record.Key));
        Assert.Equal(["other,not_there", "other,not_there", "third"], records.Select(Table));
        Assert.All(records, static record => Assert.Contains("\"type\":\"DROP\"", record.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_are_exchanged_are_a_record_each_and_the_one_in_between_shows_no_table()
    {
        Write("CREATE TABLE a (x INT)");
        Write("CREATE TABLE b (y INT)");

        List<TextRecord> records = Write("RENAME TABLE a TO swap, b TO a, swap TO b");

        Assert.Equal(["RENAME TABLE a TO swap", "RENAME TABLE b TO a", "RENAME TABLE swap TO b"], records.Select(Ddl));
        Assert.EndsWith("\"tableChanges\":[]}", records[0].Value, StringComparison.Ordinal);
        Assert.Equal(["y", "x"], records.Skip(1).Select(static record => ColumnsOf(record.Value!)[0].GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("CREATE DATABASE IF NOT EXISTS `o``ther` DEFAULT CHARACTER SET latin1", "o`ther", null)]
    [InlineData("DROP SCHEMA other", "other", null)]
    [InlineData("ALTER DATABASE CHARACTER SET latin1", "shop", "")]
    [InlineData("CREATE INDEX i ON old.orders (note)", "shop", "")]
    [InlineData("CREATE UNIQUE INDEX i ON orders (note)", "shop", "")]
    [InlineData("DROP INDEX i ON orders", "shop", "")]
    [InlineData("CREATE TABLE IF NOT EXISTS orders (z INT)", "shop", "")]
    [InlineData("CREATE OR REPLACE TABLE orders (z INT)", "shop", "")]
    [InlineData("ALTER TABLE never_seen ADD a INT", "shop", "")]
    [InlineData("ALTER TABLE orders FROBNICATE", "shop", "")]
    [InlineData("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1", "shop", "")]
    public void Statement_that_changes_no_table_known_shows_its_text_alone(string statement, string database, string? table)
    {
        Write(Orders);

        TextRecord record = Assert.Single(Write(statement));

        Assert.Equal($$"""{"databaseName":"{{database}}"}""", record.Key);
        Assert.Equal(table, Table(record));
        Assert.Equal(statement, Ddl(record));
        Assert.EndsWith("\"tableChanges\":[]}", record.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Unique_index_that_becomes_the_key_is_a_change()
    {
        Write("CREATE TABLE t (a INT NOT NULL)");

        Assert.Contains("\"primaryKeyColumnNames\":[\"a\"]", Assert.Single(Write("CREATE UNIQUE INDEX u ON t (a)")).Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRANT SELECT ON shop.* TO x")]
    [InlineData("CREATE USER IF NOT EXISTS x")]
    [InlineData("DROP ROLE x")]
    [InlineData("CREATE VIEW v AS SELECT 1")]
    [InlineData("CREATE OR REPLACE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW v AS SELECT 1")]
    [InlineData("CREATE DEFINER=CURRENT_USER TRIGGER tr AFTER INSERT ON orders FOR EACH ROW SET @a = 1")]
    [InlineData("CREATE DEFINER=a@localhost PROCEDURE p() SELECT 1")]
    [InlineData("DROP FUNCTION IF EXISTS f")]
    [InlineData("ANALYZE TABLE orders")]
    [InlineData("OPTIMIZE LOCAL TABLE orders")]
    [InlineData("SAVEPOINT s")]
    [InlineData("FLUSH PRIVILEGES")]
    [InlineData("TRUNCATE TABLE orders")]
    [InlineData("SET SESSION rand_seed1 = 5")]
    [InlineData("SET STATEMENT max_statement_time=60 FOR ANALYZE TABLE orders")]
    [InlineData("DROP TEMPORARY TABLE IF EXISTS `t` /* generated by server */")]
    [InlineData("# nothing")]
    public void Statement_of_another_kind_is_no_record(string statement) => Assert.Empty(Write(statement));

    [Fact]
    public void Statements_on_a_temporary_table_are_no_records_and_leave_the_table_that_it_hides()
    {
        Write(Orders);
        string[] temporary =
        [
            "CREATE TEMPORARY TABLE orders (x INT)", "ALTER TABLE orders ADD y INT", "CREATE UNIQUE INDEX i ON orders (y)", "ALTER TABLE orders RENAME TO gone",
            "DROP TABLE gone",
        ];

        Assert.All(temporary, statement => Assert.Empty(Write(statement)));

        TextRecord behind = Assert.Single(Write("ALTER TABLE orders ADD real_one INT"));
        Assert.Equal(["id", "note", "real_one"], ColumnsOf(behind.Value!).Select(static column => column.GetProperty("name").GetString()));
    }

    [Fact]
    public void Text_of_row_changes_is_no_record() =>
        Assert.Empty(_fixture.Records(EntryBuilder.Statement(CanalEventType.Query, isDdl: false, "CREATE TABLE c AS SELECT 1")));

    [Fact]
    public void Row_is_that_of_the_last_row_before()
    {
        _fixture.Write(EntryBuilder.Rows(CanalEventType.Insert, "shop", "orders", new(null, [new Cell("id", "int", "1")]), new(null, [new Cell("id", "int", "2")])));

        Assert.Contains("\"row\":1,", Assert.Single(Write("DROP TABLE orders")).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Thread_is_that_of_the_transaction_around_it()
    {
        _fixture.Write(EntryBuilder.Begin(38));

        Assert.Contains("\"thread\":38,", Assert.Single(Write(Orders)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_that_is_left_out_is_told_of_all_the_same()
    {
        Assert.True(NameFilter.TryParse("shop.other", includes: true, out NameFilter? filter));
        using var fixture = new SerializerFixture(filter: filter, schemaChanges: true);

        Assert.Single(fixture.Records(Statement(Orders)));
    }

    [Fact]
    public void Definition_kept_by_an_older_bridge_is_read()
    {
        using var fixture = new SerializerFixture(schemaChanges: true);
        fixture.Restore(
            """{"schema":"shop","table":"old"}""",
            """{"version":1,"columns":[{"name":"a","type":"ENUM('x')","nullable":true,"default_kind":"Text","default":"x"}],"key":[],"key_is_primary":false,"from_source":false}""");

        string value = Assert.Single(fixture.Records(Statement("ALTER TABLE old ADD b INT"))).Value!;

        Assert.Equal(["1 ENUM 1 =x", "4 INT"], ColumnsOf(value).Select(Describe));
    }

    [Fact]
    public void Stop_reaches_the_source_that_is_asked_for_a_character_set()
    {
        using var fixture = new SerializerFixture(source: new CharsetSource(), schemaChanges: true);

        Assert.Throws<OperationCanceledException>(() => fixture.Write(Statement(Orders), stop: new CancellationToken(canceled: true)));
    }

    public void Dispose() => _fixture.Dispose();

    private sealed class CharsetSource : ITableStatements
    {
        public List<string> Asked { get; } = [];

        public string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default) => null;

        public string? DatabaseCharset(string schema, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Asked.Add(schema);
            return "cp1251";
        }
    }

    private static byte[] Statement(string sql) => EntryBuilder.Statement(CanalEventType.Query, isDdl: true, sql);

    private List<TextRecord> Write(string sql) => _fixture.Records(Statement(sql));

    private static JsonElement Root(string value)
    {
        using var json = JsonDocument.Parse(value);
        return json.RootElement.Clone();
    }

    private static string? Ddl(TextRecord record) => Root(record.Value!).GetProperty("ddl").GetString();

    private static string? Table(TextRecord record) => Root(record.Value!).GetProperty("source").GetProperty("table").GetString();

    private static JsonElement[] ColumnsOf(string value) => [.. Root(value).GetProperty("tableChanges")[0].GetProperty("table").GetProperty("columns").EnumerateArray()];

    /// <summary>What a column has, in the order of its members.</summary>
    private static string Describe(JsonElement column)
    {
        Assert.Equal(column.GetProperty("typeName").GetString(), column.GetProperty("typeExpression").GetString());
        Assert.Equal(column.GetProperty("autoIncremented").GetBoolean(), column.GetProperty("generated").GetBoolean());
        string?[] parts =
        [
            column.GetProperty("jdbcType").ToString(),
            column.GetProperty("typeName").ToString(),
            column.GetProperty("length").ToString(),
            column.GetProperty("scale").ToString() is { Length: > 0 } scale ? $"scale {scale}" : "",
            column.GetProperty("charsetName").ToString(),
            column.GetProperty("optional").GetBoolean() ? "" : "required",
            column.GetProperty("generated").GetBoolean() ? "generated" : "",
            column.GetProperty("defaultValueExpression").GetString() is { } value ? $"={value}" : "",
            column.GetProperty("enumValues") is { ValueKind: JsonValueKind.Array } labels ? $"[{string.Join(' ', labels.EnumerateArray().Select(static label => label.GetString()))}]" : "",
        ];
        return string.Join(' ', parts.Where(static part => part is { Length: > 0 }));
    }
}
