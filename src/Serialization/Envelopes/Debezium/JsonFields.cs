using System.Runtime.CompilerServices;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Fields as members of a JSON object.</summary>
internal readonly struct JsonFields(ColumnValueWriter values) : IRowFields
{
    /// <inheritdoc />
    public void Begin(ref RecordOutput output) => output.Write((byte)'{');

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ref RecordOutput output, DebeziumTable table, int index, ByteRange[] image, ReadOnlySpan<byte> row)
    {
        DebeziumColumn column = table.Columns[index];
        output.Write(index == 0 ? column.Member : column.MemberAfterComma);
        int start = output.Position;
        ByteRange value = image[column.Index];
        if (!values.TryWrite(ref output, column, value, row))
        {
            values.WriteUnfit(ref output, table.Source, column, row.Slice(value.Start, value.Length), start);
        }
    }

    /// <inheritdoc />
    public void End(ref RecordOutput output) => output.Write((byte)'}');
}
