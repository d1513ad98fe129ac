using System.Globalization;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.UnitTests.Definitions;

namespace CanalBridge.IntegrationTests.Definitions;

/// <summary>Statements from the servers' grammar, by a seed. Many are refused: the server is the judge.</summary>
internal sealed class StatementGenerator(int seed, bool isMariaDb)
{
    private static readonly string[] Names =
    [
        "a", "b", "c", "d", "e", "first", "after", "comment", "value", "period", "`key`", "`order`", "`a``b`", "`x y`", "Mixed", "9to5", "status", "type", "check_",
        "национальный",
    ];

    private static readonly string[] Types =
    [
        "INT", "INTEGER UNSIGNED", "BIGINT(20) UNSIGNED ZEROFILL", "TINYINT(1)", "BOOL", "BOOLEAN", "INT1", "INT2 UNSIGNED", "INT3", "INT4", "INT8",
        "MIDDLEINT", "SMALLINT SIGNED", "DECIMAL", "DEC(5)", "FIXED(6,2)", "NUMERIC(20,4) UNSIGNED", "DECIMAL(12.7)", "FLOAT", "FLOAT(30)",
        "FLOAT(7,3)", "FLOAT4", "FLOAT8", "REAL", "DOUBLE PRECISION", "DOUBLE(9,2)", "BIT", "BIT(9)", "CHAR", "CHAR(5)", "CHARACTER(5)",
        "VARCHAR(20)", "CHARACTER VARYING(20)", "CHAR VARYING(20)", "VARCHARACTER(20)", "NCHAR(5)", "NATIONAL CHAR(5)",
        "NATIONAL CHARACTER VARYING(9)", "NATIONAL VARCHAR(9)", "NVARCHAR(9)", "NCHAR VARCHAR(9)", "NCHAR VARYING(9)", "LONG", "LONG VARCHAR",
        "LONG VARBINARY", "LONG CHAR VARYING", "TEXT", "TEXT(70000)", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "BLOB", "BLOB(300)", "VARBINARY(9)",
        "BINARY(4)", "CHAR(3) BYTE", "VARCHAR(9) BINARY", "VARCHAR(9) ASCII", "DATE", "TIME", "TIME(3)", "DATETIME", "DATETIME(6)", "TIMESTAMP NULL",
        "TIMESTAMP(2) NULL", "YEAR", "YEAR(4)", "ENUM('a','b,c','it''s')", "SET('x','y')", "ENUM('unsigned','zerofill') CHARACTER SET latin1",
        "VARCHAR(9) CHARACTER SET latin1", "VARCHAR(9) CHARSET utf8", "TEXT COLLATE utf8mb4_bin", "JSON", "POINT", "GEOMETRY",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next request.</summary>
    /// <param name="tables">The tables there are.</param>
    public string Next(IReadOnlyDictionary<TableId, ServerTable> tables)
    {
        (string Name, ServerTable Table)[] known =
        [
            .. tables.Where(static t => t.Key.Schema == "oracle").OrderBy(static t => t.Key.Name, StringComparer.Ordinal).Select(static t => (t.Key.Name, t.Value)),
        ];
        if (known.Length < 3 || (known.Length < 8 && Chance(8)))
        {
            return Create(known);
        }

        (string name, ServerTable table) = Pick(known);
        string quoted = Quoted(name);
        return _random.Next(100) switch
        {
            < 3 => $"DROP TABLE {Pick("", "IF EXISTS ")}{quoted}",
            < 6 => $"RENAME TABLE {quoted} TO {NewTable()}",
            < 8 => Exchange(quoted, Quoted(Pick(known).Name)),
            < 11 => $"CREATE {Pick("UNIQUE ", "")}INDEX i{_random.Next(9)} ON {quoted} ({Column(table)})",
            < 13 => $"DROP INDEX {Pick("`PRIMARY`", $"i{_random.Next(9)}")} ON {quoted}",
            < 18 => Temporary(quoted),
            < 23 => $"SET SESSION sql_mode = {Pick("'ANSI_QUOTES,STRICT_ALL_TABLES'", "'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'", "DEFAULT")}",
            < 25 => $"ALTER DATABASE oracle CHARACTER SET {Pick("latin1", "utf8mb4", "utf8mb3")}",
            _ => Alter(quoted, table),
        };
    }

    private static string Exchange(string table, string other) => $"RENAME TABLE {table} TO swap_, {other} TO {table}, swap_ TO {other}";

    private string Create((string Name, ServerTable Table)[] known)
    {
        string name = NewTable();
        if (known.Length > 0 && Chance(5))
        {
            return $"CREATE TABLE {name} {Pick("LIKE " + Quoted(Pick(known).Name), $"(LIKE {Quoted(Pick(known).Name)})")}";
        }

        string[] columns = [.. Names.OrderBy(_ => _random.Next()).Take(2 + _random.Next(6))];
        List<string> parts = [.. columns.Select(column => $"{column} {Definition()}")];
        string keyed = columns[_random.Next(columns.Length)];
        if (Chance(2))
        {
            string key = string.Join(", ", columns.OrderBy(_ => _random.Next()).Take(2));
            parts.Insert(_random.Next(parts.Count + 1), $"{Pick("", "CONSTRAINT pk ")}PRIMARY KEY {Pick("", "USING BTREE ")}({key})");
        }

        if (Chance(4))
        {
            parts.Add($"{Pick("UNIQUE", "UNIQUE KEY", "KEY", "INDEX", "CONSTRAINT u UNIQUE")} {Pick("", "i1")} ({keyed})");
        }

        if (Chance(6))
        {
            parts.Add($"CHECK ({keyed} IS NOT NULL)");
        }

        string replaces = isMariaDb ? Pick("", "", "OR REPLACE ") : "";
        return $"CREATE {replaces}TABLE {Pick("", "", "IF NOT EXISTS ")}{name} ({string.Join(", ", parts)}) {Option()} {Option()}";
    }

    /// <summary>In a session that logs statements, and whole: MariaDB logs RENAME of a temporary table also where it did not log its CREATE.</summary>
    private string Temporary(string table) =>
        $"SET SESSION binlog_format = 'STATEMENT'; CREATE TEMPORARY TABLE {table} (t INT, u INT DEFAULT 1); ALTER TABLE {table} ADD COLUMN {Pick(Names)} INT; "
        + $"CREATE UNIQUE INDEX i ON {table} (u); ALTER TABLE {table} CHANGE t w INT; "
        + Pick("", $"ALTER TABLE {table} RENAME TO gone_; DROP TABLE gone_; CREATE TEMPORARY TABLE {table} (x INT); ")
        + $"DROP {Pick("", "TEMPORARY ")}TABLE {table}; SET SESSION binlog_format = 'ROW'";

    private string Alter(string table, ServerTable known)
    {
        // Each clause has a column of its own: what servers make of two that fight for one is no one's rule.
        var columns = new Queue<string>(known.Columns.OrderBy(_ => _random.Next()).Select(column => Quoted(column.Name)));
        var names = new Queue<string>(Names.OrderBy(_ => _random.Next()));
        int count = Chance(2) ? 1 : 1 + _random.Next(4);
        string[] clauses =
        [
            .. Enumerable.Range(0, count).Select(_ => Clause(known, columns.TryDequeue(out string? column) ? column : "no_more", names.Dequeue())),
        ];
        string text = clauses[0] + string.Concat(clauses.Skip(1).Select(clause => Chance(12)
            ? $" {Pick("/*!50000", "/*!80000", "/*!99999", "/*!100301", "/*M!100100")} , {clause} */"
            : $", {clause}"));
        string verb = Pick("ALTER TABLE", "ALTER TABLE", "alter  table", "ALTER /* it's */ TABLE", isMariaDb ? "ALTER TABLE IF EXISTS" : "ALTER TABLE");
        return $"{verb} {Pick("", "", "oracle.")}{table} {text}";
    }

    private string Clause(ServerTable table, string column, string added)
    {
        string place = Pick("", "", "", " FIRST", $" AFTER {Column(table)}", $" AFTER {added}");
        string ifExists = isMariaDb ? Pick("", "", "IF EXISTS ") : "", ifNotExists = isMariaDb ? Pick("", "", "IF NOT EXISTS ") : "";
        return _random.Next(26) switch
        {
            < 5 => $"ADD {Pick("", "COLUMN ")}{ifNotExists}{added} {Definition()}{place}",
            5 => $"ADD ({added} {Definition()}, more_ {Definition()}{Pick("", $", KEY ({added})")})",
            < 9 => $"DROP {Pick("", "COLUMN ")}{ifExists}{column}",
            < 12 => $"CHANGE {Pick("", "COLUMN ")}{ifExists}{column} {added} {Definition()}{place}",
            < 15 => $"MODIFY {Pick("", "COLUMN ")}{ifExists}{column} {Definition()}{place}",
            15 => $"RENAME COLUMN {column} TO {added}, RENAME COLUMN {Column(table)} TO {column}",
            16 => $"RENAME COLUMN {column} TO {added}",
            17 => $"ALTER {Pick("", "COLUMN ")}{column} {Pick("SET DEFAULT 5", "SET DEFAULT 'x'", "DROP DEFAULT", "SET DEFAULT NULL", "SET DEFAULT (1 + 1)")}",
            18 => $"DROP PRIMARY KEY{Pick("", $", ADD PRIMARY KEY ({column})")}",
            19 => $"ADD {Pick("", "CONSTRAINT ")}PRIMARY KEY ({column}{Pick("", $", {Column(table)}")})",
            20 => $"ADD {Pick("UNIQUE", "UNIQUE KEY", "INDEX")} {Pick("", "i1", "i2")} ({column})",
            21 => $"DROP {Pick("INDEX", "KEY")} {Pick("i1", "i2", "`PRIMARY`")}",
            22 => $"CONVERT TO CHARACTER SET {Pick("latin1", "utf8mb4", "utf8")}",
            23 => $"RENAME {Pick("", "TO ", "AS ")}{NewTable()}",
            24 => Pick(
                "ENGINE = InnoDB", "FORCE", "DEFAULT CHARACTER SET latin1", "CHARSET=utf8mb4 COMMENT 'x'", "COLLATE latin1_bin", "CONVERT TO CHARACTER SET DEFAULT",
                "COMMENT 'DROP COLUMN a, b'", "AUTO_INCREMENT 7", "ALGORITHM = COPY", $"ORDER BY {column}", "ROW_FORMAT DYNAMIC", "STATS_PERSISTENT 0"),
            _ => $"ADD CHECK ({column} IS NOT NULL)",
        };
    }

    private string Definition()
    {
        if (Chance(40))
        {
            return Pick("SERIAL", "BIGINT SERIAL DEFAULT VALUE");
        }

        string type = Pick(Types);
        string[] defaults = type switch
        {
            _ when Chance(12) => ["DEFAULT 'x'", "DEFAULT 1", "DEFAULT b'101'", "DEFAULT CURRENT_TIMESTAMP", "AS (1 + 1)", "DEFAULT (1 + 1)"],
            _ when IsAny(type, "CHAR", "VARCHAR", "NATIONAL", "NCHAR", "NVARCHAR") =>
            [
                "DEFAULT 'x'", "DEFAULT '7'", "DEFAULT 'a' 'b'", "DEFAULT 'it''s'", "DEFAULT \"'x'\"", "DEFAULT _utf8mb4'q'", "DEFAULT N'n'", "DEFAULT 'C:\\'",
                "DEFAULT ''",
                "DEFAULT 0x41", "DEFAULT 5", "COLLATE utf8mb4_bin", "COLLATE latin1_bin", "GENERATED ALWAYS AS (concat('a', ',')) STORED",
            ],
            _ when IsAny(type, "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONG", "BLOB", "JSON", "POINT", "GEOMETRY") => ["", "DEFAULT NULL", "DEFAULT ('z')", "NULL"],
            _ when IsAny(type, "DATE", "TIME", "YEAR") =>
            [
                "DEFAULT '2020-01-02'", "DEFAULT CURRENT_TIMESTAMP", "DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", "DEFAULT '10:11:12'", "DEFAULT 2020",
                "DEFAULT NOW()",
            ],
            _ when IsAny(type, "ENUM", "SET") => ["DEFAULT 'a'", "DEFAULT 'x'", "DEFAULT 'x,y'", "DEFAULT 'it''s'", "COLLATE latin1_bin", "COLLATE utf8mb4_bin"],
            _ =>
            [
                "DEFAULT 1", "DEFAULT -2.5", "DEFAULT +3", "DEFAULT '7'", "DEFAULT TRUE", "DEFAULT b'101'", "DEFAULT 0x41", "DEFAULT (1 + 1)", "AS (1 + 1)",
                "AUTO_INCREMENT UNIQUE", "DEFAULT 1e1", isMariaDb ? "DEFAULT uuid()" : "COLUMN_FORMAT DYNAMIC", "DEFAULT NULL",
            ],
        };
        string[] others =
        [
            "NOT NULL", "NOT NULL", "NULL", "UNIQUE", "UNIQUE KEY", "PRIMARY KEY", "KEY", "COMMENT 'PRIMARY KEY (a), b INT'", "COMMENT 'C:\\'", "COMMENT 'it''s'",
            "INVISIBLE",             "CHECK (1 = 1)", "REFERENCES p (id) ON DELETE SET NULL", "NOT NULL COMMENT \"a 'b', c\"", "/* , */ NOT NULL -- x\n",
        ];
        return $"{type} {(Chance(2) ? Pick(defaults) : "")} {(Chance(2) ? Pick(others) : "")} {(Chance(6) ? Pick(others) : "")}".TrimEnd();

        static bool IsAny(string type, params string[] beginnings) => beginnings.Any(beginning => type.StartsWith(beginning, StringComparison.Ordinal));
    }

    private string Option() => Pick(
        "", "", "", "ENGINE=InnoDB", "ENGINE InnoDB", "DEFAULT CHARSET=latin1", "CHARACTER SET utf8mb4", "CHARSET utf8 COLLATE utf8_bin", "COMMENT 'a, b'",
        "AUTO_INCREMENT 5", "ROW_FORMAT=DYNAMIC", "COLLATE latin1_bin", "COLLATE=utf8mb4_bin", "DEFAULT CHARACTER SET = latin1");

    private string Column(ServerTable table) => Quoted(Pick([.. table.Columns]).Name);

    private string NewTable() => string.Create(CultureInfo.InvariantCulture, $"t{_random.Next(40)}");

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private string Quoted(string name) =>
        Chance(3) && name.All(char.IsAsciiLetter) && name is not ("key" or "order") ? name : $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
