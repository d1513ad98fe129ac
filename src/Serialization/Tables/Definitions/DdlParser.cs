namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>Follows the statements that define, change, rename or drop tables; all others pass without effect.</summary>
/// <remarks>
/// Not a validator: the server has executed the statement. What is not understood makes the table unknown, never an error.
/// Sources: the manuals' pages on CREATE, ALTER, RENAME and DROP TABLE, CREATE INDEX, DROP DATABASE of MySQL 8.4 and MariaDB 10.11.
/// </remarks>
internal sealed class DdlParser
{
    /// <summary>What an ALTER TABLE may do without a change that matters here; a word with an equals sign behind it is such an option too.</summary>
    private static readonly HashSet<string> HarmlessActions = new(StringComparer.OrdinalIgnoreCase)
    {
        "ALGORITHM", "ANALYZE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHARACTER", "CHARSET", "CHECK", "CHECKSUM", "COALESCE", "COLLATE", "COMMENT", "COMPRESSION", "CONVERT", "DATA", "DEFAULT",
        "DISABLE", "DISCARD", "ENABLE", "ENCRYPTED", "ENCRYPTION", "ENGINE", "EXCHANGE", "FORCE", "IMPORT", "INDEX", "INSERT_METHOD", "KEY_BLOCK_SIZE", "LOCK", "MAX_ROWS", "MIN_ROWS", "OPTIMIZE",
        "PACK_KEYS", "PAGE_COMPRESSED", "REBUILD", "REORGANIZE", "REPAIR", "ROW_FORMAT", "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES", "TABLESPACE", "TRUNCATE", "UNION", "UPGRADE", "WITH", "WITHOUT",
    };

    private readonly DefinitionCatalog _tables;
    private readonly bool _sourceCanBeAsked;

    /// <param name="tables">What the statements change.</param>
    /// <param name="sourceCanBeAsked">A table may be left unknown where a statement does not tell for certain.</param>
    public DdlParser(DefinitionCatalog tables, bool sourceCanBeAsked = false)
    {
        _tables = tables;
        _sourceCanBeAsked = sourceCanBeAsked;
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
        return sql.Next.Kind is SqlTokenKind.Name or SqlTokenKind.Word ? sql.TakeTable(currentSchema) : null;
    }

