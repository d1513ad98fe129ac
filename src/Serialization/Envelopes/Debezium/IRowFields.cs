using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>How the fields of a row image are encoded.</summary>
internal interface IRowFields
{
    /// <summary>Before the first field.</summary>
    void Begin(ref RecordOutput output);

    /// <summary>Writes a field.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="table">The row's table.</param>
    /// <param name="index">Index of the field in the record.</param>
    /// <param name="image">Values of the row.</param>
    /// <param name="row">The serialized row.</param>
    /// <exception cref="UnmappableValueException">The value does not fit the column's type.</exception>
    void Write(ref RecordOutput output, DebeziumTable table, int index, ByteRange[] image, ReadOnlySpan<byte> row);

    /// <summary>Behind the last field.</summary>
    void End(ref RecordOutput output);
}
