using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>ADD, DROP, MODIFY, CHANGE and ALTER of an ALTER TABLE.</summary>
internal static class ColumnActions
{
    /// <summary>Takes an action that adds, changes or drops columns, keys or indexes, if it is next.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parts">What it changes is added to these.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static bool TryRead(SqlReader sql, List<TableEdit> parts)
    {
        if (sql.TryTake("ADD"))
        {
            ReadAdd(sql, parts);
        }
        else if (sql.TryTake("DROP"))
        {
            ReadDrop(sql, parts);
        }
        else if (sql.TryTake("MODIFY"))
        {
            ReadReplacement(sql, parts, renames: false);
        }
        else if (sql.TryTake("CHANGE"))
        {
            ReadReplacement(sql, parts, renames: true);
        }
        else if (sql.TryTake("ALTER"))
        {
            ReadDefault(sql, parts);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static void ReadAdd(SqlReader sql, List<TableEdit> parts)
    {
        if (sql.Next.Is("PARTITION") || (sql.Next.Is("SYSTEM") && sql.Ahead(1).Is("VERSIONING")))
        {
            sql.SkipRest();
            return;
        }

        bool isColumn = sql.TryTake("COLUMN");
        bool mayBeThere = sql.TryTake("IF", "NOT", "EXISTS");
        if (sql.TryTakeSymbol('('))
        {
            do
            {
                TableElement.Read(sql, parts, mayBeThere);
                sql.SkipClause();
            }
            while (sql.TryTakeSymbol(','));
            sql.Expect(')');
        }
        else if (isColumn)
        {
            TableElement.ReadColumn(sql, parts, mayBeThere);
        }
        else
        {
            TableElement.Read(sql, parts, mayBeThere);
        }
    }

    private static void ReadDrop(SqlReader sql, List<TableEdit> parts)
    {
        if (sql.Next.Is("PARTITION"))
        {
            sql.SkipRest();
            return;
        }

        bool isConstraint = sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("CONSTRAINT");
        if (sql.TryTake("PRIMARY", "KEY") || (isConstraint && sql.Ahead(1).Text.Equals("PRIMARY", StringComparison.OrdinalIgnoreCase)))
        {
            parts.Add(new TableEdit.DropPrimaryKey());
            return;
        }

        // Another index that serves as key goes on doing so, as with Debezium. PERIOD alone may be a column.
        if (isConstraint || sql.Next.Is("FOREIGN") || sql.Next.Is("CHECK") || (sql.Next.Is("SYSTEM") && sql.Ahead(1).Is("VERSIONING"))
            || (sql.Next.Is("PERIOD") && (sql.Ahead(1).Is("FOR") || sql.Ahead(1).Is("IF"))))
        {
            return;
        }

        sql.TryTake("COLUMN");
        bool mayBeMissing = sql.TryTake("IF", "EXISTS");
        parts.Add(new TableEdit.DropColumn(sql.TakeName(), mayBeMissing));
    }

    /// <summary>MODIFY and CHANGE.</summary>
    private static void ReadReplacement(SqlReader sql, List<TableEdit> parts, bool renames)
    {
        sql.TryTake("COLUMN");
        bool mayBeMissing = sql.TryTake("IF", "EXISTS");
        string old = sql.TakeName();
        ColumnDefinition column = ColumnParser.Read(sql, renames ? sql.TakeName() : old, out ColumnKey key);
        parts.Add(new TableEdit.ReplaceColumn(old, column, key, TableElement.ReadPlace(sql), mayBeMissing, KeepsMarks: renames));
    }

    private static void ReadDefault(SqlReader sql, List<TableEdit> parts)
    {
        bool isColumn = sql.TryTake("COLUMN");
        if (!isColumn && (sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("CHECK") || sql.Next.Is("CONSTRAINT")))
        {
            return;
        }

        bool mayBeMissing = sql.TryTake("IF", "EXISTS");
        string name = sql.TakeName();
        if (sql.TryTake("SET", "DEFAULT"))
        {
            parts.Add(new TableEdit.SetDefault(name, DefaultParser.Read(sql), mayBeMissing));
        }
        else if (sql.TryTake("DROP", "DEFAULT"))
        {
            parts.Add(new TableEdit.SetDefault(name, null, mayBeMissing));
        }
    }
}
