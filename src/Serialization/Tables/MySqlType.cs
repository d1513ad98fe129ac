using System.Globalization;
using System.Text;

namespace CanalBridge.Serialization.Tables;

/// <summary>The type text of a column, read: the one place that knows MySQL's and MariaDB's type names.</summary>
/// <remarks>
/// Canal sends what <c>SHOW CREATE TABLE</c> prints or, with its table history, what somebody typed in a DDL: case, blanks,
/// aliases and display widths vary. Never the <c>sqlType</c> number, which changes from row to row.
/// </remarks>
internal sealed class MySqlType
{
    private MySqlType(
        MySqlTypeKind kind, int size = 0, int scale = 0, long minimum = 0, long maximum = 0, string[]? labels = null, bool comesAsBytes = false, bool comesSigned = false)
    {
        Kind = kind;
        Size = size;
        Scale = scale;
        Minimum = minimum;
        Maximum = maximum;
        Labels = labels ?? [];
        ComesAsBytes = comesAsBytes;
        ComesSigned = comesSigned;
    }

    public MySqlTypeKind Kind { get; }

    /// <summary>Bits of a BIT, bytes of a BINARY, digits of a DECIMAL.</summary>
    public int Size { get; }

    /// <summary>Fraction digits: of a DECIMAL, or declared for a time.</summary>
    public int Scale { get; }

    /// <summary>Least value of an integer.</summary>
    public long Minimum { get; }

    /// <summary>Greatest value of an integer.</summary>
    public long Maximum { get; }

    /// <summary>Labels of an ENUM or SET as stored: doubled quotes undone.</summary>
    public string[] Labels { get; }

    /// <summary>
    /// A text that Canal sends as it sends a BLOB, one character per byte: where its table history keeps the type as typed, only the bare words
    /// TINYTEXT, TEXT, MEDIUMTEXT and LONGTEXT are texts to it, not <c>TEXT(50)</c> and <c>LONG</c>.
    /// </summary>
    public bool ComesAsBytes { get; }

    /// <summary>An unsigned number that Canal reads as a signed one, as its type text does not say <c>unsigned</c>: SERIAL.</summary>
    public bool ComesSigned { get; }

    /// <summary>What a value's text must be, for error messages.</summary>
    public string Expected => Kind switch
    {
        MySqlTypeKind.Unsupported => "a type that Debezium 3.5 has a form for",
        MySqlTypeKind.Integer => $"an integer from {Minimum} to {Maximum}",
        MySqlTypeKind.UnsignedBigInt => "an integer from 0 to 18446744073709551615",
        MySqlTypeKind.Bit => $"an integer of {Size} bits",
        MySqlTypeKind.Float or MySqlTypeKind.FloatWithScale or MySqlTypeKind.Double => "a finite number",
        MySqlTypeKind.Decimal => $"at most {Size} digits, {Scale} of them behind the point",
        MySqlTypeKind.Date => "a date such as 2024-02-29",
        MySqlTypeKind.Time => "a time such as -838:59:59.000000",
        MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds or MySqlTypeKind.Timestamp => "a date and time such as 2024-02-29 23:59:59",
        MySqlTypeKind.Year => "a year",
        MySqlTypeKind.Binary or MySqlTypeKind.Blob => "characters up to U+00FF, one per byte",
        MySqlTypeKind.Enum => $"the index of one of {Labels.Length} labels",
        MySqlTypeKind.Set => $"a mask of {Labels.Length} labels",
        MySqlTypeKind.Json => "a JSON document (binlog_row_value_options must be empty on the source)",
        MySqlTypeKind.Geometry or MySqlTypeKind.Point => "an SRID and WKB",
        _ => "another text",
    };

    /// <summary>The same type, its values sent as those of a BLOB.</summary>
    public MySqlType AsBytes() => new(Kind, Size, Scale, Minimum, Maximum, Labels, comesAsBytes: true, ComesSigned);

