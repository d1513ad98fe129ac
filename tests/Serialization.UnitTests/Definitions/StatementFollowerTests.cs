using System.Globalization;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>Statements as users type them, and what is then known of the table.</summary>
public sealed class StatementFollowerTests
{
    private readonly DefinitionCatalog _tables = new();
    private readonly StatementFollower _statements;

    public StatementFollowerTests() => _statements = new StatementFollower(_tables, SqlDialect.Of(SourceKind.MariaDb));

    [Theory]
    [InlineData("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "id INT!, v INT; key id")]
    [InlineData("create table if not exists `t` ( `id` bigint(20) unsigned not null auto_increment, primary key (`id`) ) engine=InnoDB auto_increment=7 comment='a, b'", "id bigint(20) unsigned!; key id")]
    [InlineData("CREATE TABLE t (a INT NOT NULL, b VARCHAR(5) NOT NULL, PRIMARY KEY (b, a))", "a INT!, b VARCHAR(5)!; key b a")]
    [InlineData("CREATE TABLE t (a INT, b INT, CONSTRAINT pk PRIMARY KEY USING BTREE (b DESC, a ASC) COMMENT 'x')", "a INT!, b INT!; key b a")]
    [InlineData("CREATE TABLE t (a VARCHAR(300), PRIMARY KEY (a(10)))", "a VARCHAR(300)!; key a")]
    [InlineData("CREATE TABLE t (a INT, b INT NOT NULL, UNIQUE KEY n (a), UNIQUE KEY k (b))", "a INT, b INT!; unique b")]
    [InlineData("CREATE TABLE t (a INT UNIQUE, b INT NOT NULL UNIQUE KEY)", "a INT, b INT!; unique a")]
    [InlineData("CREATE TABLE t (a INT NOT NULL, UNIQUE KEY e ((a + 1)))", "a INT!; no key")]
    [InlineData("CREATE TABLE t (a INT NOT NULL, b INT NOT NULL PRIMARY KEY, UNIQUE (a))", "a INT!, b INT!; key b")]
    [InlineData("CREATE TABLE t (id SERIAL, n INT)", "id SERIAL!, n INT; unique id")]
    [InlineData("CREATE TABLE t (a DOUBLE PRECISION, b CHARACTER VARYING(9), c NATIONAL VARCHAR(3), d LONG VARCHAR, e LONG)", "a DOUBLE PRECISION, b CHARACTER VARYING(9), c NATIONAL VARCHAR(3), d LONG VARCHAR, e LONG; no key")]
    [InlineData("CREATE TABLE t (a ENUM('x','it''s, (ok)') CHARACTER SET utf8mb4 NOT NULL DEFAULT 'x')", "a ENUM('x','it''s, (ok)')! = Text x; no key")]
    [InlineData("CREATE TABLE t (a INT DEFAULT 5, b INT DEFAULT -5, c DECIMAL(4,2) DEFAULT '1.50', d BIT(3) DEFAULT b'101', e BINARY(2) DEFAULT x'1f', f INT DEFAULT NULL)", "a INT = Number 5, b INT = Number -5, c DECIMAL(4,2) = Text 1.50, d BIT(3) = Bits 101, e BINARY(2) = Hex 1f, f INT; no key")]
    [InlineData("CREATE TABLE t (a INT DEFAULT (1 + 2), b VARCHAR(36) DEFAULT uuid(), c BOOL DEFAULT TRUE, d DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))", "a INT = Expression, b VARCHAR(36) = Expression, c BOOL = Number 1, d DATETIME(3)! = CurrentTimestamp; no key")]
    [InlineData("CREATE TABLE t (a VARCHAR(9) DEFAULT _utf8mb4'x' COMMENT 'DEFAULT ''y'', b INT', b INT)", "a VARCHAR(9) = Text x, b INT; no key")]
    [InlineData("CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a * 2) STORED NOT NULL, c INT AS (a) VIRTUAL, d INT INVISIBLE, e POINT NOT NULL /*!80003 SRID 4326 */)", "a INT, b INT!, c INT, d INT, e POINT!; no key")]
    [InlineData("CREATE TABLE t (a INT REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL, b INT CHECK (b > 0), CHECK (a < b), CONSTRAINT c CHECK (a > 0), FOREIGN KEY (a) REFERENCES p (id), KEY k (b), FULLTEXT KEY f (a), SPATIAL INDEX (b))", "a INT, b INT; no key")]
    [InlineData("CREATE TABLE t (id INT NOT NULL, y INT, PRIMARY KEY (id)) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)", "id INT!, y INT; key id")]
    [InlineData("/* who */ CREATE TABLE t -- first\n ( # second\n a INT )", "a INT; no key")]
    [InlineData("CREATE TABLE `t` (\"a\" INT)", "a INT; no key")]
    [InlineData("CREATE TABLE s.t (`select` INT, `back``tick` INT, 1st INT, `key` VARCHAR(5), колонка INT)", "select INT, back`tick INT, 1st INT, key VARCHAR(5), колонка INT; no key")]
    [InlineData("CREATE OR REPLACE TABLE t (a INT)", "a INT; no key")]
    public void Definition_is_read(string statement, string expected) => Assert.Equal(expected, After("t", statement));

    [Theory]
    [InlineData("ADD COLUMN c INT NOT NULL DEFAULT 3", "a INT!, b VARCHAR(9) = Text x, c INT! = Number 3; key a")]
    [InlineData("ADD c INT FIRST, ADD (d INT, e INT), ADD f INT AFTER a", "c INT, a INT!, f INT, b VARCHAR(9) = Text x, d INT, e INT; key a")]
    [InlineData("ADD COLUMN IF NOT EXISTS b INT, ADD COLUMN IF NOT EXISTS c INT", "a INT!, b VARCHAR(9) = Text x, c INT; key a")]
    [InlineData("DROP COLUMN b", "a INT!; key a")]
    [InlineData("DROP b, DROP COLUMN IF EXISTS z", "a INT!; key a")]
    [InlineData("DROP PRIMARY KEY, ADD PRIMARY KEY (b, a)", "a INT!, b VARCHAR(9)! = Text x; key b a")]
    [InlineData("DROP PRIMARY KEY", "a INT!, b VARCHAR(9) = Text x; no key")]
    [InlineData("MODIFY COLUMN b TEXT NOT NULL FIRST", "b TEXT!, a INT!; key a")]
    [InlineData("CHANGE a z BIGINT", "z BIGINT!, b VARCHAR(9) = Text x; key z")]
    [InlineData("RENAME COLUMN a TO z, RENAME INDEX i TO j", "z INT!, b VARCHAR(9) = Text x; key z")]
    [InlineData("ALTER COLUMN b SET DEFAULT 'y'", "a INT!, b VARCHAR(9) = Text y; key a")]
    [InlineData("ALTER b DROP DEFAULT, ALTER INDEX i INVISIBLE", "a INT!, b VARCHAR(9); key a")]
    [InlineData("ADD UNIQUE KEY u (b), ADD INDEX i (a, b), DROP INDEX k, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id), DROP FOREIGN KEY f", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("CONVERT TO CHARACTER SET utf8mb4, ENGINE = InnoDB, COMMENT 'DROP COLUMN b', AUTO_INCREMENT = 1000, ALGORITHM=INPLACE, LOCK=NONE", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ADD COLUMN `c` JSON, ORDER BY a, b", "a INT!, b VARCHAR(9) = Text x, c JSON; key a")]
    public void Definition_is_changed(string actions, string expected) =>
        Assert.Equal(expected, After("t", "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(9) DEFAULT 'x')", $"ALTER TABLE t {actions}"));

    [Theory]
    [InlineData("late", "CREATE TABLE late (a INT NOT NULL)", "CREATE UNIQUE INDEX u ON late (a)", "a INT!; unique a")]
    [InlineData("late", "CREATE TABLE late (a INT)", "CREATE UNIQUE INDEX u ON late (a)", "a INT; no key")]
    [InlineData("b", "CREATE TABLE a (x INT)", "CREATE TABLE b LIKE a", "x INT; no key")]
    [InlineData("b", "CREATE TABLE a (x INT)", "CREATE TABLE b (LIKE a)", "x INT; no key")]
    [InlineData("b", "CREATE TABLE a (x INT)", "RENAME TABLE a TO b", "x INT; no key")]
    [InlineData("b", "CREATE TABLE a (x INT)", "ALTER TABLE a RENAME TO s.b", "x INT; no key")]
    [InlineData("a", "CREATE TABLE a (x INT)", "ALTER TABLE a RENAME TO b", "unknown")]
    [InlineData("a", "CREATE TABLE a (x INT)", "DROP TABLE IF EXISTS z, a", "unknown")]
    [InlineData("a", "CREATE TABLE a (x INT)", "DROP DATABASE s", "unknown")]
    [InlineData("a", "CREATE TABLE a (x INT)", "DROP TEMPORARY TABLE a", "x INT; no key")]
    [InlineData("a", "CREATE TABLE a (x INT)", "CREATE TABLE IF NOT EXISTS a (y INT)", "x INT; no key")]
    [InlineData("a", "CREATE TABLE a (x INT)", "INSERT INTO a VALUES ('DROP TABLE a')", "x INT; no key")]
    [InlineData("A", "CREATE TABLE a (x INT)", "CREATE VIEW v AS SELECT 1", "x INT; no key")]
    [InlineData("a", "CREATE TABLE a (x INT)", "ALTER TABLE A ADD y INT", "unknown")]
    public void Statements_follow_each_other(string table, string first, string second, string expected) => Assert.Equal(expected, After(table, first, second));

    [Theory]
    [InlineData("ALTER TABLE t WAIT 5 ADD COLUMN c INT", "a INT!, b VARCHAR(9) = Text x, c INT; key a")]
    [InlineData("ALTER TABLE t NOWAIT DROP COLUMN b", "a INT!; key a")]
    [InlineData("SET STATEMENT lock_wait_timeout=1, x=(2) FOR ALTER TABLE t DROP COLUMN b", "a INT!; key a")]
    [InlineData("ALTER TABLE t FROBNICATE b", "unknown")]
    [InlineData("ALTER TABLE t ADD COLUMN b INT", "unknown")]
    [InlineData("ALTER TABLE t ADD COLUMN IF NOT EXISTS (b INT, c INT)", "a INT!, b VARCHAR(9) = Text x, c INT; key a")]
    [InlineData("ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS f FOREIGN KEY (a) REFERENCES p (id)", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ALTER TABLE t ADD PRIMARY KEY IF NOT EXISTS (b)", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ALTER TABLE t DROP INDEX `PRIMARY`", "a INT!, b VARCHAR(9) = Text x; no key")]
    [InlineData("ALTER TABLE t ADD c INT NOT NULL REFERENCES p (id) ON DELETE SET NULL ON UPDATE NO ACTION", "a INT!, b VARCHAR(9) = Text x, c INT!; key a")]
    [InlineData("CREATE UNIQUE INDEX u ON T (b)", "unknown")]
    [InlineData("ALTER TABLE t DROP PARTITION p0, p1", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ALTER TABLE t TRUNCATE PARTITION p0, p1", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ALTER TABLE t REORGANIZE PARTITION p0, p1 INTO (PARTITION p VALUES LESS THAN (9))", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("ALTER TABLE t ADD COLUMN c INT PARTITION BY KEY (c) PARTITIONS 4", "a INT!, b VARCHAR(9) = Text x, c INT; key a")]
    [InlineData("DROP INDEX `PRIMARY` ON t", "a INT!, b VARCHAR(9) = Text x; no key")]
    [InlineData("DROP INDEX u ON t", "a INT!, b VARCHAR(9) = Text x; key a")]
    [InlineData("CREATE OR REPLACE TABLE t (a INT PRIMARY KEY) WITH SYSTEM VERSIONING", "a INT!; key a")]
    public void Rarer_statement_is_read_or_makes_the_table_unknown(string statement, string expected) =>
        Assert.Equal(expected, After("t", "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(9) DEFAULT 'x')", statement));

    [Fact]
    public void Where_names_are_told_apart_by_case_another_case_is_another_table()
    {
        _tables.IsCaseSensitive = true;

        Apply("CREATE TABLE t (a INT)", "DROP TABLE T", "DROP DATABASE S");

        Assert.Equal("a INT; no key", Describe("t"));
    }

    [Fact]
    public void Table_that_may_have_been_there_is_left_to_the_source()
    {
        new StatementFollower(_tables, SqlDialect.Of(SourceKind.MariaDb), sourceCanBeAsked: true).Apply("CREATE TABLE IF NOT EXISTS t (a INT)", "s");

        Assert.Equal("unknown", Describe("t"));
    }

    [Fact]
    public void Names_that_are_exchanged_exchange_the_definitions()
    {
        Apply("CREATE TABLE a (x INT)", "CREATE TABLE b (y INT)", "RENAME TABLE a TO swap, b TO a, swap TO b");

        Assert.Equal(("y INT; no key", "x INT; no key", "unknown"), (Describe("a"), Describe("b"), Describe("swap")));
    }

    [Theory]
    [InlineData("ALTER TABLE t ADD COLUMN c INT AFTER nowhere")]
    [InlineData("ALTER TABLE t MODIFY COLUMN nowhere INT")]
    [InlineData("ALTER TABLE t ADD COLUMN (c INT")]
    [InlineData("CREATE TABLE t (a INT) AS SELECT 1 AS b")]
    [InlineData("CREATE TABLE t LIKE nowhere")]
    public void Statement_that_cannot_be_read_makes_its_table_unknown(string statement)
    {
        Apply("CREATE TABLE t (a INT PRIMARY KEY)");

        TableId? unread = _statements.Apply(statement, "s").Unread;

        Assert.Equal(new TableId("s", "t"), unread);
        Assert.Equal("unknown", Describe("t"));
    }

    [Fact]
    public void Statement_cut_off_anywhere_never_throws()
    {
        const string whole = "CREATE /*!50100 TABLE */ s.`t` (a ENUM('x''y', \"z\") NOT NULL DEFAULT _utf8mb4'x', b DECIMAL(10,2) DEFAULT -1.5e3, c INT AS ((a + 1) * 2), PRIMARY KEY USING BTREE (b (3) DESC)) PARTITION BY HASH (b) -- x";
        for (int length = 0; length <= whole.Length; length++)
        {
            Apply(whole[..length]);
        }

        for (int start = 0; start < whole.Length; start++)
        {
            Apply("ALTER TABLE t " + whole[start..]);
        }
    }

    [Fact]
    public void Changes_are_told_once()
    {
        Apply("CREATE TABLE a (x INT)", "CREATE TABLE b (x INT)", "RENAME TABLE a TO c");

        TableId[] changed = _tables.TakeChanged();

        Assert.Equal(["s.a", "s.b", "s.c"], changed.Select(table => table.ToString()).Order(StringComparer.Ordinal));
        Assert.Empty(_tables.TakeChanged());
    }

    [Fact]
    public void Record_of_a_definition_holds_all_of_it()
    {
        Apply("CREATE TABLE `ta\"ble` (a INT NOT NULL AUTO_INCREMENT DEFAULT +5, b ENUM('x','ÿ🙂') CHARSET gbk, c TEXT DEFAULT ('z'), d DATETIME DEFAULT NOW(), UNIQUE (a)) CHARSET latin1 COMMENT 'x'");
        var table = new TableId("s", "ta\"ble");
        TableDefinition definition = _tables.Find(table)!;

        byte[] key = DefinitionRecord.Key(table), value = DefinitionRecord.Value(definition);

        Assert.Equal(table, DefinitionRecord.ReadKey(key));
        TableDefinition back = DefinitionRecord.ReadValue(value);
        Assert.Equal(definition.Columns, back.Columns);
        Assert.Equal(definition.Key, back.Key);
        Assert.Equal(definition.KeyIsPrimary, back.KeyIsPrimary);
        Assert.Equal(("latin1", "x"), (back.CharsetName, back.Comment));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":2,\"columns\":[],\"key\":[],\"key_is_primary\":true}")]
    [InlineData("{\"version\":1,\"columns\":[{}],\"key\":[],\"key_is_primary\":true}")]
    public void Other_bytes_are_no_definition(string value) =>
        Assert.Throws<FormatException>(() => DefinitionRecord.ReadValue(System.Text.Encoding.UTF8.GetBytes(value)));

    private string After(string table, params string[] statements)
    {
        Apply(statements);
        return Describe(table);
    }

    private void Apply(params string[] statements)
    {
        foreach (string statement in statements)
        {
            _statements.Apply(statement, "s");
        }
    }

    private string Describe(string table)
    {
        if (_tables.Find(new TableId("s", table)) is not { } found)
        {
            return "unknown";
        }

        IEnumerable<string> columns = found.Columns.Select(column => string.Create(
            CultureInfo.InvariantCulture, $"{column.Name} {column.Type}{(column.IsNullable ? "" : "!")}{(column.Default is { } value ? $" = {value.Kind} {value.Text}".TrimEnd() : "")}"));
        string key = found.Key.Count == 0 ? "no key" : $"{(found.KeyIsPrimary ? "key" : "unique")} {string.Join(' ', found.Key)}";
        return $"{string.Join(", ", columns)}; {key}";
    }
}
