using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Tables;

/// <summary>Columns of a table as its rows show them. Unchanging; the values of a row are in <see cref="RowImages"/>.</summary>
internal sealed class TableLayout
{
    /// <summary>What the columns of a sequence's only row are called.</summary>
    private static readonly string[] OfSequences =
        ["next_not_cached_value", "minimum_value", "maximum_value", "start_value", "increment", "cache_size", "cycle_option", "cycle_count"];

    // As the rows show them, whatever the definition says.
    private readonly ColumnLayout[] _shown;

    private TableLayout(SourceTable table, ColumnLayout[] shown, TableDefinition? definition)
    {
        Table = table;
        _shown = shown;
        Definition = definition is not null && Fits(definition, shown) ? definition : null;
        IsContradicted = Definition is null && definition is { IsFromSource: false } && !HaveNamesOf(definition, shown);
        Columns = Definition is null ? shown : [.. shown.Select((column, i) => column.Named(Definition.Columns[i].Name))];
        KeyColumns = Definition is { } fitting
            ? [.. fitting.Key.Select(fitting.IndexOf)]
            : [.. Enumerable.Range(0, shown.Length).Where(i => shown[i].IsKey)];
        IsSequence = shown.Select(static column => column.Name).SequenceEqual(OfSequences, StringComparer.OrdinalIgnoreCase);
    }

    private TableLayout(SourceTable table, ColumnLayout[] shown, ColumnLayout[] columns, TableDefinition definition)
    {
        Table = table;
        _shown = shown;
        Columns = columns;
        Definition = definition;
        KeyColumns = [.. definition.Key.Select(definition.IndexOf)];
        IsPutRight = true;
    }

    public SourceTable Table { get; }

    public ColumnLayout[] Columns { get; }

    /// <summary>The table's definition, its columns in the same order; null if it is unknown or does not fit these rows.</summary>
    public TableDefinition? Definition { get; }

    /// <summary>Indexes of the key columns: in the order of the key as defined, else those of the PRIMARY KEY in table order. Empty for a table without key.</summary>
    public int[] KeyColumns { get; }

    /// <summary>The rows have other names than the statements gave the table at this point of the stream: one of the two is of another point.</summary>
    public bool IsContradicted { get; }

    /// <summary>Names and types are those of the statements, not those that Canal put on the rows.</summary>
    public bool IsPutRight { get; }

    /// <summary>The state of a MariaDB sequence: its rows are no rows of a table.</summary>
    public bool IsSequence { get; }

    /// <summary>Names, types and keys of the columns as a text: equal for rows that look alike. Made anew at each call.</summary>
    public string Shape => string.Join('\n', _shown.Select(static column => $"{column.Name} {column.MysqlType}{(column.IsKey ? " key" : "")}"));

    /// <summary>What the envelope worked out once for all rows of this layout; its own kind of object.</summary>
    public object? Prepared { get; set; }

    /// <summary>Learns a layout from the first image of a row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="definition">What is known of it.</param>
    /// <param name="row">The row.</param>
    /// <exception cref="IncompleteRowImageException">Columns are missing between others.</exception>
    public static TableLayout Learn(SourceTable table, TableDefinition? definition, in RowData row)
    {
        var columns = new List<ColumnLayout>();
        foreach (Column column in row.BeforeColumns)
        {
            columns.Add(new ColumnLayout(column));
        }

        if (columns.Count == 0)
        {
            foreach (Column column in row.AfterColumns)
            {
                columns.Add(new ColumnLayout(column));
            }
        }

        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Index != i)
            {
                throw new IncompleteRowImageException(table.ToString(), $"the column of index {i} is missing");
            }
        }

        if (columns.Count == 0)
        {
            throw new CanalProtocolException($"Malformed RowData of {table}: expected columns, got none.");
        }

        return new TableLayout(table, [.. columns], definition);
    }

    /// <summary>The layout that rows should have by a definition.</summary>
    public static TableLayout Promised(SourceTable table, TableDefinition definition) =>
        new(table, [.. definition.Columns.Select((column, i) => new ColumnLayout(i, column.Name, definition.KeyIsPrimary && definition.Key.Contains(column.Name), column.Type))], definition);

    /// <summary>The same columns under another definition.</summary>
    public TableLayout With(TableDefinition? definition) => new(Table, _shown, definition);

    /// <summary>Names as the rows show them.</summary>
    public IEnumerable<string> ShownNames => _shown.Select(static column => column.Name);

    /// <summary>The layout under the names and types of a definition: values stand in table order, whatever Canal calls them.</summary>
    /// <param name="definition">That of this point of the stream.</param>
    /// <param name="row">A row of the layout.</param>
    /// <returns>Null where it is none of this point for certain: the binlog's types are others.</returns>
    public TableLayout? PutRight(TableDefinition definition, in RowData row)
    {
        var columns = new ColumnLayout[_shown.Length];
        foreach (Column column in ImageOf(row))
        {
            ColumnDefinition told = definition.Columns[column.Index];
            if (!BinlogTypes.Agree(MySqlType.Parse(told.Type), column))
            {
                return null;
            }

            columns[column.Index] = _shown[column.Index].As(told, BinlogTypes.ComesAsBytes(column));
        }

        return new TableLayout(Table, _shown, columns, definition);
    }

    /// <summary>Whether the types that a row's labels tell may be those of the binlog.</summary>
    public bool AgreesWithBinlog(in RowData row)
    {
        foreach (Column column in ImageOf(row))
        {
            if (!BinlogTypes.Agree(_shown[column.Index].Type, column))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An image of the row that is there.</summary>
    private static RowData.ColumnEnumerable ImageOf(in RowData row)
    {
        foreach (Column _ in row.BeforeColumns)
        {
            return row.BeforeColumns;
        }

        return row.AfterColumns;
    }

    private static bool HaveNamesOf(TableDefinition definition, ColumnLayout[] columns) =>
        definition.Columns.Select(static column => column.Name).SequenceEqual(columns.Select(static column => column.Name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether every column of an image is one of this layout's; fewer are allowed.</summary>
    public bool Covers(RowData.ColumnEnumerable columns)
    {
        foreach (Column column in columns)
        {
            if ((uint)column.Index >= (uint)_shown.Length || !_shown[column.Index].Matches(column))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Canal tells columns, types and primary key of each row: a definition that says otherwise is another than the rows', as when
    /// Canal lags behind a statement or a statement was missed.
    /// </summary>
    private static bool Fits(TableDefinition definition, ColumnLayout[] columns)
    {
        if (definition.Columns.Count != columns.Length)
        {
            return false;
        }

        for (int i = 0; i < columns.Length; i++)
        {
            ColumnDefinition column = definition.Columns[i];
            bool isPrimary = definition.KeyIsPrimary && definition.Key.Contains(column.Name);

            // Canal goes on marking no key after an ALTER TABLE that adds one.
            if (!column.Is(columns[i].Name) || (columns[i].IsKey && !isPrimary) || !MySqlType.Parse(column.Type).IsStoredAs(columns[i].Type))
            {
                return false;
            }
        }

        return true;
    }
}
