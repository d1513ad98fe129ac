using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>A column, a key, an index or a check of a table.</summary>
internal static class TableElement
{
    /// <summary>What a table's element is, behind its bracket or behind ADD.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parts">What it defines is added to these.</param>
    /// <param name="mayBeThere">IF NOT EXISTS stood before it.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static void Read(SqlReader sql, List<TableEdit> parts, bool mayBeThere = false)
    {
        bool isConstraint = TryTakeConstraint(sql, ref mayBeThere);
        if (sql.TryTake("PRIMARY", "KEY"))
        {
            mayBeThere |= sql.TryTake("IF", "NOT", "EXISTS");
            parts.Add(new TableEdit.PrimaryKey(ReadKeyColumns(sql) ?? throw sql.Unexpected("key columns"), mayBeThere));
        }
        else if (sql.TryTake("UNIQUE"))
        {
            parts.Add(new TableEdit.UniqueKey(ReadKeyColumns(sql)));
        }
        else if (!isConstraint && !IsIndexOrCheck(sql))
        {
            ReadColumn(sql, parts, mayBeThere);
        }
    }

    /// <summary>A column with its name.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parts">The column is added to these.</param>
    /// <param name="mayBeThere">IF NOT EXISTS stood before it.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static void ReadColumn(SqlReader sql, List<TableEdit> parts, bool mayBeThere)
    {
        ColumnDefinition column = ColumnParser.Read(sql, sql.TakeName(), out ColumnKey key);
        parts.Add(new TableEdit.AddColumn(column, key, ReadPlace(sql), mayBeThere));
    }

    /// <summary>FIRST, or AFTER a column; null for neither.</summary>
    public static ColumnPlace? ReadPlace(SqlReader sql) =>
        sql.TryTake("FIRST") ? new ColumnPlace(After: null) : sql.TryTake("AFTER") ? new ColumnPlace(sql.TakeName()) : null;

    /// <summary>Behind PRIMARY KEY, UNIQUE or the table of an index: perhaps a name and a kind of index, then the columns in brackets.</summary>
    /// <returns>Null if the key holds an expression.</returns>
    public static List<string>? ReadKeyColumns(SqlReader sql)
    {
        while (!sql.Next.IsSymbol('('))
        {
            if (sql.AtEnd || sql.Next.IsSymbol(','))
            {
                throw sql.Unexpected("key columns");
            }

            sql.Take();
        }

        sql.Expect('(');
        List<string>? columns = [];
        do
        {
            if (sql.Next.IsSymbol('('))
            {
                columns = null;
            }
            else
            {
                string name = sql.TakeName();
                columns?.Add(name);
            }

            sql.SkipClause();
        }
        while (sql.TryTakeSymbol(','));
        sql.Expect(')');
        return columns;
    }

    /// <summary>CONSTRAINT, perhaps with a name.</summary>
    private static bool TryTakeConstraint(SqlReader sql, ref bool mayBeThere)
    {
        if (!sql.TryTake("CONSTRAINT"))
        {
            return false;
        }

        mayBeThere |= sql.TryTake("IF", "NOT", "EXISTS");
        if (!sql.Next.Is("PRIMARY") && !sql.Next.Is("UNIQUE") && !sql.Next.Is("FOREIGN") && !sql.Next.Is("CHECK"))
        {
            sql.TakeName();
        }

        return true;
    }

    /// <summary>What defines neither a column nor a key that identifies rows. Words that are no keywords may be a column's name.</summary>
    private static bool IsIndexOrCheck(SqlReader sql) =>
        sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("FULLTEXT") || sql.Next.Is("SPATIAL") || sql.Next.Is("FOREIGN")
        || ((sql.Next.Is("CHECK") || sql.Next.Is("VECTOR")) && (sql.Ahead(1).IsSymbol('(') || sql.Ahead(1).Is("INDEX") || sql.Ahead(1).Is("KEY")))
        || (sql.Next.Is("PERIOD") && sql.Ahead(1).Is("FOR"));
}
