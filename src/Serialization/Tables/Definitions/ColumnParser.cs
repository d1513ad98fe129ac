using System.Text;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>A column's type and attributes behind its name.</summary>
internal static class ColumnParser
{
    /// <summary>Reads up to the end of the column: a comma, a closing bracket, a place (FIRST, AFTER), or the partitions of an ALTER.</summary>
    /// <param name="sql">Behind the column's name.</param>
    /// <param name="name">That name.</param>
    /// <param name="key">What the attributes say of a key.</param>
    /// <exception cref="FormatException">It is no column definition.</exception>
    public static ColumnDefinition Read(SqlReader sql, string name, out ColumnKey key)
    {
        bool isSerial = sql.Next.Is("SERIAL");
        var column = new ColumnDefinition { Name = name, Type = ReadType(sql, out string? enumValues), IsNullable = !isSerial, IsAutoIncremented = isSerial, EnumValues = enumValues };
        column = column with { CharsetName = ReadCharset(sql, column.Type, hasLabels: enumValues is not null) };
        key = isSerial ? ColumnKey.Unique : ColumnKey.None;
        while (!sql.AtEnd && !sql.Next.IsSymbol(',') && !sql.Next.IsSymbol(')') && !sql.Next.Is("FIRST") && !sql.Next.Is("AFTER")
            && !sql.Next.Is("PARTITION") && !sql.Next.Is("REMOVE"))
        {
            column = ReadAttribute(sql, column, ref key);
        }

        return column;
    }

    /// <summary>The value of a DEFAULT clause.</summary>
    public static ColumnDefault? ReadDefault(SqlReader sql)
    {
        bool isNegative = sql.TryTakeSymbol('-');
        bool hasPlus = !isNegative && sql.TryTakeSymbol('+');

        if (sql.Next.IsSymbol('('))
        {
            sql.SkipBrackets();
            return new ColumnDefault(ColumnDefaultKind.Expression, "");
        }

        SqlToken value = sql.Take();
        string introducer = "";
        if (value.Kind == SqlTokenKind.Word && value.Text[0] == '_' && sql.Next.Kind is SqlTokenKind.Text or SqlTokenKind.Hex or SqlTokenKind.Bits)
        {
            introducer = value.Text;
            value = sql.Take();
        }

        switch (value.Kind)
        {
            case SqlTokenKind.Number:
                return new ColumnDefault(ColumnDefaultKind.Number, isNegative ? "-" + value.Text : value.Text) { Typed = hasPlus ? "+" + value.Text : null };
            case SqlTokenKind.Text:
                return ReadText(sql, value, introducer);
            case SqlTokenKind.Bits:
                return new ColumnDefault(ColumnDefaultKind.Bits, value.Text);
            case SqlTokenKind.Hex:
                return new ColumnDefault(ColumnDefaultKind.Hex, value.Text);
            case SqlTokenKind.Word when value.Is("NULL"):
                return null;
            case SqlTokenKind.Word when value.Is("TRUE") || value.Is("FALSE"):
                return new ColumnDefault(ColumnDefaultKind.Number, value.Is("TRUE") ? "1" : "0") { Typed = value.Text };
            case SqlTokenKind.Word when IsCurrentTimestamp(value):
                return ReadCurrentTimestamp(sql, value);
            default:
                // A function, or an expression that MariaDB takes without brackets: its rest is read over as unknown attributes.
                sql.SkipBrackets();
                return new ColumnDefault(ColumnDefaultKind.Expression, "");
        }
    }

    /// <summary>Texts side by side are one.</summary>
    private static ColumnDefault ReadText(SqlReader sql, SqlToken value, string introducer)
    {
        string text = value.Text, typed = introducer + sql.Typed(value);
        while (sql.Next.Kind == SqlTokenKind.Text)
        {
            typed += sql.Typed(sql.Next);
            text += sql.Take().Text;
        }

        typed = typed[0] is '\'' or '"' && typed[^1] == typed[0] && typed.Length > 1 ? typed[1..^1] : typed;
        return new ColumnDefault(ColumnDefaultKind.Text, text) { Typed = typed == text ? null : typed };
    }

    private static ColumnDefault ReadCurrentTimestamp(SqlReader sql, SqlToken function)
    {
        string typed = function.Text;
        for (bool hasBrackets = sql.Next.IsSymbol('('); hasBrackets && !sql.AtEnd;)
        {
            hasBrackets = !sql.Next.IsSymbol(')');
            typed += sql.Take().Text;
        }

        // Belongs to the default as Debezium reads it; behind anything else it marks the column as generated.
        if (sql.TryTake("ON", "UPDATE"))
        {
            sql.SkipPiece();
            sql.SkipBrackets();
        }

        return new ColumnDefault(ColumnDefaultKind.CurrentTimestamp, "") { Typed = function.Is("CURRENT_TIMESTAMP") || function.Is("NOW") ? null : typed };
    }

    private static bool IsCurrentTimestamp(SqlToken token) => IsAny(token, "CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP");

