using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Tables;

/// <summary>Where the values of one row stand in its bytes, before and after the change. Filled anew for each row; arrays may be longer than the table.</summary>
internal sealed class RowImages
{
    private const byte BeforeTag = 0x0a, AfterTag = 0x12;

    // Where the serialized columns of the old row stand.
    private ByteRange[] _beforeColumns = [];

    /// <summary>Values of the old row, in table order.</summary>
    public ByteRange[] Before { get; private set; } = [];

    /// <summary>Values of the new row, in table order.</summary>
    public ByteRange[] After { get; private set; } = [];

    /// <summary>Columns that stand in both images byte by byte the same.</summary>
    public bool[] Unchanged { get; private set; } = [];

    /// <summary>Columns found in the old row.</summary>
    public int BeforeCount { get; private set; }

    /// <summary>Columns found in the new row.</summary>
    public int AfterCount { get; private set; }

    /// <summary>Finds the values of a row.</summary>
    /// <param name="layout">Columns to expect.</param>
    /// <param name="row">The serialized RowData.</param>
    /// <returns>False at the first column that is another than the layout's; the row is then of another layout.</returns>
    public bool TryRead(TableLayout layout, ReadOnlySpan<byte> row)
    {
        ColumnLayout[] columns = layout.Columns;
        if (Before.Length < columns.Length)
        {
            Grow(columns.Length);
        }

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
                if (after == columns.Length || !TryReadAfter(columns, row, start, length, after, before))
                {
                    return false;
                }

                after++;
            }
            else if (tag == BeforeTag)
            {
                if (before == columns.Length || !columns[before].TryRead(row, start, length, out Before[before]))
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

    /// <summary>Whether none of these columns changed.</summary>
    /// <param name="columns">Indexes of columns.</param>
    public bool AreUnchanged(int[] columns)
    {
        foreach (int i in columns)
        {
            if (!Unchanged[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a column's value differs between the images.</summary>
    /// <param name="column">Index of the column.</param>
    /// <param name="row">The serialized row.</param>
    public bool IsChanged(int column, ReadOnlySpan<byte> row)
    {
        if (Unchanged[column])
        {
            return false;
        }

        // The same value may stand in other bytes: Canal marks columns as updated beside it.
        ByteRange before = Before[column], after = After[column];
        return before.IsNull || after.IsNull
            ? before.IsNull != after.IsNull
            : !row.Slice(before.Start, before.Length).SequenceEqual(row.Slice(after.Start, after.Length));
    }

    /// <summary>Most columns of an update did not change: one comparison with the old row then stands for reading them.</summary>
    private bool TryReadAfter(ColumnLayout[] columns, ReadOnlySpan<byte> row, int start, int length, int index, int before)
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
        return columns[index].TryRead(row, start, length, out After[index]);
    }

    private void Grow(int columns)
    {
        Before = new ByteRange[columns];
        After = new ByteRange[columns];
        Unchanged = new bool[columns];
        _beforeColumns = new ByteRange[columns];
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
