using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>A statement's text to what it does to tables. It asks nobody, and knows no table.</summary>
/// <remarks>
/// Not a validator: the server has executed the statement. A body of a routine, trigger or event is not looked at: what it does is logged when it
/// is done. Sources: the manuals' pages on CREATE, ALTER, RENAME and DROP TABLE, CREATE INDEX, DROP DATABASE of MySQL 8.4 and MariaDB 10.11.
/// </remarks>
internal static class StatementParser
{
    /// <summary>Reads a statement, in the sql_mode in which it can be read: an entry does not tell the session's.</summary>
    /// <param name="statement">Its text.</param>
    /// <param name="currentSchema">The session's database.</param>
    /// <param name="server">Where it ran.</param>
    public static ParsedStatement Parse(string statement, string currentSchema, SqlDialect server)
    {
        ParsedStatement? first = null;
        foreach (SqlDialect dialect in server.InAnySession())
        {
            ParsedStatement parsed = ParseAs(dialect, statement, currentSchema, out bool isMalformed);
            first ??= parsed;
            if (!isMalformed && parsed.IsWhole)
            {
                return parsed;
            }
        }

        return first!;
    }

    /// <summary>The table that a TRUNCATE names; null if the statement is another one or cannot be read.</summary>
    public static TableId? TruncatedTable(string statement, string currentSchema)
    {
        var sql = new SqlReader(statement);
        SkipSetStatement(sql);
        if (!sql.TryTake("TRUNCATE"))
        {
            return null;
        }

        sql.TryTake("TABLE");
        return sql.Next.Kind is SqlTokenKind.Name or SqlTokenKind.Word || sql.Next.IsSymbol('.') ? sql.TakeTable(currentSchema) : null;
    }

    private static ParsedStatement ParseAs(SqlDialect dialect, string statement, string currentSchema, out bool isMalformed)
    {
        var sql = new SqlReader(statement, dialect);
        isMalformed = sql.IsMalformed;
        SkipSetStatement(sql);
        var source = new StatementSource(sql, currentSchema, sql.Next.Start);
        try
        {
            return new ParsedStatement(source.Text, Read(source));
        }
        catch (FormatException)
        {
            return new ParsedStatement(source.Text, []) { IsUnread = true };
        }
    }

    private static IReadOnlyList<SchemaEdit> Read(StatementSource source)
    {
        SqlReader sql = source.Sql;
        if (sql.TryTake("CREATE"))
        {
            return CreateStatement.Read(source);
        }

        if (sql.TryTake("ALTER"))
        {
            return AlterStatement.Read(source);
        }

        if (sql.TryTake("RENAME", "TABLE") || sql.TryTake("RENAME", "TABLES"))
        {
            return RenameStatement.Read(source);
        }

        return sql.TryTake("DROP") ? DropStatement.Read(source) : [];
    }

    /// <summary>MariaDB's <c>SET STATEMENT variable=value, … FOR statement</c>.</summary>
    private static void SkipSetStatement(SqlReader sql)
    {
        if (sql.TryTake("SET", "STATEMENT"))
        {
            while (!sql.AtEnd && !sql.TryTake("FOR"))
            {
                sql.SkipPiece();
            }
        }
    }
}
