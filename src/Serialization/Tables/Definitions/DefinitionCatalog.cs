namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>The table definitions known so far, and which of them have changed since they were last asked for.</summary>
internal sealed class DefinitionCatalog
{
    private readonly Dictionary<TableId, TableDefinition> _tables = [];
    private readonly HashSet<TableId> _changed = [];

    /// <summary>The definition of a table; null if it is unknown.</summary>
    /// <remarks>A server may keep names in lower case whatever was typed: without an exact match one that differs only in case counts, if it is the only one.</remarks>
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

    /// <summary>Counts the changes.</summary>
    public int Version { get; private set; }

    public void Set(TableId table, TableDefinition definition)
    {
        _tables[table] = definition;
        Changed(table);
    }

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
        foreach (TableId table in _tables.Keys.Where(table => table.Schema == schema).ToList())
        {
            Remove(table);
        }
    }

    /// <summary>Tables whose definition was set or removed since the last call.</summary>
    public TableId[] TakeChanged()
    {
        if (_changed.Count == 0)
        {
            return [];
        }

        TableId[] changed = [.. _changed];
        _changed.Clear();
        return changed;
    }

    private void Changed(TableId table)
    {
        _changed.Add(table);
        Version++;
    }

    private List<TableId> Alike(TableId table) => [.. _tables.Keys.Where(known =>
        known.Schema.Equals(table.Schema, StringComparison.OrdinalIgnoreCase) && known.Name.Equals(table.Name, StringComparison.OrdinalIgnoreCase))];
}
