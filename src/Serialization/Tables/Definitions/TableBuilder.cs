using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>A table while a statement defines or changes it. Follows Debezium's rules for the key.</summary>
internal sealed class TableBuilder
{
    private readonly bool _isFromSource;
    private readonly string? _databaseCharset;
    private List<ColumnDefinition> _columns = [];
    private List<string> _key = [];
    private bool _keyIsPrimary;
    private string? _charset;
    private string? _comment;

    private TableBuilder(string? databaseCharset) => _charset = _databaseCharset = databaseCharset;

    private TableBuilder(TableDefinition table, string? databaseCharset)
    {
        _databaseCharset = databaseCharset;
        _columns.AddRange(table.Columns);
        _key.AddRange(table.Key);
        _keyIsPrimary = table.KeyIsPrimary;
        _isFromSource = table.IsFromSource;
        _charset = table.CharsetName;
        _comment = table.Comment;
    }

    /// <summary>A new table.</summary>
    /// <param name="parts">What the statement says of it.</param>
    /// <param name="charset">Character set of its database; null if unknown.</param>
    /// <exception cref="FormatException">The parts do not go together.</exception>
    public static TableDefinition Create(IReadOnlyList<TableEdit> parts, string? charset)
    {
        var builder = new TableBuilder(charset);
        builder.Alter(parts);
        return builder.Build();
    }

    /// <summary>A table behind an ALTER TABLE.</summary>
    /// <param name="table">The table before.</param>
    /// <param name="parts">What the statement changes.</param>
    /// <param name="charset">Character set of its database; null if unknown.</param>
    /// <exception cref="FormatException">They do not fit the table.</exception>
    public static TableDefinition Alter(TableDefinition table, IReadOnlyList<TableEdit> parts, string? charset)
    {
        var builder = new TableBuilder(table, charset);
        builder.Alter(parts);
        return builder.Build();
    }

    /// <summary>As servers do it, whatever order the parts have: columns that go or change have their old names, places and keys the new ones.</summary>
    private void Alter(IReadOnlyList<TableEdit> parts)
    {
        List<ColumnDefinition> before = [.. _columns];
        bool hadPrimary = _keyIsPrimary;
        DropParts(parts);
        Dictionary<TableEdit, ColumnDefinition> replaced = ReplaceColumns(parts);
        foreach (TableEdit part in parts)
        {
            switch (part)
            {
                case TableEdit.AddColumn { UnlessThere: true } there when before.Exists(column => column.Is(there.Column.Name)) || Contains(there.Column.Name):
                    break;
                case TableEdit.AddColumn added:
                    Insert(added.Column, added.Place);
                    replaced.Add(added, added.Column);
                    break;
                case TableEdit.ReplaceColumn { Place: { } place } moved when replaced.TryGetValue(moved, out ColumnDefinition? column):
                    _columns.RemoveAll(known => ReferenceEquals(known, column));
                    Insert(column, place);
                    break;
                default:
                    break;
            }
        }

        if (_columns.DistinctBy(static column => column.Name, StringComparer.OrdinalIgnoreCase).Count() < _columns.Count)
        {
            throw new FormatException("a column of this name is there already");
        }

        foreach (TableEdit part in parts)
        {
            SetKeyOrOption(part, isDone: replaced.ContainsKey(part), hadPrimary);
        }
    }

    private void DropParts(IReadOnlyList<TableEdit> parts)
    {
        if (_keyIsPrimary && parts.Any(static part => part is TableEdit.DropPrimaryKey))
        {
            _key = [];
            _keyIsPrimary = false;
        }

        foreach (TableEdit.DropColumn dropped in parts.OfType<TableEdit.DropColumn>())
        {
            if (!dropped.IfThere || Contains(dropped.Column))
            {
                _columns.RemoveAt(Find(dropped.Column));
                _key.RemoveAll(name => IsSame(name, dropped.Column));
                _keyIsPrimary &= _key.Count > 0;
            }
        }
    }

    /// <summary>All at once: two columns may exchange their names.</summary>
    /// <returns>Of parts that replace a column, the new one.</returns>
    private Dictionary<TableEdit, ColumnDefinition> ReplaceColumns(IReadOnlyList<TableEdit> parts)
    {
        var replaced = new Dictionary<TableEdit, ColumnDefinition>(ReferenceEqualityComparer.Instance);
        List<ColumnDefinition> before = [.. _columns];
        var partOf = new Dictionary<int, TableEdit>();

        // A default that is set holds wherever it stands, also before a MODIFY of the column.
        foreach (TableEdit part in parts.OrderBy(static part => part is TableEdit.SetDefault))
        {
            (string? name, bool ifThere) = part switch
            {
                TableEdit.ReplaceColumn replacement => (replacement.Old, replacement.IfThere),
                TableEdit.RenameColumn renamed => (renamed.Old, renamed.IfThere),
                TableEdit.SetDefault set => (set.Column, set.IfThere),
                _ => ((string?)null, true),
            };
            int index = name is null ? -1 : before.FindIndex(column => column.Is(name));
            if (index >= 0)
            {
                _columns[index] = Changed(_columns[index], part);
                partOf[index] = part is TableEdit.ReplaceColumn ? part : partOf.GetValueOrDefault(index, part);
            }
            else if (!ifThere)
            {
                throw new FormatException("a column of the statement is not known");
            }
        }

        foreach ((int index, TableEdit part) in partOf)
        {
            replaced.Add(part, _columns[index]);
        }

        _key = [.. _key.Select(name => before.FindIndex(column => column.Is(name)) is var index and >= 0 ? _columns[index].Name : name)];
        return replaced;
    }

