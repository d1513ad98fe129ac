using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Tables;

/// <summary>The tables met so far. Rows name them as the server keeps their names, statements as somebody typed them.</summary>
/// <remarks>Beyond a bound the layouts, and then the tables, that were not used for longest are forgotten: both are learned anew from the next row.</remarks>
internal sealed class KnownTables
{
    /// <summary>Each with what the envelope prepares: some tens of kilobytes.</summary>
    private const int MostLayouts = 4096;

    /// <summary>Each some hundred bytes.</summary>
    private const int MostTables = 50_000;

    private readonly ITableTopics _topics;
    private readonly NameFilter? _filter;
    private readonly DefinitionCatalog _definitions;
    private readonly Dictionary<KnownTable, KnownTable> _tables = new(new NameComparer());
    private readonly Dictionary<KnownTable, KnownTable>.AlternateLookup<TableName> _byName;
    private KnownTable? _last;
    private int _layouts;
    private long _uses;

    /// <param name="topics">Chooses topics.</param>
    /// <param name="filter">Tables that are left out.</param>
    /// <param name="definitions">What is known of their columns.</param>
    public KnownTables(ITableTopics topics, NameFilter? filter, DefinitionCatalog definitions)
    {
        _topics = topics;
        _filter = filter;
        _definitions = definitions;
        _byName = _tables.GetAlternateLookup<TableName>();
    }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<KnownTable> All => _tables.Keys;

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

    /// <summary>A table by the name that a statement gives it; it may not be known yet.</summary>
    public KnownTable Find(TableId table) => Typed(table) ?? Add(NameOf(table));

    /// <summary>A table by its name as the server keeps it; null if it is not known. It counts as no use.</summary>
    public KnownTable? Peek(in TableName name)
    {
        if (_last is { } last && last.Is(name))
        {
            return last;
        }

        return _byName.TryGetValue(name, out KnownTable? table) ? table : null;
    }

    /// <summary>Rows have a table's name as the server keeps it, a statement as somebody typed it.</summary>
    public KnownTable? Typed(TableId id)
    {
        if (_byName.TryGetValue(NameOf(id), out KnownTable? table) || _definitions.IsCaseSensitive)
        {
            return table;
        }

        return _tables.Keys.FirstOrDefault(known => known.Source.Schema.Equals(id.Schema, StringComparison.OrdinalIgnoreCase) && known.Source.Name.Equals(id.Name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether its rows become no records.</summary>
    public bool IsExcluded(string schema, string table) => _filter?.Passes($"{schema}.{table}") == false;

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

    /// <summary>It was dropped.</summary>
    public void Forget(KnownTable table)
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
        bool isExcluded = IsExcluded(schema, tableName);
        var table = new KnownTable(name, new SourceTable(schema, tableName, isExcluded ? "" : _topics.TopicOf(schema, tableName))) { IsExcluded = isExcluded };
        table.Define(_definitions.Find(table.Id));
        table.LastUse = ++_uses;
        _tables.Add(table, table);
        return table;
    }

    /// <summary>The one that entries are just being read of is none of them.</summary>
    private KnownTable[] LeastUsed(IEnumerable<KnownTable> tables, int count) =>
        [.. tables.Where(table => !ReferenceEquals(table, _last)).OrderBy(static table => table.LastUse).Take(count)];

    private static TableName NameOf(TableId table) => new(Encoding.UTF8.GetBytes(table.Schema), Encoding.UTF8.GetBytes(table.Name));

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
