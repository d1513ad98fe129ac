using System.Globalization;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column's type as typed, in the terms of Debezium's schema changes: its words, its number in <c>java.sql.Types</c>, length and scale.</summary>
/// <remarks>Seen on Debezium 3.5.0; what no recording has (rare aliases) follows the type tables of its DDL parser.</remarks>
internal readonly record struct DefinedType
{
    private const int Other = 1111;

    private DefinedType(string name, int jdbcType, int? length, int? scale)
    {
        Name = name;
        JdbcType = jdbcType;
        Length = length;
        Scale = scale;
    }

    /// <summary>Its words in capitals, without what stands in brackets.</summary>
    public string Name { get; }

    public int JdbcType { get; }

    public int? Length { get; }

    public int? Scale { get; }

    public static DefinedType Of(ColumnDefinition column)
    {
        string type = column.Type.Trim();
        int open = type.IndexOf('(', StringComparison.Ordinal), close = type.LastIndexOf(')');
        string words = open < 0 || close < open ? type : $"{type[..open]} {type[(close + 1)..]}";
        string[] name = words.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] arguments = open < 0 || close < open ? [] : Numbers(type[(open + 1)..close]);
        int? first = arguments.Length > 0 ? arguments[0] : null, second = arguments.Length > 1 ? arguments[1] : null;
        return name.Length == 0 ? new DefinedType("", Other, null, null) : OfWords(name, first, second, MySqlType.Parse(type).Labels.Length);
    }

    private static DefinedType OfWords(string[] words, int? first, int? second, int labels) => words[0] switch
    {
        "TINYINT" or "INT1" or "SMALLINT" or "INT2" => Numeric(words, 5, first, null),
        "MEDIUMINT" or "INT3" or "MIDDLEINT" or "INT" or "INTEGER" or "INT4" => Numeric(words, 4, first, null),
        "BIGINT" or "INT8" => Numeric(words, -5, first, null),
        "SERIAL" => new DefinedType("BIGINT UNSIGNED", -5, null, null),
        "BOOL" or "BOOLEAN" => Plain(words, 16, null),
        "BIT" => Plain(words, -7, first ?? 1),
        "FLOAT" or "FLOAT4" => Numeric(words, 6, first, second),
        "REAL" => Numeric(words, 7, first, second),
        "DOUBLE" or "FLOAT8" => Numeric(words, 8, first, second),
        "DECIMAL" or "DEC" or "FIXED" => Numeric(words, 3, first ?? 10, second ?? 0),
        "NUMERIC" => Numeric(words, 2, first ?? 10, second ?? 0),
        "DATE" => Plain(words, 91, null),
        "TIME" => Plain(words, 92, first),
        "DATETIME" => Plain(words, 93, first),
        "TIMESTAMP" => Plain(words, 2014, first),
        "YEAR" => Plain(words, 4, first),
        "CHAR" or "CHARACTER" => Plain(words, words.Contains("VARYING") ? 12 : 1, first),
        "VARCHAR" or "VARCHARACTER" or "TINYTEXT" or "TEXT" or "MEDIUMTEXT" or "LONGTEXT" => Plain(words, 12, first),
        "LONG" => Plain(words, words.Contains("VARBINARY") ? 2004 : 12, first),
        "NVARCHAR" => Plain(words, -9, first),
        "NCHAR" or "NATIONAL" => words.Contains("VARCHAR") || words.Contains("VARYING") || words.Contains("VARCHARACTER") ? Plain(words, -9, first) : Plain(words, -15, first ?? 1),
        "BINARY" => Plain(words, -2, first),
        "VARBINARY" => Plain(words, -3, first),
        "TINYBLOB" or "BLOB" or "MEDIUMBLOB" or "LONGBLOB" => Plain(words, 2004, first),
        "ENUM" => new DefinedType("ENUM", 1, 1, null),
        "SET" => new DefinedType("SET", 1, Math.Max(0, (labels * 2) - 1), null),
        "VECTOR" => Plain(words, Other, first ?? 2048),
        _ => Plain(words, Other, null),
    };

    private static DefinedType Plain(string[] words, int jdbcType, int? length) => new(string.Join(' ', words), jdbcType, length, null);

    /// <summary>The words behind the name come in Debezium's order; what is filled with zeros is unsigned.</summary>
    private static DefinedType Numeric(string[] words, int jdbcType, int? length, int? scale)
    {
        bool fills = words.Contains("ZEROFILL");
        string name = string.Concat(
            words[0],
            words.Contains("PRECISION") ? " PRECISION" : "",
            words.Contains("SIGNED") ? " SIGNED" : "",
            fills || words.Contains("UNSIGNED") ? " UNSIGNED" : "",
            fills ? " ZEROFILL" : "");
        return new DefinedType(name, jdbcType, length, scale);
    }

    private static int[] Numbers(string arguments)
    {
        string[] parts = arguments.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            // Longer than any column: Debezium cuts it off.
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return [];
            }

            numbers[i] = (int)Math.Min(number, int.MaxValue);
        }

        return numbers;
    }
}