    private static ColumnDefinition Changed(ColumnDefinition old, TableEdit part) => part switch
    {
        // Debezium's CHANGE edits the old column: what the statement does not name stays, though the server drops it.
        TableEdit.ReplaceColumn { KeepsMarks: true, Column: var column } => column with
        {
            IsAutoIncremented = column.IsAutoIncremented || old.IsAutoIncremented,
            EnumValues = column.EnumValues ?? old.EnumValues,
            Comment = column.Comment ?? old.Comment,
        },

        // A copy, for two parts of a statement may be equal.
        TableEdit.ReplaceColumn { Column: var column } => column with { },
        TableEdit.RenameColumn renamed => old with { Name = renamed.New },
        TableEdit.SetDefault { Value.Kind: not ColumnDefaultKind.Expression } when old.IsNumbered => old,
        TableEdit.SetDefault set => old with { Default = set.Value },
        _ => old,
    };

    private void Insert(ColumnDefinition column, ColumnPlace? place) =>
        _columns.Insert(place is not { } wanted ? _columns.Count : wanted.After is { } after ? Find(after) + 1 : HasGeneratedKey ? 1 : 0, column);

    /// <summary>MySQL's own key, of tables that were made without one: no column stands before it.</summary>
    private bool HasGeneratedKey => _keyIsPrimary && _key is ["my_row_id"] && _columns is [{ Name: "my_row_id", IsAutoIncremented: true }, ..];

    /// <summary>Keys name columns as they are behind the statement.</summary>
    /// <param name="part">A part of the statement.</param>
    /// <param name="isDone">Its column was added or changed.</param>
    /// <param name="hadPrimary">
    /// The table had a primary key before the statement. With MariaDB's IF EXISTS and IF NOT EXISTS another one is then no error, and none, also where
    /// the statement drops the old one.
    /// </param>
    private void SetKeyOrOption(TableEdit part, bool isDone, bool hadPrimary)
    {
        switch (part)
        {
            case TableEdit.PrimaryKey { UnlessThere: true } when hadPrimary:
            case TableEdit.AddColumn { UnlessThere: true, Key: ColumnKey.Primary } when hadPrimary:
            case TableEdit.ReplaceColumn { IfThere: true, Key: ColumnKey.Primary } when hadPrimary:
                break;
            case TableEdit.PrimaryKey key:
                SetPrimaryKey(key.Columns);
                break;
            case TableEdit.UniqueKey unique:
                OfferUniqueKey(unique.Columns);
                break;
            case TableEdit.AddColumn added when isDone || added.UnlessThere:
                // A column that was there before stays as it is, and becomes the key all the same.
                OfferKey(added.Key, added.Column.Name);
                break;
            case TableEdit.ReplaceColumn changed when isDone:
                OfferKey(changed.Key, changed.Column.Name);
                break;
            case TableEdit.Charset charset:
                _charset = charset.Name ?? _databaseCharset ?? _charset;
                break;
            case TableEdit.Comment comment:
                _comment = comment.Text;
                break;
            case TableEdit.Convert converted when (converted.To ?? _databaseCharset) is { } to:
                _charset = to;
                _columns = [.. _columns.Select(column => column.CharsetName is null ? column : column with { CharsetName = to })];
                break;
            default:
                break;
        }
    }

    private void OfferKey(ColumnKey key, string column)
    {
        if (key == ColumnKey.Primary)
        {
            SetPrimaryKey([column]);
        }
        else if (key == ColumnKey.Unique && _key.Count == 0)
        {
            // Written at the column it serves as key whether or not the column takes NULL.
            _key = [column];
        }
    }

    private void SetPrimaryKey(IReadOnlyList<string> columns)
    {
        _key = [.. columns];
        _keyIsPrimary = true;
    }

    /// <summary>Serves as key if none of its columns takes NULL.</summary>
    private void OfferUniqueKey(IReadOnlyList<string>? columns)
    {
        if (_key.Count == 0 && columns?.All(name => _columns.Exists(column => column.Is(name) && !column.IsNullable)) == true)
        {
            _key = [.. columns];
        }
    }

    private TableDefinition Build() => new()
    {
        Columns = [.. _columns.Select(Finish)],
        Key = [.. _key.Select(name => _columns.Find(column => column.Is(name))?.Name ?? throw new FormatException("a key column is no column of the table"))],
        KeyIsPrimary = _keyIsPrimary,
        IsFromSource = _isFromSource,
        CharsetName = _charset,
        Comment = _comment,
    };

    private ColumnDefinition Finish(ColumnDefinition column) => column with
    {
        IsNullable = column.IsNullable && !(_keyIsPrimary && _key.Exists(name => IsSame(name, column.Name))),
        CharsetName = column.CharsetName ?? (HasCharset(column) ? _charset : null),
    };

    private static bool HasCharset(ColumnDefinition column) =>
        MySqlType.Parse(column.Type).Kind is MySqlTypeKind.Text or MySqlTypeKind.Enum or MySqlTypeKind.Set;

    private bool Contains(string column) => _columns.Exists(known => known.Is(column));

    private static bool IsSame(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private int Find(string column)
    {
        int index = _columns.FindIndex(known => known.Is(column));
        return index >= 0 ? index : throw new FormatException("a column of the statement is not known");
    }
}
