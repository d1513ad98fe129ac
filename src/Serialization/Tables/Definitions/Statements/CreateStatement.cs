using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>CREATE of a table, of a database, or of a unique index; others define nothing.</summary>
internal static class CreateStatement
{
    /// <summary>Behind CREATE.</summary>
    /// <param name="source">The statement.</param>
    /// <exception cref="FormatException">It names nothing.</exception>
    public static IReadOnlyList<SchemaEdit> Read(StatementSource source)
    {
        SqlReader sql = source.Sql;
        bool replaces = sql.TryTake("OR", "REPLACE");
        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            sql.TryTake("IF", "NOT", "EXISTS");
            return [new SchemaEdit.SetDatabase(sql.TakeName(), DatabaseOptions.ReadCharset(sql), IsNew: true)];
        }

        // Its state is kept as rows of a table of its name.
        bool isTemporary = sql.TryTake("TEMPORARY");
        if (sql.TryTake("SEQUENCE"))
        {
            sql.TryTake("IF", "NOT", "EXISTS");
            return isTemporary ? [] : [new SchemaEdit.ForgetTable(source.TakeTable())];
        }

        return sql.TryTake("TABLE") ? [ReadTable(source, replaces, isTemporary)] : ReadIndex(source);
    }

    private static SchemaEdit.CreateTable ReadTable(StatementSource source, bool replaces, bool isTemporary)
    {
        SqlReader sql = source.Sql;
        bool keepsOld = sql.TryTake("IF", "NOT", "EXISTS");
        var table = new SchemaEdit.CreateTable(source.TakeTable(), source.Text) { Replaces = replaces, KeepsOld = keepsOld, IsTemporary = isTemporary };
        try
        {
            return ReadModel(source) is { } model ? table with { Model = model } : table with { Parts = ReadParts(sql) };
        }
        catch (FormatException)
        {
            return table;
        }
    }

    private static TableId? ReadModel(StatementSource source)
    {
        SqlReader sql = source.Sql;
        if (sql.Next.IsSymbol('(') && sql.Ahead(1).Is("LIKE"))
        {
            sql.Take();
        }

        return sql.TryTake("LIKE") ? source.TakeTable() : null;
    }

    private static List<TableEdit> ReadParts(SqlReader sql)
    {
        var parts = new List<TableEdit>();
        sql.Expect('(');
        do
        {
            TableElement.Read(sql, parts);
            sql.SkipClause();
        }
        while (sql.TryTakeSymbol(','));
        sql.Expect(')');
        while (!sql.AtEnd)
        {
            if (IsSelect(sql))
            {
                throw sql.Unexpected("a definition without SELECT");
            }

            if (!TableOptions.TryRead(sql, parts))
            {
                sql.SkipPiece();
            }
        }

        return parts;
    }

    /// <summary>Columns of a SELECT are known to the server alone. WITH may begin one, or SYSTEM VERSIONING.</summary>
    private static bool IsSelect(SqlReader sql) =>
        sql.Next.Is("SELECT") || sql.Next.Is("VALUES") || (sql.Next.Is("TABLE") && sql.Ahead(1).Kind is SqlTokenKind.Name or SqlTokenKind.Word)
        || (sql.Next.Is("WITH") && !sql.Ahead(1).Is("SYSTEM"));

    private static IReadOnlyList<SchemaEdit> ReadIndex(StatementSource source)
    {
        SqlReader sql = source.Sql;
        bool isUnique = sql.TryTake("UNIQUE");
        sql.TryTakeAny("FULLTEXT", "SPATIAL", "VECTOR");
        if (!sql.TryTake("INDEX"))
        {
            return [];
        }

        sql.TryTake("IF", "NOT", "EXISTS");
        while (!sql.AtEnd && !sql.TryTake("ON"))
        {
            sql.SkipPiece();
        }

        TableId table = source.TakeTable();
        return isUnique
            ? [new SchemaEdit.AddUniqueIndex(table, source.Text, TableElement.ReadKeyColumns(sql))]
            : [new SchemaEdit.ChangeIndex(table, DropsPrimaryKey: false)];
    }
}
