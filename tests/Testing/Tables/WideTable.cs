using System.Globalization;
using System.Text;
using static CanalBridge.Testing.Tables.Literals;

namespace CanalBridge.Testing.Tables;

/// <summary>A table of the workload: its definition and how to make values for it.</summary>
/// <param name="KeyDefinitions">Column name and SQL type; empty for a table without key.</param>
/// <param name="NewKey">Literals of the key columns from a number never used before in the table.</param>
/// <param name="Columns">Name, SQL type and random literal of the others. They have no DEFAULT; NULL is allowed unless the type says not.</param>
internal sealed record WideTable(
    string Name,
    (string Name, string Type)[] KeyDefinitions,
    Func<int, string[]> NewKey,
    (string Name, string Type, Func<Random, string> Value)[] Columns)
{
    private static readonly (string, string)[] NumberKey = [("id", "BIGINT NOT NULL")];

    public bool HasKey => KeyDefinitions.Length > 0;

    public string CreateStatement
    {
        get
        {
            IEnumerable<string> parts = KeyDefinitions.Select(k => $"`{k.Name}` {k.Type}").Concat(Columns.Select(c => $"`{c.Name}` {c.Type}"));
            if (HasKey)
            {
                parts = parts.Append($"PRIMARY KEY ({string.Join(", ", KeyDefinitions.Select(k => $"`{k.Name}`"))})");
            }

            return $"CREATE TABLE `{Name}` ({string.Join(", ", parts)}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
        }
    }

    /// <summary>Twenty tables that between them have every type the bridge supports.</summary>
    public static WideTable[] All { get; } =
    [
        Numbered("signed_integers", ("a", "TINYINT", r => Integer(r, -128, 127)), ("b", "SMALLINT", r => Integer(r, -32768, 32767)), ("c", "MEDIUMINT", r => Integer(r, -8388608, 8388607)), ("d", "INT", r => Integer(r, int.MinValue, int.MaxValue)), ("e", "BIGINT", r => Integer(r, long.MinValue, long.MaxValue)), ("f", "TINYINT(1)", r => Integer(r, -128, 127))),
        Numbered("unsigned_integers", ("a", "TINYINT UNSIGNED", r => Integer(r, 0, 255)), ("b", "SMALLINT UNSIGNED", r => Integer(r, 0, 65535)), ("c", "MEDIUMINT UNSIGNED", r => Integer(r, 0, 16777215)), ("d", "INT UNSIGNED", r => Integer(r, 0, uint.MaxValue)), ("e", "BIGINT UNSIGNED", r => Integer(r, 0, ulong.MaxValue))),
        Numbered("decimals", ("a", "DECIMAL(10,2)", r => Decimal(r, 10, 2)), ("b", "DECIMAL(65,30)", r => Decimal(r, 65, 30)), ("c", "DECIMAL(20,0)", r => Decimal(r, 20, 0)), ("d", "DECIMAL(12,6) UNSIGNED", r => Decimal(r, 12, 6, unsigned: true)), ("e", "DECIMAL(30,18)", r => Decimal(r, 30, 18))),
        Numbered("bits", ("a", "BIT(1)", r => Bits(r, 1)), ("b", "BIT(10)", r => Bits(r, 10)), ("c", "BIT(33)", r => Bits(r, 33)), ("d", "BIT(64)", r => Bits(r, 64))),
        Numbered("floating_points", ("a", "FLOAT", Literals.Float), ("b", "DOUBLE", Literals.Double), ("c", "FLOAT NOT NULL", Literals.Float), ("d", "DOUBLE NOT NULL", Literals.Double)),
        Numbered("short_texts", ("a", "VARCHAR(100)", r => Text(r, 100)), ("b", "CHAR(40)", r => Text(r, 40)), ("c", "VARCHAR(2000) NOT NULL", r => Text(r, 2000)), ("d", "VARCHAR(80) COLLATE utf8mb4_bin", r => Text(r, 80))),
        Numbered("long_texts", ("a", "TINYTEXT", r => Text(r, 60)), ("b", "TEXT", r => Text(r, 5000)), ("c", "MEDIUMTEXT", r => Text(r, 20000)), ("d", "LONGTEXT", r => Text(r, 20000))),
        Numbered("binaries", ("a", "BINARY(8)", r => Bytes(r, 0, 8)), ("b", "VARBINARY(200)", r => Bytes(r, 0, 200)), ("c", "BINARY(16) NOT NULL", r => Bytes(r, 16, 16))),
        Numbered("blobs", ("a", "TINYBLOB", r => Bytes(r, 0, 255)), ("b", "BLOB", r => Bytes(r, 0, 3000)), ("c", "MEDIUMBLOB", r => Bytes(r, 0, 3000)), ("d", "LONGBLOB", r => Bytes(r, 0, 3000))),
        Numbered("dates_and_times", ("a", "DATE", Date), ("b", "TIME", r => Time(r, 0)), ("c", "TIME(3)", r => Time(r, 3)), ("d", "TIME(6)", r => Time(r, 6)), ("e", "DATE NOT NULL", Date)),
        Numbered("datetimes", ("a", "DATETIME", r => DateTimeOf(r, 0)), ("b", "DATETIME(3)", r => DateTimeOf(r, 3)), ("c", "DATETIME(6)", r => DateTimeOf(r, 6)), ("d", "DATETIME(6) NOT NULL", r => DateTimeOf(r, 6))),
        Numbered("timestamps", ("a", "TIMESTAMP NULL", r => Timestamp(r, 0)), ("b", "TIMESTAMP(3) NULL", r => Timestamp(r, 3)), ("c", "TIMESTAMP(6) NULL", r => Timestamp(r, 6))),
        Numbered("years_and_labels", ("a", "YEAR", Year), ("b", "ENUM('red','green','blau grün','x') ", r => OneOf(r, "red", "green", "blau grün", "x")), ("c", "SET('a','b','cc','d')", r => SomeOf(r, "a", "b", "cc", "d")), ("d", "ENUM('yes','no') NOT NULL", r => OneOf(r, "yes", "no"))),
        Numbered("documents", ("a", "JSON", Json), ("b", "JSON NOT NULL", Json)),
        Numbered("points", ("a", "POINT", Point), ("b", "POINT NOT NULL", Point)),
        new("composite_keys", [("region", "VARCHAR(20) NOT NULL"), ("no", "INT UNSIGNED NOT NULL")], n => [$"'r{n % 7}'", Number(n)], [("a", "INT", r => Integer(r, -100, 100)), ("b", "VARCHAR(50)", r => Text(r, 50))]),
        new("string_keys", [("code", "VARCHAR(60) NOT NULL")], n => [Utf8($"clé \"{n}\" 🔑")], [("a", "INT", r => Integer(r, -100, 100)), ("b", "DATE", Date)]),
        new("binary_keys", [("hash", "VARBINARY(20) NOT NULL")], n => [$"X'{Convert.ToHexString(Encoding.UTF8.GetBytes($"\0\u0080{n}"))}'"], [("a", "BIGINT UNSIGNED", r => Integer(r, 0, ulong.MaxValue)), ("b", "VARCHAR(50)", r => Text(r, 50))]),
        new("without_key", [], _ => [], [("n", "INT NOT NULL", r => Integer(r, 0, 40)), ("a", "VARCHAR(20)", r => OneOf(r, "one", "two", "three")), ("b", "DECIMAL(6,2)", r => Decimal(r, 6, 2))]),
        Numbered("bulk_rows", ("a", "INT", r => Integer(r, int.MinValue, int.MaxValue)), ("b", "VARCHAR(100)", r => Text(r, 100)), ("c", "DATETIME(6)", r => DateTimeOf(r, 6)), ("d", "DECIMAL(14,4)", r => Decimal(r, 14, 4)), ("e", "VARBINARY(40)", r => Bytes(r, 0, 40))),
    ];

    /// <summary>A random value of a column, sometimes NULL where that is allowed.</summary>
    public static string Value(Random random, (string Name, string Type, Func<Random, string> Value) column) =>
        !column.Type.Contains("NOT NULL", StringComparison.Ordinal) && random.Next(10) == 0 ? "NULL" : column.Value(random);

    private static WideTable Numbered(string name, params (string, string, Func<Random, string>)[] columns) => new(name, NumberKey, n => [Number(n)], columns);

    private static string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
}
