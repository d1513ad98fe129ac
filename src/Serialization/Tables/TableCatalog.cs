using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;
using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables;

/// <summary>Every table met so far: its one <see cref="SourceTable"/>, its layout, and its definition where a statement told it.</summary>
/// <remarks>
/// A table that was dropped is forgotten. Definitions are never forgotten but by statements: they are kept in Kafka, and only those of dropped tables go.
/// </remarks>
internal sealed class TableCatalog
{
    private readonly ITableTopics _topics;
    private readonly ITableStatements? _source;
    private readonly DefinitionCatalog _definitions = new();
    private readonly KnownTables _tables;
    private readonly ColumnJudge _judge;
    private readonly StatementFollower _statements;
    private readonly bool _asksCharsets;

    // MariaDB sends a statement without table for each transaction.
    private string? _topicOfNoTable;

    /// <param name="topics">Chooses topics.</param>
    /// <param name="source">The source, to be asked; null if it cannot be.</param>
    /// <param name="filter">Tables that are left out.</param>
    /// <param name="asksCharsets">The source is asked for the character sets of databases too: schema changes show them.</param>
    /// <param name="kind">Kind of the source.</param>
    public TableCatalog(ITableTopics topics, ITableStatements? source, NameFilter? filter, bool asksCharsets, SourceKind kind)
    {
        var server = SqlDialect.Of(kind);
        _topics = topics;
        _source = source;
        _tables = new KnownTables(topics, filter, _definitions);
        _judge = new ColumnJudge(_definitions, server, source);
        _asksCharsets = asksCharsets && source is not null;
        _statements = new StatementFollower(
            _definitions, server, sourceCanBeAsked: source is not null, charsetOf: _asksCharsets ? source!.DatabaseCharset : null);
    }

    /// <summary>All tables met so far.</summary>
    public IEnumerable<KnownTable> Met => _tables.All;