    /// <summary>Debezium looks for it directly behind the type only, and at collations only of columns that are no ENUM or SET.</summary>
    private static string? ReadCharset(SqlReader sql, string type, bool hasLabels)
    {
        string first = type.Split('(', ' ')[0];
        if (Is(first, "NCHAR") || Is(first, "NVARCHAR") || Is(first, "NATIONAL"))
        {
            return "utf8";
        }

        if (!hasLabels && MySqlType.Parse(type).Kind != MySqlTypeKind.Text)
        {
            return null;
        }

        sql.TryTake("BINARY");
        string? charset = Charsets.TryTake(sql);
        if (charset is null && !hasLabels && sql.TryTake("COLLATE"))
        {
            charset = Charsets.OfCollation(sql.TakeName());
        }

        return charset is "" ? null : charset;
    }

    private static string ReadType(SqlReader sql, out string? enumValues)
    {
        enumValues = null;
        if (sql.Next.Kind != SqlTokenKind.Word)
        {
            throw sql.Unexpected("a type");
        }

        var type = new StringBuilder(sql.Take().Text);
        string first = type.ToString();
        if (Is(first, "NATIONAL") || Is(first, "LONG"))
        {
            // LONG alone is a type, but NATIONAL is not.
            if (IsAny(sql.Next, "CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER", "VARBINARY"))
            {
                type.Append(' ').Append(sql.Take().Text);
            }
        }

        if ((Is(first, "DOUBLE") && IsAny(sql.Next, "PRECISION")) || IsAny(sql.Next, "VARYING"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        if (sql.TryTakeSymbol('('))
        {
            string arguments = ReadArguments(sql, type);
            enumValues = Is(first, "ENUM") || Is(first, "SET") ? arguments : null;
        }

        while (IsAny(sql.Next, "UNSIGNED", "ZEROFILL", "SIGNED"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        if (IsAny(sql.Next, "BYTE"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        return type.ToString();
    }

    /// <returns>What stands in the brackets, as typed but for blanks.</returns>
    private static string ReadArguments(SqlReader sql, StringBuilder type)
    {
        var typed = new StringBuilder();
        type.Append('(');
        while (!sql.TryTakeSymbol(')'))
        {
            if (sql.AtEnd)
            {
                throw sql.Unexpected("')'");
            }

            SqlToken token = sql.Take();
            typed.Append(sql.Typed(token));
            type.Append(token.Kind == SqlTokenKind.Text ? $"'{token.Text}'" : token.Text);
        }

        type.Append(')');
        return typed.ToString();
    }

    /// <summary>What says nothing of the values is read over, also what is not known here.</summary>
    private static ColumnDefinition ReadAttribute(SqlReader sql, ColumnDefinition column, ref ColumnKey key)
    {
        if (sql.TryTake("NOT", "NULL"))
        {
            return column with { IsNullable = false };
        }

        if (sql.TryTake("NULL"))
        {
            return column with { IsNullable = true };
        }

        if (sql.TryTake("SERIAL", "DEFAULT", "VALUE"))
        {
            key = key == ColumnKey.None ? ColumnKey.Unique : key;
            return column with { IsNullable = false, IsAutoIncremented = true };
        }

        if (sql.TryTake("AUTO_INCREMENT"))
        {
            return column with { IsAutoIncremented = true };
        }

        if (sql.TryTake("DEFAULT"))
        {
            return column with { Default = ReadDefault(sql) };
        }

        if (sql.TryTake("PRIMARY", "KEY") || sql.TryTake("PRIMARY") || sql.TryTake("KEY"))
        {
            key = ColumnKey.Primary;
            return column;
        }

        if (sql.TryTake("UNIQUE"))
        {
            sql.TryTake("KEY");
            key = key == ColumnKey.None ? ColumnKey.Unique : key;
            return column;
        }

        if (sql.TryTake("COMMENT"))
        {
            return column with { Comment = sql.Take().Text };
        }

        if (sql.Next.Is("ON") && sql.Ahead(1).Is("UPDATE") && IsCurrentTimestamp(sql.Ahead(2)))
        {
            sql.TryTake("ON", "UPDATE");
            sql.SkipPiece();
            sql.SkipBrackets();
            return column with { IsAutoIncremented = true };
        }

        if (sql.TryTake("ON", "UPDATE") || sql.TryTake("ON", "DELETE"))
        {
            if (!sql.TryTake("SET", "NULL") && !sql.TryTake("SET", "DEFAULT") && !sql.TryTake("NO", "ACTION"))
            {
                sql.SkipPiece();
                sql.SkipBrackets();
            }

            return column;
        }

        if (sql.TryTakeAny("COLLATE", "COLUMN_FORMAT", "STORAGE", "CHARSET", "ENGINE_ATTRIBUTE", "SRID", "MATCH"))
        {
            sql.SkipPiece();
            sql.SkipBrackets();
            return column;
        }

        if (sql.TryTake("CHARACTER", "SET") || sql.TryTake("CHAR", "SET"))
        {
            sql.SkipPiece();
            return column;
        }

        sql.SkipPiece();
        return column;
    }

    private static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    private static bool IsAny(SqlToken token, params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (token.Is(keyword))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What the attributes of a column say of a key.</summary>
internal enum ColumnKey
{
    None,
    Unique,
    Primary,
}