    /// <summary>Whether a column typed so may be one that Canal says is of another type: character columns of binary strings are binary, MariaDB's JSON is a text.</summary>
    public bool IsStoredAs(MySqlType stored) =>
        (Kind == stored.Kind && Size == stored.Size && Scale == stored.Scale && Minimum == stored.Minimum && Maximum == stored.Maximum)
        || (Kind == MySqlTypeKind.Text && stored.Kind is MySqlTypeKind.Binary or MySqlTypeKind.Blob)
        || (Kind == MySqlTypeKind.Json && stored.Kind == MySqlTypeKind.Text);

    /// <summary>Reads a type text.</summary>
    public static MySqlType Parse(ReadOnlySpan<byte> utf8) => Parse(Encoding.UTF8.GetString(utf8));

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static MySqlType Parse(string text)
    {
        text = text.Trim();
        int nameEnd = 0;
        while (nameEnd < text.Length && text[nameEnd] is not ('(' or ' '))
        {
            nameEnd++;
        }

        string name = text[..nameEnd].ToUpperInvariant();
        if (name is "ENUM" or "SET")
        {
            return new MySqlType(name == "ENUM" ? MySqlTypeKind.Enum : MySqlTypeKind.Set, labels: ReadLabels(text));
        }

        string rest = text[nameEnd..].ToUpperInvariant();
        int[] arguments = ReadArguments(ref rest);
        bool unsigned = rest.Contains("UNSIGNED", StringComparison.Ordinal) || rest.Contains("ZEROFILL", StringComparison.Ordinal);
        return OfName(name, rest, arguments, unsigned);
    }

    private static MySqlType OfName(string name, string rest, int[] arguments, bool unsigned)
    {
        int first = arguments.Length > 0 ? arguments[0] : -1;
        return name switch
        {
            "TINYINT" or "INT1" or "BOOL" or "BOOLEAN" => Integer(8, unsigned),
            "SMALLINT" or "INT2" => Integer(16, unsigned),
            "MEDIUMINT" or "INT3" or "MIDDLEINT" => Integer(24, unsigned),
            "INT" or "INTEGER" or "INT4" => Integer(32, unsigned),
            "BIGINT" or "INT8" => unsigned ? new MySqlType(MySqlTypeKind.UnsignedBigInt) : Integer(64, false),
            "SERIAL" => new MySqlType(MySqlTypeKind.UnsignedBigInt, comesSigned: true),
            "BIT" => new MySqlType(MySqlTypeKind.Bit, size: Math.Clamp(first, 1, 64)),
            "FLOAT" or "FLOAT4" => OfFloat(arguments),
            "DOUBLE" or "REAL" or "FLOAT8" => new MySqlType(MySqlTypeKind.Double),
            "DECIMAL" or "NUMERIC" or "DEC" or "FIXED" => OfDecimal(arguments),

            // MariaDB's Oracle mode.
            "NUMBER" => arguments.Length == 0 ? new MySqlType(MySqlTypeKind.Double) : OfDecimal(arguments),
            "DATE" => new MySqlType(MySqlTypeKind.Date),
            "TIME" => new MySqlType(MySqlTypeKind.Time, scale: Math.Clamp(first, 0, 6)),
            "DATETIME" => new MySqlType(first > 3 ? MySqlTypeKind.DateTimeMicroseconds : MySqlTypeKind.DateTimeMilliseconds, scale: Math.Clamp(first, 0, 6)),
            "TIMESTAMP" => new MySqlType(MySqlTypeKind.Timestamp, scale: Math.Clamp(first, 0, 6)),
            "YEAR" => new MySqlType(MySqlTypeKind.Year),
            "BINARY" => new MySqlType(MySqlTypeKind.Binary, size: Math.Clamp(first, 1, 65535)),
            "CHAR" or "CHARACTER" when rest.Contains("BYTE", StringComparison.Ordinal) && !rest.Contains("VARYING", StringComparison.Ordinal) =>
                new MySqlType(MySqlTypeKind.Binary, size: Math.Clamp(first, 1, 65535)),
            "CHAR" or "CHARACTER" or "VARCHAR" or "VARCHARACTER" when rest.Contains("BYTE", StringComparison.Ordinal) => new MySqlType(MySqlTypeKind.Blob),

            // Too long for a VARCHAR: the server makes a MEDIUMTEXT or LONGTEXT of it where its mode allows that.
            "CHAR" or "CHARACTER" or "VARCHAR" or "VARCHARACTER" or "VARCHAR2" or "NCHAR" or "NVARCHAR" or "NATIONAL" =>
                new MySqlType(MySqlTypeKind.Text, comesAsBytes: first > 65535),
            "TINYTEXT" or "TEXT" or "MEDIUMTEXT" or "LONGTEXT" => new MySqlType(MySqlTypeKind.Text, comesAsBytes: first >= 0),
            "LONG" when rest.Contains("VARBINARY", StringComparison.Ordinal) => new MySqlType(MySqlTypeKind.Blob),
            "LONG" or "CLOB" => new MySqlType(MySqlTypeKind.Text, comesAsBytes: true),
            "VARBINARY" or "RAW" or "TINYBLOB" or "BLOB" or "MEDIUMBLOB" or "LONGBLOB" => new MySqlType(MySqlTypeKind.Blob),
            "JSON" => new MySqlType(MySqlTypeKind.Json),
            "POINT" => new MySqlType(MySqlTypeKind.Point),
            "GEOMETRY" or "LINESTRING" or "POLYGON" or "MULTIPOINT" or "MULTILINESTRING" or "MULTIPOLYGON" or "GEOMETRYCOLLECTION" or "GEOMCOLLECTION" =>
                new MySqlType(MySqlTypeKind.Geometry),
            "UUID" => new MySqlType(MySqlTypeKind.Uuid),
            _ => new MySqlType(MySqlTypeKind.Unsupported),
        };
    }

