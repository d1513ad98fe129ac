using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A row image as a JSON object, columns in table order.</summary>
internal sealed class RowWriter
{
    private readonly ColumnValueWriter _values;

    // Where the members of the old row end in the output; member 0 starts at _beforeStart.
    private int[] _ends = [];
    private int _beforeStart;

    public RowWriter(ColumnValueWriter values) => _values = values;

    /// <summary>Writes the old row.</summary>
    public void WriteBefore(ref RecordOutput output, DebeziumTable table, in ChangeEvent change)
    {
        DebeziumColumn[] columns = table.Columns;
        if (_ends.Length < columns.Length)
        {
            _ends = new int[columns.Length];
        }

        output.Write((byte)'{');
        _beforeStart = output.Position;
        for (int i = 0; i < columns.Length; i++)
        {
            WriteMember(ref output, table, i, change.Images.Before, change.Row);
            _ends[i] = output.Position;
        }

        output.Write((byte)'}');
    }

    /// <summary>Writes the new row.</summary>
    public void WriteAfter(ref RecordOutput output, DebeziumTable table, in ChangeEvent change)
    {
        output.Write((byte)'{');
        for (int i = 0; i < table.Columns.Length; i++)
        {
            WriteMember(ref output, table, i, change.Images.After, change.Row);
        }

        output.Write((byte)'}');
    }

    /// <summary>Writes the new row right after its old one was written to the same buffer: members that did not change are copied, many at a time.</summary>
    public void WriteAfterBefore(ref RecordOutput output, DebeziumTable table, in ChangeEvent change)
    {
        DebeziumColumn[] columns = table.Columns;
        bool[] unchangedColumns = change.Images.Unchanged;
        output.Write((byte)'{');
        for (int i = 0; i < columns.Length;)
        {
            int unchanged = i;
            while (unchanged < columns.Length && unchangedColumns[columns[unchanged].Index])
            {
                unchanged++;
            }

            if (unchanged > i)
            {
                int start = i == 0 ? _beforeStart : _ends[i - 1];
                output.Repeat(new ByteRange(start, _ends[unchanged - 1] - start));
                i = unchanged;
            }
            else
            {
                WriteMember(ref output, table, i, change.Images.After, change.Row);
                i++;
            }
        }

        output.Write((byte)'}');
    }

    private void WriteMember(ref RecordOutput output, DebeziumTable table, int index, ByteRange[] image, ReadOnlySpan<byte> row)
    {
        DebeziumColumn column = table.Columns[index];
        output.Write(index == 0 ? column.Member : column.MemberAfterComma);
        if (!_values.TryWrite(ref output, column, image[column.Index], row))
        {
            ColumnValueWriter.ThrowUnmappable(table.Source, column);
        }
    }
}