    /// <summary>Applies a statement to the catalog.</summary>
    /// <param name="statement">Its text.</param>
    /// <param name="currentSchema">The session's database.</param>
    /// <returns>The table that became unknown because its statement could not be read; null if all went well.</returns>
    public TableId? Apply(string statement, string currentSchema)
    {
        var sql = new SqlReader(statement);
        TableId table = default;
        try
        {
            SkipSetStatement(sql);
            if (sql.TryTake("CREATE"))
            {
                ReadCreate(sql, currentSchema, ref table);
            }
            else if (sql.TryTake("ALTER"))
            {
                ReadAlter(sql, currentSchema, ref table);
            }
            else if (sql.TryTake("RENAME", "TABLE") || sql.TryTake("RENAME", "TABLES"))
            {
                ReadRename(sql, currentSchema);
            }
            else if (sql.TryTake("DROP"))
            {
                ReadDrop(sql, currentSchema);
            }
        }
        catch (FormatException)
        {
            if (table == default)
            {
                return new TableId(currentSchema, "?");
            }

            // The source's definition may be newer than the statement, which then cannot be applied; it is asked again.
            bool isFromSource = _tables.Find(table)?.IsFromSource == true;
            _tables.Remove(table);
            return isFromSource ? null : table;
        }

        return null;
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

    private void ReadCreate(SqlReader sql, string currentSchema, ref TableId table)
    {
        bool replaces = sql.TryTake("OR", "REPLACE");
        bool isUnique = sql.TryTake("UNIQUE");
        if (sql.TryTake("INDEX"))
        {
            if (isUnique)
            {
                ReadUniqueIndex(sql, currentSchema, ref table);
            }

            return;
        }

        if (!sql.TryTake("TABLE"))
        {
            // TEMPORARY tables have no row events; the rest is no table.
            return;
        }

        bool keepsOld = sql.TryTake("IF", "NOT", "EXISTS");
        TableId name = sql.TakeTable(currentSchema);
        if (keepsOld && !replaces && (_sourceCanBeAsked || _tables.Contains(name)))
        {
            // The table may have been there before, and the statement without effect: the source knows.
            return;
        }

        table = name;
        if (ReadLike(sql, currentSchema) is { } model)
        {
            _tables.Set(name, _tables.Find(model) ?? throw sql.Unexpected("a known table behind LIKE"));
            return;
        }

        var builder = new TableBuilder();
        sql.Expect('(');
        do
        {
            ReadElement(sql, builder, isCreate: true);
        }
        while (sql.TryTakeSymbol(','));
        sql.Expect(')');
        while (!sql.AtEnd)
        {
            if (sql.Next.Is("SELECT") || (sql.Next.Is("WITH") && !sql.Ahead(1).Is("SYSTEM")))
            {
                throw sql.Unexpected("a definition without SELECT");
            }

            sql.SkipPiece();
        }

        _tables.Set(name, builder.Build());
    }

    private static TableId? ReadLike(SqlReader sql, string currentSchema)
    {
        if (sql.TryTake("LIKE"))
        {
            return sql.TakeTable(currentSchema);
        }

        if (sql.Next.IsSymbol('(') && sql.Ahead(1).Is("LIKE"))
        {
            sql.Take();
            sql.Take();
            return sql.TakeTable(currentSchema);
        }

        return null;
    }

    private void ReadUniqueIndex(SqlReader sql, string currentSchema, ref TableId table)
    {
        sql.TryTake("IF", "NOT", "EXISTS");
        while (!sql.AtEnd && !sql.TryTake("ON"))
        {
            sql.SkipPiece();
        }

        TableId name = sql.TakeTable(currentSchema);
        if (!_tables.Contains(name))
        {
            _tables.Remove(name);
            return;
        }

        table = name;
        var builder = new TableBuilder(_tables.Find(name)!);
        builder.OfferUniqueKey(ReadKeyColumns(sql));
        _tables.Set(name, builder.Build());
    }

    private void ReadAlter(SqlReader sql, string currentSchema, ref TableId table)
    {
        sql.TryTakeAny("ONLINE", "OFFLINE");
        sql.TryTake("IGNORE");
        if (!sql.TryTake("TABLE"))
        {
            return;
        }

        sql.TryTake("IF", "EXISTS");
        TableId name = sql.TakeTable(currentSchema);
        if (!_tables.Contains(name))
        {
            // Unknown before, unknown after; also under a name in other case.
            _tables.Remove(name);
            return;
        }

        table = name;
        if (!sql.TryTake("NOWAIT") && sql.TryTake("WAIT"))
        {
            sql.Take();
        }

        var builder = new TableBuilder(_tables.Find(name)!);
        TableId renamed = name;
        do
        {
            ReadAction(sql, builder, currentSchema, ref renamed);
        }
        while (sql.TryTakeSymbol(','));
        _tables.Remove(name);
        _tables.Set(renamed, builder.Build());
    }

    private static void ReadAction(SqlReader sql, TableBuilder builder, string currentSchema, ref TableId name)
    {
        if (sql.TryTake("ADD"))
        {
            ReadAdd(sql, builder);
        }
        else if (sql.TryTake("DROP"))
        {
            ReadDropPart(sql, builder);
        }
        else if (sql.TryTake("MODIFY"))
        {
            sql.TryTake("COLUMN");
            bool mayBeMissing = sql.TryTake("IF", "EXISTS");
            string column = sql.TakeName();
            ReadColumn(sql, builder, column, instead: column, skip: mayBeMissing && !builder.Contains(column));
        }
        else if (sql.TryTake("CHANGE"))
        {
            sql.TryTake("COLUMN");
            bool mayBeMissing = sql.TryTake("IF", "EXISTS");
            string old = sql.TakeName();
            ReadColumn(sql, builder, sql.TakeName(), instead: old, skip: mayBeMissing && !builder.Contains(old));
        }
        else if (sql.TryTake("ALTER"))
        {
            ReadAlterColumn(sql, builder);
        }
        else if (sql.TryTake("RENAME"))
        {
            ReadRenamePart(sql, builder, currentSchema, ref name);
        }
        else if (sql.Next.Is("ORDER") || sql.Next.Is("PARTITION") || sql.Next.Is("REMOVE") || sql.Ahead(1).Is("PARTITION"))
        {
            SkipRest(sql);
        }
        else if (!sql.AtEnd && !HarmlessActions.Contains(sql.Next.Text) && !sql.Ahead(1).IsSymbol('='))
        {
            throw sql.Unexpected("a known action");
        }

        sql.SkipClause();
    }

    private static void ReadAdd(SqlReader sql, TableBuilder builder)
    {
        if (sql.Next.Is("PARTITION") || (sql.Next.Is("SYSTEM") && sql.Ahead(1).Is("VERSIONING")))
        {
            SkipRest(sql);
            return;
        }

        bool isColumn = sql.TryTake("COLUMN");
        bool mayBeThere = sql.TryTake("IF", "NOT", "EXISTS");
        if (sql.TryTakeSymbol('('))
        {
            do
            {
                if (mayBeThere && builder.Contains(sql.Next.Text))
                {
                    sql.SkipClause();
                }
                else
                {
                    ReadElement(sql, builder, isCreate: false);
                }
            }
            while (sql.TryTakeSymbol(','));
            sql.Expect(')');
        }
        else if (isColumn)
        {
            string name = sql.TakeName();
            ReadColumn(sql, builder, name, instead: null, skip: mayBeThere && builder.Contains(name));
        }
        else if (mayBeThere && builder.Contains(sql.Next.Text))
        {
            sql.SkipClause();
        }
        else
        {
            ReadElement(sql, builder, isCreate: false);
        }
    }

    /// <summary>What comes last and has commas of its own: partitions, an order.</summary>
    private static void SkipRest(SqlReader sql)
    {
        while (!sql.AtEnd)
        {
            sql.SkipPiece();
        }
    }

    private static void ReadDropPart(SqlReader sql, TableBuilder builder)
    {
        if (sql.Next.Is("PARTITION"))
        {
            SkipRest(sql);
            return;
        }

        if (sql.TryTake("PRIMARY", "KEY"))
        {
            builder.DropPrimaryKey();
            return;
        }

        if ((sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("CONSTRAINT")) && sql.Ahead(1).Text.Equals("PRIMARY", StringComparison.OrdinalIgnoreCase))
        {
            builder.DropPrimaryKey();
            sql.SkipClause();
            return;
        }

        // Another index that serves as key goes on doing so, as with Debezium.
        bool isColumn = sql.TryTake("COLUMN");
        if (!isColumn && (sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("FOREIGN") || sql.Next.Is("CONSTRAINT") || sql.Next.Is("CHECK")
            || sql.Next.Is("PERIOD") || (sql.Next.Is("SYSTEM") && sql.Ahead(1).Is("VERSIONING"))))
        {
            sql.SkipClause();
            return;
        }

        bool mayBeMissing = sql.TryTake("IF", "EXISTS");
        string name = sql.TakeName();
        if (!mayBeMissing || builder.Contains(name))
        {
            builder.Drop(name);
        }
    }

    private static void ReadAlterColumn(SqlReader sql, TableBuilder builder)
    {
        bool isColumn = sql.TryTake("COLUMN");
        if (!isColumn && (sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("CHECK") || sql.Next.Is("CONSTRAINT")))
        {
            return;
        }

        bool mayBeMissing = sql.TryTake("IF", "EXISTS");
        string name = sql.TakeName();
        bool isSet = sql.TryTake("SET", "DEFAULT");
        if ((isSet || sql.TryTake("DROP", "DEFAULT")) && !(mayBeMissing && !builder.Contains(name)))
        {
            ColumnDefault? value = isSet ? ColumnParser.ReadDefault(sql) : null;
            builder.Change(name, column => column with { Default = value });
        }
    }

    private static void ReadRenamePart(SqlReader sql, TableBuilder builder, string currentSchema, ref TableId name)
    {
        if (sql.TryTake("COLUMN"))
        {
            bool mayBeMissing = sql.TryTake("IF", "EXISTS");
            string old = sql.TakeName();
            bool hasTo = sql.TryTake("TO");
            if (hasTo && !(mayBeMissing && !builder.Contains(old)))
            {
                string newName = sql.TakeName();
                builder.Change(old, column => column with { Name = newName });
            }
        }
        else if (!sql.Next.Is("INDEX") && !sql.Next.Is("KEY"))
        {
            if (!sql.TryTakeAny("TO", "AS"))
            {
                sql.TryTakeSymbol('=');
            }

            name = sql.TakeTable(currentSchema);
        }
    }

    private static void ReadElement(SqlReader sql, TableBuilder builder, bool isCreate)
    {
        if (sql.TryTake("CONSTRAINT"))
        {
            sql.TryTake("IF", "NOT", "EXISTS");
            if (!sql.Next.Is("PRIMARY") && !sql.Next.Is("UNIQUE") && !sql.Next.Is("FOREIGN") && !sql.Next.Is("CHECK"))
            {
                sql.TakeName();
            }
        }

        if (sql.TryTake("PRIMARY", "KEY"))
        {
            bool mayBeThere = sql.TryTake("IF", "NOT", "EXISTS");
            List<string> columns = ReadKeyColumns(sql) ?? throw sql.Unexpected("key columns");
            if (!mayBeThere || !builder.HasPrimaryKey)
            {
                builder.SetPrimaryKey(columns);
            }
        }
        else if (sql.TryTake("UNIQUE"))
        {
            builder.OfferUniqueKey(ReadKeyColumns(sql));
        }
        else if (!IsIndexOrCheck(sql))
        {
            ReadColumn(sql, builder, sql.TakeName(), instead: null, skip: false);
        }

        if (isCreate || sql.Next.Kind != SqlTokenKind.End)
        {
            sql.SkipClause();
        }
    }

    /// <summary>What defines neither a column nor a key that identifies rows.</summary>
    private static bool IsIndexOrCheck(SqlReader sql) =>
        sql.Next.Is("INDEX") || sql.Next.Is("KEY") || sql.Next.Is("FULLTEXT") || sql.Next.Is("SPATIAL") || sql.Next.Is("FOREIGN")
        || ((sql.Next.Is("CHECK") || sql.Next.Is("VECTOR")) && (sql.Ahead(1).IsSymbol('(') || sql.Ahead(1).Is("INDEX") || sql.Ahead(1).Is("KEY")))
        || (sql.Next.Is("PERIOD") && sql.Ahead(1).Is("FOR"));

    private static void ReadColumn(SqlReader sql, TableBuilder builder, string name, string? instead, bool skip)
    {
        ColumnDefinition column = ColumnParser.Read(sql, name, out ColumnKey key);
        ColumnPlace? place = sql.TryTake("FIRST") ? new ColumnPlace(After: null) : sql.TryTake("AFTER") ? new ColumnPlace(sql.TakeName()) : null;
        if (skip)
        {
            return;
        }

        builder.Put(column, place, instead);
        switch (key)
        {
            case ColumnKey.Primary:
                builder.SetPrimaryKey([name]);
                break;
            case ColumnKey.Unique:
                builder.OfferUniqueColumn(name);
                break;
            default:
                break;
        }
    }

    /// <summary>Behind PRIMARY KEY, UNIQUE or the table of an index: perhaps a name and a kind of index, then the columns in brackets.</summary>
    /// <returns>Null if the key holds an expression.</returns>
    private static List<string>? ReadKeyColumns(SqlReader sql)
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
                columns?.Add(sql.TakeName());
            }

