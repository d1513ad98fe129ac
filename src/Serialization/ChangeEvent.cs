using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization;

/// <summary>What the source did to a row.</summary>
internal enum Operation
{
    Create,
    Update,
    Delete,
}

/// <summary>One change of one row, its values found and not yet written.</summary>
internal readonly ref struct ChangeEvent
{
    public ChangeEvent(Operation operation, TableLayout layout, RowImages images, ReadOnlySpan<byte> row, int rowIndex)
    {
        Operation = operation;
        Layout = layout;
        Images = images;
        Row = row;
        RowIndex = rowIndex;
    }

    public Operation Operation { get; }

    public TableLayout Layout { get; }

    /// <summary>Where the values stand in <see cref="Row"/>; valid until the next row is read.</summary>
    public RowImages Images { get; }

    /// <summary>The serialized RowData.</summary>
    public ReadOnlySpan<byte> Row { get; }

    /// <summary>Index of the row within its entry.</summary>
    public int RowIndex { get; }
}
