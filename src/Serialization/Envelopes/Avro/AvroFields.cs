using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>Fields of an Avro record: nothing stands between them.</summary>
internal readonly struct AvroFields(AvroColumnWriter values) : IRowFields
{
    /// <inheritdoc />
    public void Begin(ref RecordOutput output)
    {
    }

    /// <inheritdoc />
    public void Write(ref RecordOutput output, DebeziumTable table, int index, ByteRange[] image, ReadOnlySpan<byte> row)
    {
        AvroColumn column = ((AvroTable)table).Fields[index];
        ByteRange value = image[column.Column.Index];
        int start = output.Position;
        if (!values.TryWrite(ref output, column, value, row))
        {
            values.WriteUnfit(ref output, table, column, value, row, start);
        }
    }

    /// <inheritdoc />
    public void End(ref RecordOutput output)
    {
    }
}
