using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>ALTER of a table or of a database; others define nothing.</summary>
internal static class AlterStatement
{
    /// <summary>Behind ALTER.</summary>
    /// <param name="source">The statement.</param>
    /// <exception cref="FormatException">It names nothing.</exception>
    public static IReadOnlyList<SchemaEdit> Read(StatementSource source)
    {
        SqlReader sql = source.Sql;
        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            bool isNamed = !sql.Next.Is("DEFAULT") && !sql.Next.Is("CHARACTER") && !sql.Next.Is("CHARSET") && !sql.Next.Is("COLLATE");
            return [new SchemaEdit.SetDatabase(isNamed ? sql.TakeName() : source.Schema, DatabaseOptions.ReadCharset(sql), IsNew: false)];
        }

        sql.TryTakeAny("ONLINE", "OFFLINE");
        sql.TryTake("IGNORE");
        if (!sql.TryTake("TABLE"))
        {
            return [];
        }

        sql.TryTake("IF", "EXISTS");
        var table = new SchemaEdit.AlterTable(source.TakeTable(), source.Text);
        try
        {
            return [ReadActions(source, table)];
        }
        catch (FormatException)
        {
            return [table];
        }
    }

    private static SchemaEdit.AlterTable ReadActions(StatementSource source, SchemaEdit.AlterTable table)
    {
        SqlReader sql = source.Sql;
        if (!sql.TryTake("NOWAIT") && sql.TryTake("WAIT"))
        {
            sql.Take();
        }

        var parts = new List<TableEdit>();
        do
        {
            table = ReadAction(source, table, parts);
            sql.SkipClause();
        }
        while (sql.TryTakeSymbol(','));
        return table with { Parts = parts };
    }

    private static SchemaEdit.AlterTable ReadAction(StatementSource source, SchemaEdit.AlterTable table, List<TableEdit> parts)
    {
        SqlReader sql = source.Sql;
        if (sql.TryTake("RENAME"))
        {
            return ReadRename(source, table, parts);
        }

        if (sql.TryTake("CONVERT", "PARTITION"))
        {
            SkipUntil(sql, "TABLE");
            return table with { MadeOfPartition = source.TakeTable() };
        }

        if (sql.TryTake("CONVERT", "TABLE"))
        {
            table = table with { MadePartition = source.TakeTable() };
            sql.SkipRest();
            return table;
        }

        if (sql.Next.Is("ORDER") || sql.Next.Is("PARTITION") || sql.Next.Is("REMOVE")
            || (sql.Ahead(1).Is("PARTITION") && !sql.Next.Is("ADD") && !sql.Next.Is("DROP")))
        {
            sql.SkipRest();
        }
        else if (!ColumnActions.TryRead(sql, parts) && !TryReadConvert(sql, parts))
        {
            if (!TableOptions.AreNext(sql))
            {
                throw sql.Unexpected("a known action");
            }

            // Between options stand commas or blanks.
            while (!sql.AtEnd && !sql.Next.IsSymbol(','))
            {
                if (!TableOptions.TryRead(sql, parts))
                {
                    sql.SkipPiece();
                }
            }
        }

        return table;
    }

    private static SchemaEdit.AlterTable ReadRename(StatementSource source, SchemaEdit.AlterTable table, List<TableEdit> parts)
    {
        SqlReader sql = source.Sql;
        if (sql.TryTake("COLUMN"))
        {
            bool mayBeMissing = sql.TryTake("IF", "EXISTS");
            string old = sql.TakeName();
            if (sql.TryTake("TO"))
            {
                parts.Add(new TableEdit.RenameColumn(old, sql.TakeName(), mayBeMissing));
            }

            return table;
        }

        if (sql.Next.Is("INDEX") || sql.Next.Is("KEY"))
        {
            return table;
        }

        if (!sql.TryTakeAny("TO", "AS"))
        {
            sql.TryTakeSymbol('=');
        }

        return table with { NewName = source.TakeTable() };
    }

    private static bool TryReadConvert(SqlReader sql, List<TableEdit> parts)
    {
        if (!sql.TryTake("CONVERT", "TO"))
        {
            return false;
        }

        // CHARACTER SET DEFAULT is that of the database.
        string? charset = Charsets.TryTake(sql);
        if (Charsets.TryTakeOfCollation(sql, out string? ofCollation) && string.IsNullOrEmpty(charset))
        {
            charset = ofCollation;
        }

        parts.Add(new TableEdit.Convert(string.IsNullOrEmpty(charset) ? null : charset));
        return true;
    }

    private static void SkipUntil(SqlReader sql, string keyword)
    {
        while (!sql.AtEnd && !sql.TryTake(keyword))
        {
            sql.SkipPiece();
        }
    }
}