            sql.SkipClause();
        }
        while (sql.TryTakeSymbol(','));
        sql.Expect(')');
        return columns;
    }

    private void ReadRename(SqlReader sql, string currentSchema)
    {
        sql.TryTake("IF", "EXISTS");
        do
        {
            sql.TryTake("IF", "EXISTS");
            TableId from = sql.TakeTable(currentSchema);
            while (!sql.AtEnd && !sql.TryTake("TO"))
            {
                sql.Take();
            }

            TableId to = sql.TakeTable(currentSchema);
            TableDefinition? definition = _tables.Contains(from) ? _tables.Find(from) : null;
            _tables.Remove(from);
            if (definition is not null)
            {
                _tables.Set(to, definition);
            }
            else
            {
                _tables.Remove(to);
            }
        }
        while (sql.TryTakeSymbol(','));
    }

    private void ReadDrop(SqlReader sql, string currentSchema)
    {
        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            sql.TryTake("IF", "EXISTS");
            _tables.RemoveSchema(sql.TakeName());
        }
        else if (sql.TryTake("INDEX"))
        {
            sql.TryTake("IF", "EXISTS");
            bool isPrimary = sql.TakeName().Equals("PRIMARY", StringComparison.OrdinalIgnoreCase);
            if (isPrimary && sql.TryTake("ON") && sql.TakeTable(currentSchema) is var table && _tables.Find(table) is { } definition)
            {
                var builder = new TableBuilder(definition);
                builder.DropPrimaryKey();
                _tables.Remove(table);
                _tables.Set(table, builder.Build());
            }
        }
        else if (sql.TryTake("TABLE") || sql.TryTake("TABLES"))
        {
            sql.TryTake("IF", "EXISTS");
            do
            {
                _tables.Remove(sql.TakeTable(currentSchema));
            }
            while (sql.TryTakeSymbol(','));
        }
    }
}
