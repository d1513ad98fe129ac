namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>A table while a statement defines or changes it. Follows Debezium's rules for the key.</summary>
internal sealed class TableBuilder
{
    private readonly List<ColumnDefinition> _columns = [];
    private List<string> _key = [];
    private readonly bool _isFromSource;
    private bool _keyIsPrimary;

    public TableBuilder()
    {
    }

    public TableBuilder(TableDefinition table)
    {
        _columns.AddRange(table.Columns);
        _key.AddRange(table.Key);
        _keyIsPrimary = table.KeyIsPrimary;
        _isFromSource = table.IsFromSource;
        CharsetName = table.CharsetName;
        Comment = table.Comment;
    }

    /// <summary>Character set of the table, for the columns of text that name none.</summary>
    public string? CharsetName { get; set; }

    /// <summary>Comment of the table.</summary>
    public string? Comment { get; set; }

    public bool HasPrimaryKey => _keyIsPrimary;

    public TableDefinition Build() => new()
    {
        Columns = [.. _columns.Select(Finish)],
        Key = [.. _key.Select(name => _columns.Find(column => column.Is(name))?.Name ?? throw new FormatException("a key column is no column of the table"))],
        KeyIsPrimary = _keyIsPrimary,
        IsFromSource = _isFromSource,
        CharsetName = CharsetName,
        Comment = Comment,
    };

    /// <summary>Whether there is a key, primary or not.</summary>
    public bool HasKey => _key.Count > 0;

    /// <summary>The column of a name; null if there is none.</summary>
    public ColumnDefinition? Column(string name) => _columns.Find(column => column.Is(name));

    /// <summary>Adds a column, or puts it in place of another.</summary>
    /// <param name="column">The column.</param>
    /// <param name="place">Where; at the end, or in the old one's place, if null.</param>
    /// <param name="instead">Name of the column that it replaces.</param>
    public void Put(ColumnDefinition column, ColumnPlace? place, string? instead = null)
    {
        int index = _columns.Count;
        if (instead is not null)
        {
            index = Find(instead);
            _columns.RemoveAt(index);
            _key = [.. _key.Select(name => name.Equals(instead, StringComparison.OrdinalIgnoreCase) ? column.Name : name)];
        }

        if (Contains(column.Name))
        {
            throw new FormatException("a column of this name is there already");
        }

        if (place is { } wanted)
        {
            index = wanted.After is { } after ? Find(after) + 1 : 0;
        }

        _columns.Insert(index, column);
    }

    public bool Contains(string column) => _columns.Exists(known => known.Is(column));

    public void Drop(string column)
    {
        _columns.RemoveAt(Find(column));
        _key.RemoveAll(name => name.Equals(column, StringComparison.OrdinalIgnoreCase));
        _keyIsPrimary &= _key.Count > 0;
    }

    public void Change(string column, Func<ColumnDefinition, ColumnDefinition> change)
    {
        int index = Find(column);
        Put(change(_columns[index]), place: null, instead: column);
    }

    /// <summary>CONVERT TO CHARACTER SET: of the table and of all columns that have one by now.</summary>
    public void Convert(string charset)
    {
        CharsetName = charset;
        for (int i = 0; i < _columns.Count; i++)
        {
            _columns[i] = _columns[i] with { CharsetName = _columns[i].CharsetName is null ? null : charset };
        }
    }

    public void SetPrimaryKey(List<string> columns)
    {
        _key = columns;
        _keyIsPrimary = true;
    }

    public void DropPrimaryKey()
    {
        if (_keyIsPrimary)
        {
            _key = [];
            _keyIsPrimary = false;
        }
    }

    /// <summary>A unique key of one column, written at the column: it serves as key whether or not the column takes NULL.</summary>
    public void OfferUniqueColumn(string column)
    {
        if (_key.Count == 0)
        {
            _key = [column];
        }
    }

    /// <summary>Any other unique key serves as key if none of its columns takes NULL.</summary>
    /// <param name="columns">Its columns; null if it holds an expression.</param>
    public void OfferUniqueKey(List<string>? columns)
    {
        if (_key.Count == 0 && columns is not null && columns.TrueForAll(name => _columns.Exists(column => column.Is(name) && !column.IsNullable)))
        {
            _key = columns;
        }
    }

    private ColumnDefinition Finish(ColumnDefinition column) => column with
    {
        IsNullable = column.IsNullable && !(_keyIsPrimary && IsInKey(column.Name)),
        CharsetName = column.CharsetName ?? (MySqlType.Parse(column.Type).Kind is MySqlTypeKind.Text or MySqlTypeKind.Enum or MySqlTypeKind.Set ? CharsetName : null),
    };

    private bool IsInKey(string column) => _key.Exists(name => name.Equals(column, StringComparison.OrdinalIgnoreCase));

    private int Find(string column)
    {
        int index = _columns.FindIndex(known => known.Is(column));
        return index >= 0 ? index : throw new FormatException("a column of the statement is not known");
    }
}

/// <summary>Where a new column goes.</summary>
/// <param name="After">Behind this column; null to be the first.</param>
internal readonly record struct ColumnPlace(string? After);
