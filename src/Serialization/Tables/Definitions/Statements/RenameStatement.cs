using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>RENAME TABLE.</summary>
internal static class RenameStatement
{
    /// <summary>Behind TABLE.</summary>
    /// <param name="source">The statement.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static IReadOnlyList<SchemaEdit> Read(StatementSource source)
    {
        SqlReader sql = source.Sql;
        sql.TryTake("IF", "EXISTS");
        string prefix = sql.Text(source.Start, sql.Next.Start);
        var renamed = new List<SchemaEdit>();
        do
        {
            int start = sql.Next.Start;
            sql.TryTake("IF", "EXISTS");
            TableId from = source.TakeTable();

            // WAIT 5, NOWAIT.
            while (!sql.AtEnd && !sql.TryTake("TO"))
            {
                sql.Take();
            }

            TableId to = source.TakeTable();
            bool mayBeTemporary = sql.Dialect.Server == SourceKind.MariaDb;
            renamed.Add(new SchemaEdit.RenameTable(from, to, prefix + sql.Text(start, sql.LastEnd)) { MayBeTemporary = mayBeTemporary });
        }
        while (sql.TryTakeSymbol(','));
        return renamed;
    }
}
