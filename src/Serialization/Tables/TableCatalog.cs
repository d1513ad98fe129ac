using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;
using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables;

/// <summary>Every table met so far: its one <see cref="SourceTable"/>, its layout, and its definition where a statement told it.</summary>
/// <remarks>
/// A table that was dropped is forgotten. So are, beyond a bound, the layouts and then the tables that were not used for longest: both are learned
/// anew from the next row, and what was told once per table may be told again. Definitions are never forgotten but by statements: they are kept in
/// Kafka, and only those of dropped tables go.
/// </remarks>
internal sealed class TableCatalog
{
    /// <summary>Each with what the envelope prepares: some tens of kilobytes.</summary>
    private const int MostLayouts = 4096;

    /// <summary>Each some hundred bytes.</summary>
    private const int MostTables = 50_000;

    private readonly ITableTopics _topics;
    private readonly ITableStatements? _source;
    private readonly NameFilter? _filter;
    private readonly Dictionary<KnownTable, KnownTable> _tables;
    private readonly Dictionary<KnownTable, KnownTable>.AlternateLookup<TableName> _byName;
    private readonly DefinitionCatalog _definitions = new();
    private readonly SqlDialect _server;
    private readonly StatementFollower _statements;
    private readonly bool _asksCharsets;
    private readonly HashSet<TableId> _mayBeOlder = [];
    private KnownTable? _last;

    // MariaDB sends a statement without table for each transaction.
    private string? _topicOfNoTable;
    private int _layouts;
    private long _uses;

    /// <param name="topics">Chooses topics.</param>
    /// <param name="source">The source, to be asked; null if it cannot be.</param>
    /// <param name="filter">Tables that are left out.</param>
    /// <param name="asksCharsets">The source is asked for the character sets of databases too: schema changes show them.</param>
    /// <param name="kind">Kind of the source.</param>
    public TableCatalog(ITableTopics topics, ITableStatements? source, NameFilter? filter, bool asksCharsets, SourceKind kind)
    {
        _server = SqlDialect.Of(kind);
        _filter = filter;
        _topics = topics;
        _source = source;
        _tables = new Dictionary<KnownTable, KnownTable>(new NameComparer());
        _byName = _tables.GetAlternateLookup<TableName>();
        _asksCharsets = asksCharsets && source is not null;
        _statements = new StatementFollower(
            _definitions, _server, sourceCanBeAsked: source is not null, charsetOf: _asksCharsets ? source!.DatabaseCharset : null);
    }

    /// <summary>All tables met so far.</summary>
    public IEnumerable<KnownTable> Met => _tables.Keys;

