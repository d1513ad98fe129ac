using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>One statement while the catalog does what it did, and what there is to tell of it.</summary>
internal sealed class StatementApplication
{
    private readonly DefinitionCatalog _tables;
    private readonly bool _sourceCanBeAsked;
    private readonly List<TableChange> _changes = [];
    private readonly List<TableId> _reshaped = [];
    private readonly HashSet<TableId> _defined = [];
    private SchemaEdit.SetDatabase? _made;
    private string? _dropped;
    private TableId? _unread;
    private bool _isUnread;
    private bool _isOfTemporary;

    /// <param name="tables">What the statement changes.</param>
    /// <param name="sourceCanBeAsked">A table may be left unknown where a statement does not tell for certain.</param>
    public StatementApplication(DefinitionCatalog tables, bool sourceCanBeAsked)
    {
        _tables = tables;
        _sourceCanBeAsked = sourceCanBeAsked;
    }

    /// <summary>Does all of it; once.</summary>
    /// <param name="statement">The statement as read.</param>
    /// <param name="typed">Its text as it came.</param>
    /// <param name="currentSchema">The session's database.</param>
    public StatementEffect Apply(ParsedStatement statement, string typed, string currentSchema)
    {
        if (statement.IsUnread)
        {
            _isUnread = true;
            _unread = new TableId(currentSchema, "?");
        }

        foreach (SchemaEdit edit in statement.Edits)
        {
            Apply(edit);
        }

        StatementEffect effect = StatementEffect.None(typed, currentSchema) with
        {
            Unread = _unread,
            Reshaped = _reshaped,
            Defined = _defined,
            IsOfTemporary = _isOfTemporary && _changes.Count == 0,
        };
        string? database = _made?.Name ?? _dropped;
        return _isUnread || (_changes.Count == 0 && database is null) ? effect : effect with
        {
            Text = statement.Text,
            Database = database,
            DropsDatabase = _dropped is not null,
            Changes = [.. _changes.Select(WithDefinition)],
        };
    }

    private void Apply(SchemaEdit edit)
    {
        switch (edit)
        {
            case SchemaEdit.CreateTable created:
                Create(created);
                break;
            case SchemaEdit.AlterTable altered when !AlterTemporary(altered):
                Alter(altered);
                break;
            case SchemaEdit.AddUniqueIndex index when !AlterTemporary(index.Table, new TableEdit.UniqueKey(index.Columns)):
                AddUniqueIndex(index);
                break;
            case SchemaEdit.ChangeIndex index when !AlterTemporary(index.Table, index.DropsPrimaryKey ? new TableEdit.DropPrimaryKey() : null):
                DropPrimaryKey(index);
                break;
            case SchemaEdit.RenameTable renamed:
                Rename(renamed);
                break;
            case SchemaEdit.DropTable dropped:
                Drop(dropped);
                break;
            case SchemaEdit.ForgetTable forgotten:
                Reshape(forgotten.Table);
                _tables.Remove(forgotten.Table);
                break;
            case SchemaEdit.SetDatabase database:
                _tables.SetCharset(database.Name, database.IsNew ? database.Charset : database.Charset ?? _tables.CharsetOf(database.Name));
                _made = database.IsNew ? database : _made;
                break;
            case SchemaEdit.DropDatabase database:
                DropDatabase(database.Name);
                break;
            default:
                break;
        }
    }

    private void Create(SchemaEdit.CreateTable created)
    {
        TableId name = created.Table;
        if (created.IsTemporary)
        {
            _isOfTemporary = true;
            _tables.Temporary.Set(name, TryDefine(created));
            return;
        }

        bool isKnown = _tables.Contains(name), mayBeThere = created is { KeepsOld: true, Replaces: false };
        if (mayBeThere && isKnown)
        {
            return;
        }

        TableDefinition? definition = TryDefine(created);
        if (created.Replaces && isKnown)
        {
            // Debezium takes no notice of it, and goes on with the old definition.
            Reshape(name);
        }
        else
        {
            _changes.Add(new TableChange(TableChangeKind.Create, name, created.Text) { Definition = definition });
        }

        // The table may have been there before, and the statement without effect: the source knows. The statement is told of as if it had made it.
        bool isLeftToSource = mayBeThere && _sourceCanBeAsked;
        if (definition is null)
        {
            _isUnread = true;
            _unread = isLeftToSource ? null : Forget(name);
        }
        else if (!isLeftToSource)
        {
            _tables.Set(name, definition);
        }
    }

