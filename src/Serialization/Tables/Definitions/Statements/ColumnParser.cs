using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

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
        string type = TypeParser.Read(sql, out string? enumValues);
        var column = new ColumnDefinition
        {
            Name = name,
            Type = type,
            IsNullable = !isSerial,
            IsAutoIncremented = isSerial,
            IsNumbered = isSerial,
            EnumValues = enumValues,
            CharsetName = ReadCharset(sql, type, hasLabels: enumValues is not null),
        };
        key = isSerial ? ColumnKey.Unique : ColumnKey.None;
        while (!sql.AtEnd && !sql.Next.IsSymbol(',') && !sql.Next.IsSymbol(')') && !sql.Next.Is("FIRST") && !sql.Next.Is("AFTER")
            && !sql.Next.Is("PARTITION") && !sql.Next.Is("REMOVE"))
        {
            column = ReadAttribute(sql, column, ref key);
        }

        return column;
    }

    /// <summary>Debezium looks for it directly behind the type only, and at collations only of columns that are no ENUM or SET.</summary>
    private static string? ReadCharset(SqlReader sql, string type, bool hasLabels)
    {
        if (type.Split('(', ' ')[0].ToUpperInvariant() is "NCHAR" or "NVARCHAR" or "NATIONAL")
        {
            return "utf8";
        }

        if (!hasLabels && MySqlType.Parse(type).Kind != MySqlTypeKind.Text)
        {
            return null;
        }

        sql.TryTake("BINARY");
        string? charset = sql.TryTake("ASCII") ? "latin1" : sql.TryTake("UNICODE") ? "ucs2" : Charsets.TryTake(sql);
        if (charset is null && !hasLabels)
        {
            Charsets.TryTakeOfCollation(sql, out charset);
        }

        return charset is "" ? null : charset;
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
            return column with { IsNullable = false, IsAutoIncremented = true, IsNumbered = true };
        }

        if (sql.TryTake("AUTO_INCREMENT"))
        {
            // It never takes NULL: servers say so whatever the statement says.
            return column with { IsNullable = false, IsAutoIncremented = true, IsNumbered = true };
        }

        if (sql.TryTake("DEFAULT"))
        {
            return column with { Default = DefaultParser.Read(sql) };
        }

        if (sql.TryTake("PRIMARY", "KEY") || sql.TryTake("PRIMARY") || sql.TryTake("KEY"))
        {
            key = ColumnKey.Primary;
            return column with { IsNullable = false };
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

        if (sql.Next.Is("ON") && sql.Ahead(1).Is("UPDATE") && DefaultParser.IsCurrentTimestamp(sql.Ahead(2)))
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
}

/// <summary>What the attributes of a column say of a key.</summary>
internal enum ColumnKey
{
    None,
    Unique,
    Primary,
}