    /// <summary>A statement without rows: what it defines is remembered.</summary>
    /// <param name="header">Its entry's header.</param>
    /// <param name="change">The statement. Canal gives DDL that it cannot read (INVISIBLE columns) as any other statement.</param>
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    /// <returns>What it did; null for the text of row changes that follow it.</returns>
    public StatementEffect? StatementSeen(in EntryHeader header, in RowChange change, CancellationToken cancellationToken)
    {
        bool definesTables = DefinesTables(change.Sql);
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
        NoteOlder(effect, touched);
        ForgetAnswers(header, change, effect, touched);
        effect = effect with
        {
            // Where Canal tells of none the parser takes the statement's; the statement was given in none all the same.
            CurrentSchema = Mended(change.DdlSchemaName),
            Reshaped = [.. effect.Reshaped.Where(table => effect.Defined.Contains(table) || FindTyped(table) is not null)],
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
            foreach (KnownTable table in _tables.Keys.Where(table => names.Contains(table.Id.ToString())))
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
        KnownTable? table = FindTyped(new TableId(schema, name));
        bool isExcluded = table?.IsExcluded ?? (_filter?.Passes($"{schema}.{name}") == false);
        return isExcluded ? null : table?.Source.Topic ?? _topics.TopicOf(schema, name);
    }

    /// <summary>A table by the name that a statement gives it.</summary>
    public KnownTable Find(TableId table) => FindTyped(table) ?? Add(NameOf(table));

    /// <summary>Rows have a table's name as the server keeps it, a statement as somebody typed it.</summary>
    private KnownTable? FindTyped(TableId id)
    {
        if (_byName.TryGetValue(NameOf(id), out KnownTable? table) || _definitions.IsCaseSensitive)
        {
            return table;
        }

        return _tables.Keys.FirstOrDefault(known => known.Source.Schema.Equals(id.Schema, StringComparison.OrdinalIgnoreCase) && known.Source.Name.Equals(id.Name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Takes a definition that was kept. Before the first entry only: the rows of tables already met would not follow it.</summary>
    /// <param name="key">Key of its record.</param>
    /// <param name="value">Value of its record.</param>
    /// <exception cref="FormatException">It is no such record.</exception>
    public void Restore(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) => _definitions.Restore(DefinitionRecord.ReadKey(key), DefinitionRecord.ReadValue(value));

    /// <summary>What became known or unknown since the last call, as records to keep; a null value where nothing is known any more.</summary>
    public IReadOnlyList<(byte[] Key, byte[]? Value)> TakeChangedDefinitions() =>
        [.. _definitions.TakeChanged().Select(table => (DefinitionRecord.Key(table), _definitions.Contains(table) ? DefinitionRecord.Value(_definitions.Find(table)!) : null))];

    /// <summary>A CREATE TABLE IF NOT EXISTS may have left an older table as it was: its columns are not certain.</summary>
    private void NoteOlder(StatementEffect effect, TableId[] touched)
    {
        foreach (TableChange change in effect.Changes.Where(change => change.Kind == TableChangeKind.Create && touched.Contains(change.Table)))
        {
            if (change.Statement.Contains("IF NOT EXISTS", StringComparison.OrdinalIgnoreCase))
            {
                _mayBeOlder.Add(change.Table);
            }
            else
            {
                _mayBeOlder.Remove(change.Table);
            }
        }
    }

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
        bool isOfIndex = type is CanalEventType.CreateIndex or CanalEventType.DropIndex && !MayBeAlter(WithoutComments(sql));
        if (type == CanalEventType.Truncate || isOfIndex)
        {
            return;
        }

        if (type is CanalEventType.Alter or CanalEventType.CreateIndex or CanalEventType.DropIndex && !header.TableName.IsEmpty)
        {
            if (_byName.TryGetValue(new TableName(header.SchemaName, header.TableName), out KnownTable? table))
            {
                table.MayHaveChanged = table.MayBeAsked = true;
                return;
            }

            // No row of that table has come, or the statement has its name in another case.
        }

        foreach (KnownTable table in _tables.Keys)
        {
            table.MayHaveChanged = table.MayBeAsked = true;
        }
    }

    /// <summary>The table that an entry of rows names.</summary>
    public KnownTable Find(in EntryHeader header)
    {
        var name = new TableName(header.SchemaName, header.TableName);
        if (_last is { } last && last.Is(name))
        {
            return last;
        }

        if (!_byName.TryGetValue(name, out KnownTable? table) || !table.IsMet)
        {
            // Rows alone show how the server keeps names; a statement may have named the table before, as somebody typed it.
            _definitions.IsCaseSensitive |= Encoding.UTF8.GetString(name.Schema).Any(char.IsUpper) || Encoding.UTF8.GetString(name.Table).Any(char.IsUpper);
            table ??= Add(name);
            table.IsMet = true;
            table.Define(_definitions.Find(table.Id));
        }

        table.LastUse = ++_uses;
        _last = table;
        return table;
    }

    /// <summary>Forgets what a statement has dropped. Behind its records: they may be about the table.</summary>
    public void ForgetDropped(StatementEffect effect)
    {
        foreach (TableChange change in effect.Changes.Where(static change => change.Kind == TableChangeKind.Drop))
        {
            if (FindTyped(change.Table) is { } table)
            {
                Forget(table);
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
            KnownTable[] dropped = [.. _tables.Keys.Where(table => table.Source.Schema.Equals(database, comparison))];
            foreach (KnownTable table in dropped)
            {
                Forget(table);
            }

            foreach (string schema in dropped.Select(static table => table.Source.Schema).Append(database).Distinct())
            {
                _topics.Forget(schema, table: null);
            }
        }
    }

    private void Forget(KnownTable table)
    {
        _layouts -= table.Layout is null ? 0 : 1;
        _tables.Remove(table);
        _last = ReferenceEquals(_last, table) ? null : _last;
    }

    private KnownTable Add(in TableName name)
    {
        if (_tables.Count >= MostTables)
        {
            foreach (KnownTable unused in LeastUsed(_tables.Keys, MostTables / 4))
            {
                Forget(unused);
            }
        }

        string schema = Encoding.UTF8.GetString(name.Schema), tableName = Encoding.UTF8.GetString(name.Table);
        bool isExcluded = _filter?.Passes($"{schema}.{tableName}") == false;
        var table = new KnownTable(name, new SourceTable(schema, tableName, isExcluded ? "" : _topics.TopicOf(schema, tableName))) { IsExcluded = isExcluded };
        table.Define(_definitions.Find(table.Id));
        table.LastUse = ++_uses;
        _tables.Add(table, table);
        return table;
    }

    /// <summary>Whether <see cref="Find(in EntryHeader)"/> and the first row behind it may have to ask for something.</summary>
    /// <param name="header">Header of an entry of rows.</param>
    /// <param name="numbersSchemas">The envelope asks for the ids of schemas when it prepares a layout.</param>
    public bool MayAsk(in EntryHeader header, bool numbersSchemas)
    {
        var name = new TableName(header.SchemaName, header.TableName);
        KnownTable? table = _last is { } last && last.Is(name) ? last : _byName.TryGetValue(name, out KnownTable? known) ? known : null;
        if (table is not { IsMet: true })
        {
            return true;
        }

        // As in Find: entries of one table come in a row.
        _last = table;
        return !table.IsExcluded
            && (table.Layout is not { } layout || table.MayHaveChanged
                || (numbersSchemas && layout.Prepared is null)
                || (_source is not null && layout.Definition is null && table.MayBeAsked));
    }

    /// <summary>Whether a statement may have to ask the source for a character set.</summary>
    public bool MayAsk(in RowChange statement) => _asksCharsets && DefinesTables(statement.Sql);

    /// <summary>Asks the source for a table of which nothing is known that fits its rows.</summary>
    /// <returns>The layout with its definition, if there is one and it fits.</returns>
    public TableLayout Ask(KnownTable table, TableLayout layout, CancellationToken cancellationToken)
    {
        if (AskFitting(table, layout, cancellationToken) is { } definition)
        {
            Redefine(table, definition);
        }

        table.MayBeAsked = false;
        return table.Layout ?? layout;
    }

    /// <summary>
    /// Decides whose names the values of a row have, where the row has others than the statements gave its table. Canal without table history
    /// labels them by the definition that its server has now; they stand in the order of the table as it was then.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="shown">The layout by Canal's labels, which the definition contradicts.</param>
    /// <param name="row">A row of it.</param>
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    /// <returns>The layout that is right.</returns>
    /// <exception cref="UnknownColumnsException">Neither is right for certain.</exception>
    public TableLayout Judge(KnownTable table, TableLayout shown, in RowData row, CancellationToken cancellationToken)
    {
        TableDefinition told = table.Definition!;
        if (WithGeneratedKeyFirst(told) is { } mended && shown.With(mended).Definition is not null)
        {
            Redefine(table, mended);
            return shown.With(mended);
        }

        bool hasAll = told.Columns.Count == shown.Columns.Length;
        if (hasAll && !_mayBeOlder.Contains(table.Id) && shown.PutRight(told, row) is { } right)
        {
            return right;
        }

        if (shown.AgreesWithBinlog(row))
        {
            if (AskFitting(table, shown, cancellationToken) is { } asked)
            {
                Redefine(table, asked);
                return shown.With(asked);
            }

            // A statement was missed: the binlog's types are not the definition's but the labels', or there are columns more, or fewer, between those
            // known. Where only the last ones are missing the row may be cut.
            string[] names = [.. told.Columns.Select(static column => column.Name)], labels = [.. shown.ShownNames];
            bool mayBeCut = labels.SequenceEqual(names.Take(labels.Length), StringComparer.OrdinalIgnoreCase);
            if (hasAll || AreAmong(names, labels) || (!mayBeCut && AreAmong(labels, names)))
            {
                _definitions.Remove(table.Id);
                _definitions.TakeTouched();
                table.Define(null);
                return shown.With(null);
            }
        }

        throw new UnknownColumnsException(table.Source.ToString(), shown.ShownNames, told.Columns.Select(static column => column.Name));
    }

    /// <summary>What the source tells, if it fits the rows: the table may have been changed since.</summary>
    private TableDefinition? AskFitting(KnownTable table, TableLayout layout, CancellationToken cancellationToken)
    {
        if (_source?.ShowCreateTable(table.Source.Schema, table.Source.Name, layout.Shape, cancellationToken) is not { } statement)
        {
            return null;
        }

        var asked = new DefinitionCatalog();
        new StatementFollower(asked, _server).Apply(statement, table.Source.Schema, cancellationToken);
        return asked.Find(table.Id) is { } definition && layout.With(definition).Definition is not null ? definition with { IsFromSource = true } : null;
    }

    private void Redefine(KnownTable table, TableDefinition definition)
    {
        _definitions.Set(table.Id, definition);
        _definitions.TakeTouched();
        table.Define(_definitions.Find(table.Id));
    }

    /// <summary>MySQL keeps the key column that it generates in the first place, whatever a statement puts there. Null if it is there, or is none.</summary>
    private static TableDefinition? WithGeneratedKeyFirst(TableDefinition told)
    {
        int generated = told.IndexOf("my_row_id");
        return generated <= 0 ? null : told with { Columns = [told.Columns[generated], .. told.Columns.Where((_, i) => i != generated)] };
    }

    /// <summary>Whether all of some names are among others, in their order.</summary>
    private static bool AreAmong(string[] some, string[] others)
    {
        int found = 0;
        foreach (string name in others)
        {
            found += found < some.Length && some[found].Equals(name, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        return found == some.Length;
    }

    /// <summary>Keeps a layout; when there are too many, those used least are learned anew.</summary>
    public void Keep(KnownTable table, TableLayout layout)
    {
        if (table.Layout is null && ++_layouts > MostLayouts)
        {
            foreach (KnownTable unused in LeastUsed(_tables.Keys.Where(static known => known.Layout is not null), MostLayouts / 4))
            {
                unused.Layout = null;
                _layouts--;
            }
        }

        table.Layout = layout;
        table.MayHaveChanged = false;
        table.MayBeAsked = true;
    }

    /// <summary>The one that entries are just being read of is none of them.</summary>
    private KnownTable[] LeastUsed(IEnumerable<KnownTable> tables, int count) =>
        [.. tables.Where(table => !ReferenceEquals(table, _last)).OrderBy(static table => table.LastUse).Take(count)];

    private static TableName NameOf(TableId table) => new(Encoding.UTF8.GetBytes(table.Schema), Encoding.UTF8.GetBytes(table.Name));

    /// <summary>Looks at the first word only: MariaDB sends the text of every INSERT.</summary>
    private static bool DefinesTables(ReadOnlySpan<byte> sql)
    {
        ReadOnlySpan<byte> start = WithoutComments(sql);
        return MayBeAlter(start) || BeginsWith(start, "CREATE"u8) || BeginsWith(start, "DROP"u8) || BeginsWith(start, "RENAME"u8);
    }

    /// <summary>ALTER, perhaps behind MariaDB's SET STATEMENT, or what may hold one.</summary>
    private static bool MayBeAlter(ReadOnlySpan<byte> start) => MayHoldAnything(start) || BeginsWith(start, "ALTER"u8) || BeginsWith(start, "SET"u8);

    /// <summary>The beginning of a statement, behind comments that no server executes.</summary>
    private static ReadOnlySpan<byte> WithoutComments(ReadOnlySpan<byte> sql)
    {
        ReadOnlySpan<byte> start = sql[..Math.Min(sql.Length, 1024)].TrimStart(" \t\r\n("u8);
        while (start.StartsWith("/*"u8) && !start.StartsWith("/*!"u8) && !start.StartsWith("/*M!"u8) && start.IndexOf("*/"u8) is var end and >= 0)
        {
            start = start[(end + 2)..].TrimStart(" \t\r\n("u8);
        }

        return start;
    }

    /// <summary>A comment that the server executes, or one that is longer.</summary>
    private static bool MayHoldAnything(ReadOnlySpan<byte> start) => start.StartsWith("/*"u8) || start.StartsWith("--"u8) || start.StartsWith("#"u8);

    private static bool BeginsWith(ReadOnlySpan<byte> start, ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(start[..Math.Min(word.Length, start.Length)], word);

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

    private sealed class NameComparer : IEqualityComparer<KnownTable>, IAlternateEqualityComparer<TableName, KnownTable>
    {
        public bool Equals(KnownTable? x, KnownTable? y) => ReferenceEquals(x, y) || (x is not null && y is not null && y.Is(x.Name));

        public int GetHashCode(KnownTable obj) => GetHashCode(obj.Name);

        public bool Equals(TableName alternate, KnownTable other) => other.Is(alternate);

        public int GetHashCode(TableName alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate.Schema);
            hash.AddBytes(alternate.Table);
            return hash.ToHashCode();
        }

        public KnownTable Create(TableName alternate) => throw new NotSupportedException("Tables are only looked up by name.");
    }
}