    /// <summary>How a new table is; null if that is unknown.</summary>
    private TableDefinition? TryDefine(SchemaEdit.CreateTable created)
    {
        try
        {
            return created.Model is { } model
                ? _tables.Temporary.Find(model) ?? _tables.Find(model)
                : created.Parts is { } parts ? TableBuilder.Create(parts, _tables.CharsetOf(created.Table.Schema)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void Alter(SchemaEdit.AlterTable altered)
    {
        TableId name = altered.Table;
        Reshape(name);
        if (!_tables.Contains(name))
        {
            // Unknown before, unknown after; also under a name in other case.
            _tables.Remove(name);
            _tables.Remove(altered.NewName);
            return;
        }

        if (TryAlter(name, _tables.Find(name), altered.Parts) is not { } definition)
        {
            _isUnread = true;
            _unread = Forget(name);
            return;
        }

        _tables.Remove(name);
        _tables.Set(altered.NewName, definition);
        _changes.Add(new TableChange(TableChangeKind.Alter, altered.NewName, altered.Text));
        Reshape(altered.NewName);
        if (altered.MadeOfPartition is { } made)
        {
            Reshape(made);
            _tables.Set(made, definition);
        }

        if (altered.MadePartition is { } gone)
        {
            Reshape(gone);
            _tables.Remove(gone);
        }
    }

    private TableDefinition? TryAlter(TableId name, TableDefinition? table, IReadOnlyList<TableEdit>? parts)
    {
        try
        {
            return table is null || parts is null ? null : TableBuilder.Alter(table, parts, _tables.CharsetOf(name.Schema));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private bool AlterTemporary(SchemaEdit.AlterTable altered)
    {
        if (!IsTemporary(altered.Table, altered.Parts, out TableDefinition? definition))
        {
            return false;
        }

        MoveTemporary(altered.Table, altered.NewName, definition);
        return true;
    }

    private void MoveTemporary(TableId from, TableId to, TableDefinition? definition)
    {
        _tables.Temporary.Remove(from);
        _tables.Temporary.Set(to, definition);
    }

    private bool AlterTemporary(TableId table, TableEdit? part)
    {
        if (!IsTemporary(table, part is null ? [] : [part], out TableDefinition? definition))
        {
            return false;
        }

        _tables.Temporary.Set(table, definition);
        return true;
    }

    /// <summary>Whether an ALTER is of a temporary table: it is, unless it fits the real one alone.</summary>
    private bool IsTemporary(TableId table, IReadOnlyList<TableEdit>? parts, out TableDefinition? definition)
    {
        definition = null;
        if (!_tables.Temporary.Contains(table))
        {
            return false;
        }

        definition = TryAlter(table, _tables.Temporary.Find(table), parts);
        _isOfTemporary = definition is not null || _tables.Temporary.Find(table) is null || TryAlter(table, _tables.Find(table), parts) is null;
        return _isOfTemporary;
    }

    private void AddUniqueIndex(SchemaEdit.AddUniqueIndex index)
    {
        TableId name = index.Table;
        if (!_tables.Contains(name))
        {
            _tables.Remove(name);
            return;
        }

        TableDefinition table = _tables.Find(name)!;
        if (table.Key.Count == 0 && index.Columns?.All(column => table.IndexOf(column) >= 0) == true)
        {
            // Debezium tells of it even where a column takes NULL, and the index serves as no key.
            _changes.Add(new TableChange(TableChangeKind.Alter, name, index.Text));
            Reshape(name);
        }

        _tables.Set(name, TableBuilder.Alter(table, [new TableEdit.UniqueKey(index.Columns)], charset: null));
    }

    private void DropPrimaryKey(SchemaEdit.ChangeIndex index)
    {
        if (index.DropsPrimaryKey && _tables.Find(index.Table) is { } table)
        {
            _tables.Remove(index.Table);
            _tables.Set(index.Table, TableBuilder.Alter(table, [new TableEdit.DropPrimaryKey()], charset: null));
            Reshape(index.Table);
        }
    }

    private void Rename(SchemaEdit.RenameTable renamed)
    {
        (TableId from, TableId to) = (renamed.From, renamed.To);
        if (renamed.MayBeTemporary && _tables.Temporary.Contains(from))
        {
            MoveTemporary(from, to, _tables.Temporary.Find(from));
            _isOfTemporary = true;
            return;
        }

        _changes.Add(new TableChange(TableChangeKind.Alter, to, renamed.Text));
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

    private void Drop(SchemaEdit.DropTable dropped)
    {
        if (_tables.Temporary.Remove(dropped.Table) || dropped.IsTemporary)
        {
            _isOfTemporary = true;
            return;
        }

        _changes.Add(new TableChange(TableChangeKind.Drop, dropped.Table, dropped.Text));
        Reshape(dropped.Table);
        _tables.Remove(dropped.Table);
    }

    private void DropDatabase(string name)
    {
        foreach (TableId table in _tables.TablesOf(name).ToList())
        {
            Reshape(table);
        }

        _tables.RemoveSchema(name);
        _dropped = name;
    }

    /// <summary>Forgets the table of a statement that could not be read.</summary>
    /// <returns>The table to tell of.</returns>
    private TableId? Forget(TableId table)
    {
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

    private TableChange WithDefinition(TableChange change) => change.Definition is null && change.Kind != TableChangeKind.Drop && _tables.Contains(change.Table)
        ? change with { Definition = _tables.Find(change.Table) }
        : change;
}
