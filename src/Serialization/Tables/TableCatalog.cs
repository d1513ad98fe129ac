using Canal.Client.Entries;

namespace CanalBridge.Serialization.Tables;

/// <summary>Every table met so far: its one <see cref="SourceTable"/> for ever, its layout within a bound.</summary>
internal sealed class TableCatalog
{
    private const int MostLayouts = 4096;

    private readonly ITableTopics _topics;
    private readonly Dictionary<KnownTable, KnownTable> _tables;
    private readonly Dictionary<KnownTable, KnownTable>.AlternateLookup<TableName> _byName;
    private KnownTable? _last;
    private int _layouts;

    public TableCatalog(ITableTopics topics)
    {
        _topics = topics;
        _tables = new Dictionary<KnownTable, KnownTable>(new NameComparer());
        _byName = _tables.GetAlternateLookup<TableName>();
    }

    /// <summary>Notes which tables a DDL may have changed: the one that an ALTER names, or all, for names may have been exchanged.</summary>
    public void DdlSeen(in EntryHeader header, CanalEventType type)
    {
        if (type is CanalEventType.Truncate or CanalEventType.CreateIndex or CanalEventType.DropIndex)
        {
            return;
        }

        if (type == CanalEventType.Alter && !header.TableName.IsEmpty)
        {
            if (_byName.TryGetValue(new TableName(header.SchemaName, header.TableName), out KnownTable? table))
            {
                table.MayHaveChanged = true;
            }

            return;
        }

        foreach (KnownTable table in _tables.Keys)
        {
            table.MayHaveChanged = true;
        }
    }

    /// <summary>The table an entry names.</summary>
    public KnownTable Find(in EntryHeader header)
    {
        var name = new TableName(header.SchemaName, header.TableName);
        if (_last is { } last && last.Is(name))
        {
            return last;
        }

        if (!_byName.TryGetValue(name, out KnownTable? table))
        {
            table = new KnownTable(name, _topics);
            _tables.Add(table, table);
        }

        _last = table;
        return table;
    }

    /// <summary>Keeps a layout; when there are too many, all others are learned anew.</summary>
    public void Keep(KnownTable table, TableLayout layout)
    {
        if (table.Layout is null && ++_layouts > MostLayouts)
        {
            foreach (KnownTable other in _tables.Keys)
            {
                other.Layout = null;
            }

            _layouts = 1;
        }

        table.Layout = layout;
        table.MayHaveChanged = false;
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
