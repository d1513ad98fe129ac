namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>Temporary tables: where a session has one, its statements do not mean the table of that name that has rows in the binlog.</summary>
/// <remarks>
/// Sessions that log rows do not log them; those that log statements do, and only CREATE says TEMPORARY. An entry does not tell its session, so that
/// a statement of another session on the real table may be taken for one on the temporary, unless it fits the real one alone. When the session
/// ends the server logs a DROP TEMPORARY TABLE.
/// </remarks>
internal sealed class TemporaryTables
{
    /// <summary>A server that crashes logs the end of none.</summary>
    private const int MostTables = 10_000;

    private readonly Dictionary<TableId, TableDefinition?> _tables = new(new NameComparer());

    /// <summary>Whether there is one of this name, in any case.</summary>
    public bool Contains(TableId table) => _tables.ContainsKey(table);

    /// <summary>Its definition; null if it is unknown or there is none.</summary>
    public TableDefinition? Find(TableId table) => _tables.GetValueOrDefault(table);

    /// <summary>One is made or changed.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="definition">How it is; null if that is unknown.</param>
    public void Set(TableId table, TableDefinition? definition)
    {
        if (_tables.Count >= MostTables)
        {
            _tables.Clear();
        }

        _tables[table] = definition;
    }

    /// <summary>One is gone.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(TableId table) => _tables.Remove(table);

    private sealed class NameComparer : IEqualityComparer<TableId>
    {
        public bool Equals(TableId x, TableId y) =>
            x.Schema.Equals(y.Schema, StringComparison.OrdinalIgnoreCase) && x.Name.Equals(y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(TableId obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Name);
    }
}
