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
    private readonly Func<string, CancellationToken, string?>? _charsetOf;
    private readonly HashSet<string> _notTold = [];

    // Of the statement being read.
    private readonly List<TableChange> _changes = [];
    private readonly List<TableId> _reshaped = [];
    private readonly HashSet<TableId> _defined = [];
    private int _start;
    private string? _database;
    private bool _dropsDatabase;
    private bool _mayBeWithoutEffect;
    private CancellationToken _stop;

    /// <param name="tables">What the statements change.</param>
    /// <param name="sourceCanBeAsked">A table may be left unknown where a statement does not tell for certain.</param>
    /// <param name="charsetOf">Asked for the character set of a database of which no statement has told; null to do without.</param>
    public DdlParser(DefinitionCatalog tables, bool sourceCanBeAsked = false, Func<string, CancellationToken, string?>? charsetOf = null)
    {
        _charsetOf = charsetOf;
        _tables = tables;
        _sourceCanBeAsked = sourceCanBeAsked;
    }

    /// <summary>The effect of a statement that defines nothing, and of one that is not to be read.</summary>
    public static StatementEffect NoEffect(string statement, string currentSchema) => new() { Text = TrimBlanks(statement), CurrentSchema = currentSchema };

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
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    public StatementEffect Apply(string statement, string currentSchema, CancellationToken cancellationToken = default)
    {
        var sql = new SqlReader(statement);
        TableId table = default;
        _changes.Clear();
        _reshaped.Clear();
        _defined.Clear();
        _database = null;
        _dropsDatabase = false;
        _mayBeWithoutEffect = false;
        _stop = cancellationToken;
        try
        {
            SkipSetStatement(sql);
            _start = sql.Next.Start;
            ReadStatement(sql, currentSchema, ref table);
        }
        catch (FormatException)
        {
            return NoEffect(statement, currentSchema) with { Unread = Forget(table, currentSchema), Reshaped = [.. _reshaped], Defined = _defined.ToHashSet() };
        }

        return _changes.Count == 0 && _database is null
            ? NoEffect(statement, currentSchema) with { Reshaped = [.. _reshaped], Defined = _defined.ToHashSet() }
            : new StatementEffect
            {
                Text = sql.TextToEnd(_start),
                CurrentSchema = currentSchema,
                Database = _database,
                DropsDatabase = _dropsDatabase,
                Changes = [.. _changes.Select(change => change.Definition is null && change.Kind != TableChangeKind.Drop && _tables.Contains(change.Table)
                    ? change with { Definition = _tables.Find(change.Table) }
                    : change)],
                Reshaped = [.. _reshaped],
                Defined = _defined.ToHashSet(),
            };
    }

    private void ReadStatement(SqlReader sql, string currentSchema, ref TableId table)
    {
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

    /// <summary>Forgets the table of a statement that could not be read.</summary>
    /// <returns>The table to tell of.</returns>
    private TableId? Forget(TableId table, string currentSchema)
    {
        if (_mayBeWithoutEffect)
        {
            return null;
        }

        if (table == default)
        {
            return new TableId(currentSchema, "?");
        }

        // The source's definition may be newer than the statement, which then cannot be applied; it is asked again.
        bool isFromSource = _tables.Find(table)?.IsFromSource == true;
        Reshape(table);
        _tables.Remove(table);
        return isFromSource ? null : table;
    }

    private void Reshape(TableId table)
    {
        if (!_reshaped.Contains(table))
        {
            _reshaped.Add(table);
        }

        if (_tables.Find(table) is not null)
        {
            _defined.Add(table);
        }
    }

    /// <summary>What Java's trim leaves, which Debezium calls.</summary>
    private static string TrimBlanks(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] <= ' ')
        {
            end--;
        }

        return text[start..end];
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

        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            sql.TryTake("IF", "NOT", "EXISTS");
            string database = sql.TakeName();
            _tables.SetCharset(database, ReadDatabaseCharset(sql));
            _database = database;
            return;
        }

        if (!sql.TryTake("TABLE"))
        {
            // TEMPORARY tables have no row events; the rest is no table.
            return;
        }

        bool keepsOld = sql.TryTake("IF", "NOT", "EXISTS");
        TableId name = sql.TakeTable(currentSchema);
        bool isKnown = _tables.Contains(name);
        if (keepsOld && !replaces && isKnown)
        {
            return;
        }

        // The table may have been there before, and the statement without effect: the source knows. The statement is told of as if it had made it.
        _mayBeWithoutEffect = keepsOld && !replaces && _sourceCanBeAsked;
        table = name;
        if (replaces && isKnown)
        {
            // Debezium takes no notice of it, and goes on with the old definition.
            Reshape(name);
        }
        else
        {
            _changes.Add(new TableChange(TableChangeKind.Create, name, sql.TextToEnd(_start)));
        }

        TableDefinition definition = ReadDefinition(sql, currentSchema, name);
        if (_mayBeWithoutEffect)
        {
            _changes[0] = _changes[0] with { Definition = definition };
        }
        else
        {
            _tables.Set(name, definition);
        }
    }

    /// <summary>Behind the name of a new table.</summary>
    private TableDefinition ReadDefinition(SqlReader sql, string currentSchema, TableId name)
    {
        if (ReadLike(sql, currentSchema) is { } model)
        {
            return _tables.Find(model) ?? throw sql.Unexpected("a known table behind LIKE");
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

            ReadTableOption(sql, builder);
        }

        builder.CharsetName ??= _tables.CharsetOf(name.Schema) ?? AskForCharset(name.Schema);
        return builder.Build();
    }

    /// <summary>It is how the database is now; what a statement tells later replaces it.</summary>
    private string? AskForCharset(string schema)
    {
        string? charset = _notTold.Contains(schema) ? null : _charsetOf?.Invoke(schema, _stop);
        if (charset is null)
        {
            // A source that does not answer is not asked again for each statement: everything waits meanwhile.
            _notTold.Add(schema);
        }
        else
        {
            _tables.SetCharset(schema, charset);
        }

        return charset;
    }

    private static void ReadTableOption(SqlReader sql, TableBuilder builder)
    {
        if (Charsets.TryTake(sql) is { } charset)
        {
            builder.CharsetName = charset.Length > 0 ? charset : builder.CharsetName;
        }
        else if (!TryReadComment(sql, builder))
        {
            sql.SkipPiece();
        }
    }

    private static bool TryReadComment(SqlReader sql, TableBuilder builder)
    {
        if (!sql.TryTake("COMMENT"))
        {
            return false;
        }

        sql.TryTakeSymbol('=');
        builder.Comment = sql.Next.Kind == SqlTokenKind.Text ? sql.Take().Text : builder.Comment;
        return true;
    }

    /// <summary>Behind the name of a database. Debezium does not look at a collation here.</summary>
    private static string? ReadDatabaseCharset(SqlReader sql)
    {
        while (!sql.AtEnd)
        {
            if (Charsets.TryTake(sql) is { Length: > 0 } charset)
            {
                return charset;
            }

            sql.SkipPiece();
        }

        return null;
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
        List<string>? columns = ReadKeyColumns(sql);
        if (!builder.HasKey && columns?.TrueForAll(builder.Contains) == true)
        {
            // Debezium tells of it even where a column takes NULL, and the index serves as no key.
            _changes.Add(new TableChange(TableChangeKind.Alter, name, sql.TextToEnd(_start)));
            Reshape(name);
        }

        builder.OfferUniqueKey(columns);
        _tables.Set(name, builder.Build());
    }

    private void ReadAlter(SqlReader sql, string currentSchema, ref TableId table)
    {
        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            bool isNamed = !sql.Next.Is("DEFAULT") && !sql.Next.Is("CHARACTER") && !sql.Next.Is("CHARSET") && !sql.Next.Is("COLLATE");
            string database = isNamed ? sql.TakeName() : currentSchema;
            _tables.SetCharset(database, ReadDatabaseCharset(sql) ?? _tables.CharsetOf(database));
            return;
        }

        sql.TryTakeAny("ONLINE", "OFFLINE");
        sql.TryTake("IGNORE");
        if (!sql.TryTake("TABLE"))
        {
            return;
        }

        sql.TryTake("IF", "EXISTS");
        TableId name = sql.TakeTable(currentSchema);
        Reshape(name);
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
        _changes.Add(new TableChange(TableChangeKind.Alter, renamed, sql.TextToEnd(_start)));
        Reshape(renamed);
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
            ReadColumn(sql, builder, sql.TakeName(), instead: old, skip: mayBeMissing && !builder.Contains(old), keepsMarks: true);
        }
        else if (TryReadComment(sql, builder))
        {
            // Of the table; its other options, of which Debezium takes no notice here, are read over.
        }
        else if (sql.TryTake("CONVERT", "TO"))
        {
            string? charset = Charsets.TryTake(sql);
            charset = string.IsNullOrEmpty(charset) && sql.TryTake("COLLATE") ? Charsets.OfCollation(sql.TakeName()) : charset;
            if (!string.IsNullOrEmpty(charset))
            {
                builder.Convert(charset);
            }
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

    private static void ReadColumn(SqlReader sql, TableBuilder builder, string name, string? instead, bool skip, bool keepsMarks = false)
    {
        ColumnDefinition column = ColumnParser.Read(sql, name, out ColumnKey key);
        if (keepsMarks && builder.Column(instead!) is { } old)
        {
            // Debezium's CHANGE edits the old column: what the statement does not name stays, though the server drops it.
            column = column with
            {
                IsAutoIncremented = column.IsAutoIncremented || old.IsAutoIncremented,
                EnumValues = column.EnumValues ?? old.EnumValues,
                Comment = column.Comment ?? old.Comment,
            };
        }

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
        string prefix = sql.Text(_start, sql.Next.Start);
        do
        {
            int start = sql.Next.Start;
            sql.TryTake("IF", "EXISTS");
            TableId from = sql.TakeTable(currentSchema);
            while (!sql.AtEnd && !sql.TryTake("TO"))
            {
                sql.Take();
            }

            TableId to = sql.TakeTable(currentSchema);
            _changes.Add(new TableChange(TableChangeKind.Alter, to, prefix + sql.Text(start, sql.LastEnd)));
            Reshape(from);
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

            Reshape(to);
        }
        while (sql.TryTakeSymbol(','));
    }

    private void ReadDrop(SqlReader sql, string currentSchema)
    {
        if (sql.TryTake("DATABASE") || sql.TryTake("SCHEMA"))
        {
            sql.TryTake("IF", "EXISTS");
            string database = sql.TakeName();
            foreach (TableId table in _tables.TablesOf(database).ToList())
            {
                Reshape(table);
            }

            _tables.RemoveSchema(database);
            _database = database;
            _dropsDatabase = true;
        }
        else if (sql.TryTake("INDEX"))
        {
            sql.TryTake("IF", "EXISTS");
            bool isPrimary = sql.TakeName().Equals("PRIMARY", StringComparison.OrdinalIgnoreCase);
            if (isPrimary && sql.TryTake("ON") && sql.TakeTable(currentSchema) is var indexed && _tables.Find(indexed) is { } definition)
            {
                var builder = new TableBuilder(definition);
                builder.DropPrimaryKey();
                _tables.Remove(indexed);
                _tables.Set(indexed, builder.Build());
                Reshape(indexed);
            }
        }
        else if (sql.TryTake("TABLE") || sql.TryTake("TABLES"))
        {
            ReadDropTable(sql, currentSchema);
        }
    }

    private void ReadDropTable(SqlReader sql, string currentSchema)
    {
        sql.TryTake("IF", "EXISTS");
        string prefix = sql.Text(_start, sql.Next.Start);
        int first = _changes.Count;
        do
        {
            TableId dropped = sql.TakeTable(currentSchema);
            _changes.Add(new TableChange(TableChangeKind.Drop, dropped, $"{prefix}`{dropped.Schema.Replace("`", "``", StringComparison.Ordinal)}`.`{dropped.Name.Replace("`", "``", StringComparison.Ordinal)}`"));
            Reshape(dropped);
            _tables.Remove(dropped);
        }
        while (sql.TryTakeSymbol(','));
        if (sql.Next.Is("RESTRICT") || sql.Next.Is("CASCADE"))
        {
            for (int i = first; i < _changes.Count; i++)
            {
                _changes[i] = _changes[i] with { Statement = $"{_changes[i].Statement} {sql.Next.Text}" };
            }
        }
    }
}
