using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Serialization.Tables;

/// <summary>Columns of a table as its rows show them. Unchanging; the values of a row are in <see cref="RowImages"/>.</summary>
internal sealed class TableLayout
{
    private TableLayout(SourceTable table, ColumnLayout[] columns)
    {
        Table = table;
        Columns = columns;
        KeyColumns = [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].IsKey)];
    }

    public SourceTable Table { get; }

    public ColumnLayout[] Columns { get; }

    /// <summary>Indexes of the key columns in table order; empty for a table without PRIMARY KEY.</summary>
    public int[] KeyColumns { get; }

    /// <summary>What the envelope worked out once for all rows of this layout; its own kind of object.</summary>
    public object? Prepared { get; set; }

    /// <summary>Learns a layout from the first image of a row.</summary>
    /// <exception cref="IncompleteRowImageException">Columns are missing between others.</exception>
    public static TableLayout Learn(SourceTable table, in RowData row)
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

        return new TableLayout(table, [.. columns]);
    }

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
}
