using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Tables;

/// <summary>Columns of a table as its rows show them. Unchanging; the values of a row are in <see cref="RowImages"/>.</summary>
internal sealed class TableLayout
{
    private TableLayout(SourceTable table, ColumnLayout[] columns, TableDefinition? definition)
    {
        Table = table;
        Definition = definition is not null && Fits(definition, columns) ? definition : null;
        Columns = Definition is null ? columns : [.. columns.Select((column, i) => column.Named(Definition.Columns[i].Name))];
        KeyColumns = Definition is { } fitting
            ? [.. fitting.Key.Select(fitting.IndexOf)]
            : [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].IsKey)];
    }

    public SourceTable Table { get; }

    public ColumnLayout[] Columns { get; }

    /// <summary>The table's definition, its columns in the same order; null if it is unknown or does not fit these rows.</summary>
    public TableDefinition? Definition { get; }

    /// <summary>Indexes of the key columns: in the order of the key as defined, else those of the PRIMARY KEY in table order. Empty for a table without key.</summary>
    public int[] KeyColumns { get; }

    /// <summary>Names, types and keys of the columns as a text: equal for rows that look alike. Made anew at each call.</summary>
    public string Shape => string.Join('\n', Columns.Select(static column => $"{column.Name} {column.MysqlType}{(column.IsKey ? " key" : "")}"));

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
    public TableLayout With(TableDefinition? definition) => new(Table, Columns, definition);

    /// <summary>Whether every column of an image is one of this layout's; fewer are allowed.</summary>
    public bool Covers(RowData.ColumnEnumerable columns)
    {
        foreach (Column column in columns)
        {
            if ((uint)column.Index >= (uint)Columns.Length || !Columns[column.Index].Matches(column))
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
