using System.Text;
using Canal.Client.Entries;

namespace CanalBridge.Serialization;

/// <summary>A table as an entry names it, looked up without making strings.</summary>
internal readonly ref struct TableName
{
    public TableName(ReadOnlySpan<byte> schema, ReadOnlySpan<byte> table)
    {
        Schema = schema;
        Table = table;
    }

    public ReadOnlySpan<byte> Schema { get; }

    public ReadOnlySpan<byte> Table { get; }
}

/// <summary>What is remembered of a table.</summary>
internal sealed class KnownTable
{
    public KnownTable(in TableName name)
    {
        Schema = name.Schema.ToArray();
        Name = name.Table.ToArray();
        Source = new SourceTable(Encoding.UTF8.GetString(Schema), Encoding.UTF8.GetString(Name));
    }

    public byte[] Schema { get; }

    public byte[] Name { get; }

    public SourceTable Source { get; }

    /// <summary>Layout of the rows last seen.</summary>
    public TableLayout? Layout { get; set; }

    /// <summary>The catalog's count of DDL when the layout was learned.</summary>
    public int LayoutVersion { get; set; }

    public bool Is(in TableName name) => name.Table.SequenceEqual(Name) && name.Schema.SequenceEqual(Schema);
}

/// <summary>Every table met so far: its one <see cref="SourceTable"/> for ever, its layout within a bound.</summary>
internal sealed class TableCatalog
{
    private const int MostLayouts = 4096;

    private readonly Dictionary<KnownTable, KnownTable> _tables;
    private readonly Dictionary<KnownTable, KnownTable>.AlternateLookup<TableName> _byName;
    private KnownTable? _last;
    private int _layouts;

    public TableCatalog()
    {
        _tables = new Dictionary<KnownTable, KnownTable>(new NameComparer());
        _byName = _tables.GetAlternateLookup<TableName>();
    }

    /// <summary>Rises with every DDL: rows of fewer columns are then no surprise.</summary>
    public int Version { get; private set; }

    /// <summary>Notes that tables may have changed.</summary>
    public void DdlSeen() => Version++;

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
            table = new KnownTable(name);
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
        table.LayoutVersion = Version;
    }

    private sealed class NameComparer : IEqualityComparer<KnownTable>, IAlternateEqualityComparer<TableName, KnownTable>
    {
        public bool Equals(KnownTable? x, KnownTable? y) => ReferenceEquals(x, y) || (x is not null && y is not null && y.Is(new TableName(x.Schema, x.Name)));

        public int GetHashCode(KnownTable obj) => GetHashCode(new TableName(obj.Schema, obj.Name));

        public bool Equals(TableName alternate, KnownTable other) => other.Is(alternate);

        public int GetHashCode(TableName alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate.Schema);
            hash.AddBytes(alternate.Table);
            return hash.ToHashCode();
        }

        public KnownTable Create(TableName alternate) => new(alternate);
    }
}
