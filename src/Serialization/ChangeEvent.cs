using Canal.Client.Entries;
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
    private readonly TableLayout? _layout;
    private readonly RowImages? _images;

    public ChangeEvent(Operation operation, TableLayout layout, RowImages images, in RowData row, int rowIndex)
    {
        Operation = operation;
        _layout = layout;
        _images = images;
        Data = row;
        RowIndex = rowIndex;
    }

    /// <summary>A row for an envelope that reads rows itself (<see cref="Envelopes.IEnvelopeWriter.ReadsRows"/>).</summary>
    public ChangeEvent(Operation operation, in RowData row, int rowIndex)
    {
        Operation = operation;
        Data = row;
        RowIndex = rowIndex;
    }

    public Operation Operation { get; }

    public TableLayout Layout => _layout ?? throw new InvalidOperationException("The envelope reads rows itself.");

    /// <summary>Where the values stand in <see cref="Row"/>; valid until the next row is read.</summary>
    public RowImages Images => _images ?? throw new InvalidOperationException("The envelope reads rows itself.");

    /// <summary>The row as Canal sent it.</summary>
    public RowData Data { get; }

    /// <summary>The serialized RowData.</summary>
    public ReadOnlySpan<byte> Row => Data.Bytes;

    /// <summary>Index of the row within its entry.</summary>
    public int RowIndex { get; }
}