    private static MySqlType Integer(int bits, bool unsigned) => unsigned
        ? new MySqlType(MySqlTypeKind.Integer, minimum: 0, maximum: (1L << bits) - 1)
        : new MySqlType(MySqlTypeKind.Integer, minimum: long.MinValue >> (64 - bits), maximum: long.MaxValue >> (64 - bits));

    private static MySqlType OfDecimal(int[] arguments)
    {
        const int mostDigits = 65;
        int precision = arguments.Length > 0 && arguments[0] > 0 ? Math.Min(arguments[0], mostDigits) : 10;
        return new MySqlType(MySqlTypeKind.Decimal, size: precision, scale: arguments.Length > 1 ? Math.Min(arguments[1], precision) : 0);
    }

    /// <summary>FLOAT(p) up to 24 is a single, above a double; FLOAT(M,D) is a single that Debezium widens.</summary>
    private static MySqlType OfFloat(int[] arguments) => arguments.Length switch
    {
        0 => new MySqlType(MySqlTypeKind.Float),
        1 => new MySqlType(arguments[0] > 24 ? MySqlTypeKind.Double : MySqlTypeKind.Float),
        _ => new MySqlType(MySqlTypeKind.FloatWithScale),
    };

    private static int[] ReadArguments(ref string rest)
    {
        int open = rest.IndexOf('(', StringComparison.Ordinal);
        int close = rest.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            return [];
        }

        string[] parts = rest[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries);
        rest = string.Concat(rest.AsSpan(0, open), rest.AsSpan(close + 1));
        var numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return [];
            }
        }

        return numbers;
    }

    /// <summary>
    /// Between quotes of either kind; a doubled quote is one, a backslash stands for itself (as SHOW CREATE TABLE prints them). The server keeps no
    /// blanks at a label's end.
    /// </summary>
    private static string[] ReadLabels(string text)
    {
        var labels = new List<string>();
        var label = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0')
            {
                quote = c is '\'' or '"' ? c : quote;
            }
            else if (c != quote)
            {
                label.Append(c);
            }
            else if (i + 1 < text.Length && text[i + 1] == quote)
            {
                label.Append(c);
                i++;
            }
            else
            {
                labels.Add(label.ToString().TrimEnd(' '));
                label.Clear();
                quote = '\0';
            }
        }

        return [.. labels];
    }
}
