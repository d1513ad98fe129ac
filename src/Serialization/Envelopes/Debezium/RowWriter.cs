using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A row image, columns in table order.</summary>
/// <typeparam name="TFields">How a field is encoded. A struct: its calls cost nothing.</typeparam>
internal sealed class RowWriter<TFields>
    where TFields : struct, IRowFields
{
    private readonly TFields _fields;

    // Where the members of the old row end in the output; member 0 starts at _beforeStart.
    private int[] _ends = [];
    private int _beforeStart;

    public RowWriter(TFields fields) => _fields = fields;

    /// <summary>Writes the old row.</summary>
    public void WriteBefore(ref RecordOutput output, DebeziumTable table, in ChangeEvent change)
    {
        DebeziumColumn[] columns = table.Columns;
        if (_ends.Length < columns.Length)
        {
            _ends = new int[columns.Length];
        }

        ByteRange[] image = change.Images.Before;
        ReadOnlySpan<byte> row = change.Row;
        _fields.Begin(ref output);
        _beforeStart = output.Position;
        for (int i = 0; i < columns.Length; i++)
        {
            _fields.Write(ref output, table, i, image, row);
            _ends[i] = output.Position;
        }

        _fields.End(ref output);
    }

    /// <summary>Writes the new row.</summary>
    public void WriteAfter(ref RecordOutput output, DebeziumTable table, in ChangeEvent change)
    {
        ByteRange[] image = change.Images.After;
        ReadOnlySpan<byte> row = change.Row;
        _fields.Begin(ref output);
        for (int i = 0; i < table.Columns.Length; i++)
        {
            _fields.Write(ref output, table, i, image, row);
        }

        _fields.End(ref output);
    }

    /// <summary>Writes the new row right after its old one was written to the same buffer: members that did not change are copied, many at a time.</summary>
    public void WriteAfterBefore(ref RecordOutput output, DebeziumTable table, in ChangeEvent change)
    {
        DebeziumColumn[] columns = table.Columns;
        RowImages images = change.Images;
        bool[] unchangedColumns = images.Unchanged;
        ByteRange[] image = images.After;
        ReadOnlySpan<byte> row = change.Row;
        _fields.Begin(ref output);
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
                _fields.Write(ref output, table, i, image, row);
                i++;
            }
        }

        _fields.End(ref output);
    }
}
