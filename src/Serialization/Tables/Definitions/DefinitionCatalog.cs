using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>The table definitions known so far, and which of them have changed since they were last asked for.</summary>
internal sealed class DefinitionCatalog
{
    private readonly Dictionary<TableId, TableDefinition> _tables = [];
    private readonly HashSet<TableId> _changed = [];
    private readonly HashSet<TableId> _touched = [];

    /// <summary>
    /// The server tells names apart by case: a row's table had a capital letter. Until then it may keep names in lower case whatever a
    /// statement says (<c>lower_case_table_names=1</c>), so that a name which differs only in case may be meant.
    /// </summary>
    public bool IsCaseSensitive { get; set; }

    /// <summary>Temporary tables that hide others of their names.</summary>
    public TemporaryTables Temporary { get; } = new();

    /// <summary>Does what a statement did.</summary>
    /// <param name="statement">The statement as read.</param>
    /// <param name="typed">Its text as it came.</param>
    /// <param name="currentSchema">The session's database.</param>
    /// <param name="sourceCanBeAsked">A table may be left unknown where a statement does not tell for certain.</param>
    public StatementEffect Apply(ParsedStatement statement, string typed, string currentSchema, bool sourceCanBeAsked) =>
        new StatementApplication(this, sourceCanBeAsked).Apply(statement, typed, currentSchema);

    /// <summary>The definition of a table; null if it is unknown. Without an exact match one whose name differs only in case counts, if it is the only one.</summary>
    public TableDefinition? Find(TableId table)
    {
        if (_tables.TryGetValue(table, out TableDefinition? definition))
        {
            return definition;
        }

        List<TableId> alike = Alike(table);
        return alike.Count == 1 ? _tables[alike[0]] : null;
    }

    /// <summary>Whether a table is known by exactly this name.</summary>
    public bool Contains(TableId table) => _tables.ContainsKey(table);

    public void Set(TableId table, TableDefinition definition)
    {
        _tables[table] = definition;
        Changed(table);
    }

    /// <summary>The character set of a database's new tables; null if unknown.</summary>
    /// <param name="schema">The database.</param>
    public string? CharsetOf(string schema) => _tables.TryGetValue(new TableId(schema, ""), out TableDefinition? database) ? database.CharsetName : null;

    /// <summary>Notes the character set of a database; null if it is unknown.</summary>
    public void SetCharset(string schema, string? charset)
    {
        // Kept as tables are, under a name that none can have: older bridges read it as such and never ask for it.
        var id = new TableId(schema, "");
        if (charset is not null)
        {
            Set(id, new TableDefinition { Columns = [], Key = [], KeyIsPrimary = false, CharsetName = charset });
        }
        else if (_tables.ContainsKey(id))
        {
            Remove(id);
        }
    }

    /// <summary>Names of the tables known of a database.</summary>
    public IEnumerable<TableId> TablesOf(string schema) => _tables.Keys.Where(table => table.Schema == schema && table.Name.Length > 0);

    /// <summary>Takes a definition that was kept: it is no change.</summary>
    public void Restore(TableId table, TableDefinition definition) => _tables[table] = definition;

    /// <summary>The table is gone, or nothing is known of it any more. Without an exact match this goes for all whose names differ only in case.</summary>
    public void Remove(TableId table)
    {
        foreach (TableId known in _tables.ContainsKey(table) ? [table] : Alike(table))
        {
            _tables.Remove(known);
            Changed(known);
        }
    }

    public void RemoveSchema(string schema)
    {
        StringComparison comparison = IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        foreach (TableId table in _tables.Keys.Where(table => table.Schema.Equals(schema, comparison)).ToList())
        {
            Remove(table);
        }
    }

    /// <summary>Tables whose definition was set or removed since the last call: those that a statement touched.</summary>
    public TableId[] TakeTouched() => Take(_touched);

    /// <summary>The same over any number of statements: those whose records have to be kept anew.</summary>
    public TableId[] TakeChanged() => Take(_changed);

    private static TableId[] Take(HashSet<TableId> tables)
    {
        if (tables.Count == 0)
        {
            return [];
        }

        TableId[] taken = [.. tables];
        tables.Clear();
        return taken;
    }

    private void Changed(TableId table)
    {
        _changed.Add(table);
        _touched.Add(table);
    }

    private List<TableId> Alike(TableId table) => IsCaseSensitive ? [] : [.. _tables.Keys.Where(known =>
        known.Schema.Equals(table.Schema, StringComparison.OrdinalIgnoreCase) && known.Name.Equals(table.Name, StringComparison.OrdinalIgnoreCase))];
}