    /// <summary>A statement without rows: what it defines is remembered.</summary>
    /// <param name="header">Its entry's header.</param>
    /// <param name="change">The statement. Canal gives DDL that it cannot read (INVISIBLE columns) as any other statement.</param>
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    /// <returns>What it did; null for the text of row changes that follow it.</returns>
    public StatementEffect? StatementSeen(in EntryHeader header, in RowChange change, CancellationToken cancellationToken)
    {
        bool definesTables = StatementStart.DefinesTables(change.Sql);
        if (change.IsDdl || definesTables)
        {
            DdlSeen(header, change.EventType, change.Sql);
        }

        if (!definesTables)
        {
            return change.IsDdl ? StatementEffect.None(Encoding.UTF8.GetString(change.Sql), Mended(change.DdlSchemaName)) : null;
        }

        StatementEffect effect = _statements.Apply(Encoding.UTF8.GetString(change.Sql), CurrentSchema(header, change), cancellationToken);
        TableId[] touched = _definitions.TakeTouched();
        _judge.NoteCreated(effect, touched);
        ForgetAnswers(header, change, effect, touched);
        effect = effect with
        {
            // Where Canal tells of none the parser takes the statement's; the statement was given in none all the same.
            CurrentSchema = Mended(change.DdlSchemaName),
            Reshaped = [.. effect.Reshaped.Where(table => effect.Defined.Contains(table) || _tables.Typed(table) is not null)],
        };
        foreach (TableId table in touched.Length > 1 ? touched : [])
        {
            // The source has told how tables are called by now; a renaming may be done in that already. It is asked again. (An ALTER done
            // twice does no harm, or fails.)
            if (_definitions.Contains(table) && _definitions.Find(table)!.IsFromSource)
            {
                _definitions.Remove(table);
            }
        }

        if (touched.Length > 0)
        {
            _definitions.TakeTouched();
            var names = touched.Select(static table => table.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (KnownTable table in _tables.All.Where(table => names.Contains(table.Id.ToString())))
            {
                table.Define(_definitions.Find(table.Id));
            }
        }

        // MariaDB's texts of statements whose rows follow have no schema, and define nothing.
        return effect with { Unread = effect.Unread is { Schema.Length: > 0 } unread ? unread : null };
    }

    /// <summary>The table that a TRUNCATE names; null if it cannot be read, or is a temporary one.</summary>
    public KnownTable? FindTruncated(in EntryHeader header, in RowChange change) =>
        StatementParser.TruncatedTable(Encoding.UTF8.GetString(change.Sql), CurrentSchema(header, change)) is { } table
            && !_definitions.Temporary.Contains(table)
            ? Find(table)
            : null;

    /// <summary>The topic of a statement: that of the table which its header names, else the one of no table, which is named by the prefix alone.</summary>
    /// <returns>Null if the table is left out.</returns>
    public string? TopicOf(in EntryHeader header)
    {
        if (header.SchemaName.IsEmpty || header.TableName.IsEmpty)
        {
            return _topicOfNoTable ??= _topics.TopicOf("", "");
        }

        string schema = Mended(header.SchemaName), name = Encoding.UTF8.GetString(header.TableName);
        KnownTable? table = _tables.Typed(new TableId(schema, name));
        bool isExcluded = table?.IsExcluded ?? _tables.IsExcluded(schema, name);
        return isExcluded ? null : table?.Source.Topic ?? _topics.TopicOf(schema, name);
    }

    /// <summary>A table by the name that a statement gives it.</summary>
    public KnownTable Find(TableId table) => _tables.Find(table);

    /// <inheritdoc cref="KnownTables.Find(in EntryHeader)"/>
    public KnownTable Find(in EntryHeader header) => _tables.Find(header);

    /// <inheritdoc cref="KnownTables.Keep"/>
    public void Keep(KnownTable table, TableLayout layout) => _tables.Keep(table, layout);

    /// <inheritdoc cref="ColumnJudge.Ask"/>
    public TableLayout Ask(KnownTable table, TableLayout layout, CancellationToken cancellationToken) => _judge.Ask(table, layout, cancellationToken);

    /// <inheritdoc cref="ColumnJudge.Judge"/>
    public TableLayout Judge(KnownTable table, TableLayout shown, in RowData row, CancellationToken cancellationToken) =>
        _judge.Judge(table, shown, row, cancellationToken);

    /// <summary>Takes a definition that was kept. Before the first entry only: the rows of tables already met would not follow it.</summary>
    /// <param name="key">Key of its record.</param>
    /// <param name="value">Value of its record.</param>
    /// <exception cref="FormatException">It is no such record.</exception>
    public void Restore(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) => _definitions.Restore(DefinitionRecord.ReadKey(key), DefinitionRecord.ReadValue(value));

    /// <summary>What became known or unknown since the last call, as records to keep; a null value where nothing is known any more.</summary>
    public IReadOnlyList<(byte[] Key, byte[]? Value)> TakeChangedDefinitions() =>
        [.. _definitions.TakeChanged().Select(table => (DefinitionRecord.Key(table), _definitions.Contains(table) ? DefinitionRecord.Value(_definitions.Find(table)!) : null))];

    /// <summary>
    /// What the source told of these tables before the statement may not be so behind it. A statement that names none of them in a way that is
    /// understood may be about any.
    /// </summary>
    private void ForgetAnswers(in EntryHeader header, in RowChange change, StatementEffect effect, TableId[] touched)
    {
        if (_source is null)
        {
            return;
        }

        // MariaDB's texts of row changes have no schema.
        bool isUnderstood = touched.Length > 0 || effect.Reshaped.Count > 0 || effect.Changes.Count > 0 || effect.Database is not null;
        if (effect.Unread is { Schema.Length: > 0 } || (!isUnderstood && (change.IsDdl || CurrentSchema(header, change).Length > 0)))
        {
            _source.Forget();
            return;
        }

        if (effect.Database is { } database)
        {
            _source.Forget(database);
        }

        // The character set of a database is touched too where a CREATE TABLE has just asked for it: that answer holds.
        bool isOfTables = effect.Changes.Count > 0 || effect.Reshaped.Count > 0;
        IEnumerable<TableId> concerned = touched.Concat(effect.Reshaped).Concat(effect.Changes.Select(static told => told.Table));
        foreach (TableId table in concerned.Where(table => table.Name.Length > 0 || !isOfTables).Distinct())
        {
            _source.Forget(table.Schema, table.Name);
        }

        if (!header.TableName.IsEmpty)
        {
            _source.Forget(Mended(header.SchemaName), Encoding.UTF8.GetString(header.TableName));
        }
    }

    /// <summary>Notes which tables a DDL may have changed: the one that an ALTER names, or all, for names may have been exchanged.</summary>
    private void DdlSeen(in EntryHeader header, CanalEventType type, ReadOnlySpan<byte> sql)
    {
        // Canal names an ALTER by its first clause: behind one about an index others may change columns.
        bool isOfIndex = type is CanalEventType.CreateIndex or CanalEventType.DropIndex && !StatementStart.MayBeAlter(sql);
        if (type == CanalEventType.Truncate || isOfIndex)
        {
            return;
        }

        if (type is CanalEventType.Alter or CanalEventType.CreateIndex or CanalEventType.DropIndex && !header.TableName.IsEmpty)
        {
            if (_tables.Peek(new TableName(header.SchemaName, header.TableName)) is { } table)
            {
                table.MayHaveChanged = table.MayBeAsked = true;
                return;
            }

            // No row of that table has come, or the statement has its name in another case.
        }

        foreach (KnownTable table in _tables.All)
        {
            table.MayHaveChanged = table.MayBeAsked = true;
        }
    }

    /// <summary>Forgets what a statement has dropped. Behind its records: they may be about the table.</summary>
    public void ForgetDropped(StatementEffect effect)
    {
        foreach (TableChange change in effect.Changes.Where(static change => change.Kind == TableChangeKind.Drop))
        {
            if (_tables.Typed(change.Table) is { } table)
            {
                _tables.Forget(table);
                _topics.Forget(table.Source.Schema, table.Source.Name);
            }
            else
            {
                _topics.Forget(change.Table.Schema, change.Table.Name);
            }
        }

        if (effect is { DropsDatabase: true, Database: { } database })
        {
            StringComparison comparison = _definitions.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            KnownTable[] dropped = [.. _tables.All.Where(table => table.Source.Schema.Equals(database, comparison))];
            foreach (KnownTable table in dropped)
            {
                _tables.Forget(table);
            }

            foreach (string schema in dropped.Select(static table => table.Source.Schema).Append(database).Distinct())
            {
                _topics.Forget(schema, table: null);
            }
        }
    }

    /// <summary>Whether <see cref="Find(in EntryHeader)"/> and the first row behind it may have to ask for something.</summary>
    /// <param name="header">Header of an entry of rows.</param>
    /// <param name="numbersSchemas">The envelope asks for the ids of schemas when it prepares a layout.</param>
    public bool MayAsk(in EntryHeader header, bool numbersSchemas)
    {
        if (_tables.Peek(new TableName(header.SchemaName, header.TableName)) is not { IsMet: true } table)
        {
            return true;
        }

        return !table.IsExcluded
            && (table.Layout is not { } layout || table.MayHaveChanged
                || (numbersSchemas && layout.Prepared is null)
                || (_source is not null && layout.Definition is null && table.MayBeAsked));
    }

    /// <summary>Whether a statement may have to ask the source for a character set.</summary>
    public bool MayAsk(in RowChange statement) => _asksCharsets && StatementStart.DefinesTables(statement.Sql);

    private static string CurrentSchema(in EntryHeader header, in RowChange change) => Mended(change.DdlSchemaName.IsEmpty ? header.SchemaName : change.DdlSchemaName);

    /// <summary>Canal reads the UTF-8 bytes of the session's database as ISO-8859-1, and leaves back-ticks around it.</summary>
    private static string Mended(ReadOnlySpan<byte> schema)
    {
        string text = Encoding.UTF8.GetString(schema).Trim('`');
        if (Ascii.IsValid(text) || text.Any(static c => c > 0xff))
        {
            return text;
        }

        byte[] bytes = Encoding.Latin1.GetBytes(text);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : text;
    }
}
