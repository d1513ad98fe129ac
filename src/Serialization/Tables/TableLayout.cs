using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Tables;

/// <summary>Columns of a table as its rows show them, and where the values of the row last read stand.</summary>
internal sealed class TableLayout
{
    private const byte BeforeTag = 0x0a, AfterTag = 0x12;

    // Where the serialized columns of the old row stand.
    private readonly ByteRange[] _beforeColumns;

    private TableLayout(SourceTable table, ColumnLayout[] columns)
    {
        Table = table;
        Columns = columns;
        KeyColumns = [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].IsKey)];
        Before = new ByteRange[columns.Length];
        Unchanged = new bool[columns.Length];
        _beforeColumns = new ByteRange[columns.Length];
        After = new ByteRange[columns.Length];
    }

    public SourceTable Table { get; }

    public ColumnLayout[] Columns { get; }

    /// <summary>Indexes of the key columns in table order; empty for a table without PRIMARY KEY.</summary>
    public int[] KeyColumns { get; }

    /// <summary>What the envelope worked out once for all rows of this layout; its own kind of object.</summary>
    public object? Prepared { get; set; }

    /// <summary>Values of the old row.</summary>
    public ByteRange[] Before { get; }

    /// <summary>Values of the new row.</summary>
    public ByteRange[] After { get; }

    /// <summary>Columns that stand in both images byte by byte the same.</summary>
    public bool[] Unchanged { get; }

    /// <summary>Columns found in the old row.</summary>
    public int BeforeCount { get; private set; }

    /// <summary>Columns found in the new row.</summary>
    public int AfterCount { get; private set; }

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

    /// <summary>Finds the values of a row.</summary>
    /// <returns>False at the first column that is another than this layout's; the row is then of another layout.</returns>
    public bool TryRead(ReadOnlySpan<byte> row)
    {
        int before = 0, after = 0;
        for (int i = 0; i < row.Length;)
        {
            byte tag = row[i++];
            int start = i;
            int length = ReadLength(row, ref start);
            if (length < 0)
            {
                return false;
            }

            if (tag == AfterTag)
            {
                if (after == Columns.Length || !TryReadAfter(row, start, length, after, before))
                {
                    return false;
                }

                after++;
            }
            else if (tag == BeforeTag)
            {
                if (before == Columns.Length || !Columns[before].TryRead(row, start, length, out Before[before]))
                {
                    return false;
                }

                _beforeColumns[before++] = new ByteRange(start, length);
            }

            i = start + length;
        }

        BeforeCount = before;
        AfterCount = after;
        return true;
    }

    /// <summary>Whether the row last read left the key columns as they were, byte by byte.</summary>
    public bool IsKeyUnchanged
    {
        get
        {
            foreach (int i in KeyColumns)
            {
                if (!Unchanged[i])
                {
                    return false;
                }
            }

            return true;
        }
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

    /// <summary>Most columns of an update did not change: one comparison with the old row then stands for reading them.</summary>
    private bool TryReadAfter(ReadOnlySpan<byte> row, int start, int length, int index, int before)
    {
        if (index < before)
        {
            ByteRange old = _beforeColumns[index];
            if (old.Length == length && row.Slice(old.Start, length).SequenceEqual(row.Slice(start, length)))
            {
                ByteRange value = Before[index];
                After[index] = value.IsNull ? value : new ByteRange(value.Start - old.Start + start, value.Length);
                return Unchanged[index] = true;
            }
        }

        Unchanged[index] = false;
        return Columns[index].TryRead(row, start, length, out After[index]);
    }

    /// <summary>Length of a field with a length; negative if it does not fit or has none.</summary>
    private static int ReadLength(ReadOnlySpan<byte> row, ref int position)
    {
        int length = 0;
        for (int shift = 0; shift < 28 && position < row.Length; shift += 7)
        {
            byte b = row[position++];
            length |= (b & 0x7f) << shift;
            if (b < 0x80)
            {
                return length <= row.Length - position ? length : -1;
            }
        }

        return -1;
    }
}
