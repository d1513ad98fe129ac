using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Tables;

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
    private readonly byte[] _schema;
    private readonly byte[] _name;

    public KnownTable(in TableName name, SourceTable source)
    {
        _schema = name.Schema.ToArray();
        _name = name.Table.ToArray();
        Source = source;
    }

    public TableName Name => new(_schema, _name);

    public SourceTable Source { get; }

    /// <summary>Its rows become no records, whatever they hold.</summary>
    public bool IsExcluded { get; init; }

    /// <summary>When it was looked up last, as a count of look-ups.</summary>
    public long LastUse { get; set; }

    /// <summary>Rows of it have come; a statement alone may have spelled it otherwise than the server.</summary>
    public bool IsMet { get; set; }

    /// <summary>Name as statements have it.</summary>
    public TableId Id => new(Source.Schema, Source.Name);

    /// <summary>What statements or the server have told of the table; null if nothing has.</summary>
    public TableDefinition? Definition { get; private set; }

    /// <summary>Layout of the rows last seen.</summary>
    public TableLayout? Layout { get; set; }

    /// <summary>The layout of the rows last seen, or without any the one that the definition promises; null if nothing is known.</summary>
    public TableLayout? DefinedLayout =>
        Layout is { IsContradicted: false } ? Layout : Definition is { } definition ? TableLayout.Promised(Source, definition) : Layout;

    /// <summary>The source has not been asked since the definition or the rows changed.</summary>
    public bool MayBeAsked { get; set; } = true;

    /// <summary>That it has no definition was told.</summary>
    public bool IsToldUndefined { get; set; }

    /// <summary>That its rows came under other names was told.</summary>
    public bool IsToldPutRight { get; set; }

    /// <summary>The layout of which it was told, or found not to be so, that masks cover columns whose values are no texts.</summary>
    public TableLayout? ToldUnmasked { get; set; }

    /// <summary>A DDL has come since a row confirmed the layout.</summary>
    public bool MayHaveChanged { get; set; }

    /// <summary>Another definition holds from here on. The columns of the rows are the same until a row shows others.</summary>
    public void Define(TableDefinition? definition)
    {
        if (!ReferenceEquals(definition, Definition))
        {
            Definition = definition;
            MayBeAsked = true;
            IsToldUndefined &= definition is null;
            Layout = Layout?.With(definition);
        }
    }

    public bool Is(in TableName name) => name.Table.SequenceEqual(_name) && name.Schema.SequenceEqual(_schema);
}
