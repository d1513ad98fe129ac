using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>DROP of tables, of a database, or of an index; others change nothing here.</summary>
internal static class DropStatement
{
    /// <summary>Behind DROP.</summary>
    /// <param name="source">The statement.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static IReadOnlyList<SchemaEdit> Read(StatementSource source)
    {
        SqlReader sql = source.Sql;
        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            sql.TryTake("IF", "EXISTS");
            return [new SchemaEdit.DropDatabase(sql.TakeName())];
        }

        if (sql.TryTake("INDEX"))
        {
            sql.TryTake("IF", "EXISTS");
            bool isPrimary = sql.TakeName().Equals("PRIMARY", StringComparison.OrdinalIgnoreCase);
            return sql.TryTake("ON") ? [new SchemaEdit.ChangeIndex(source.TakeTable(), isPrimary)] : [];
        }

        bool isTemporary = sql.TryTake("TEMPORARY");
        if (sql.TryTake("SEQUENCE"))
        {
            return isTemporary ? [] : [.. ReadNames(source).Select(static table => new SchemaEdit.ForgetTable(table))];
        }

        return sql.TryTake("TABLE") || sql.TryTake("TABLES") ? ReadTables(source, isTemporary) : [];
    }

    private static SchemaEdit.DropTable[] ReadTables(StatementSource source, bool isTemporary)
    {
        SqlReader sql = source.Sql;
        sql.TryTake("IF", "EXISTS");
        string prefix = sql.Text(source.Start, sql.Next.Start);
        List<TableId> tables = ReadNames(source);
        string behind = sql.Next.Is("RESTRICT") || sql.Next.Is("CASCADE") ? $" {sql.Next.Text}" : "";
        return [.. tables.Select(table => new SchemaEdit.DropTable(table, $"{prefix}{Quoted(table.Schema)}.{Quoted(table.Name)}{behind}", isTemporary))];
    }

    private static List<TableId> ReadNames(StatementSource source)
    {
        source.Sql.TryTake("IF", "EXISTS");
        var tables = new List<TableId>();
        do
        {
            tables.Add(source.TakeTable());
        }
        while (source.Sql.TryTakeSymbol(','));
        return tables;
    }

    private static string Quoted(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
