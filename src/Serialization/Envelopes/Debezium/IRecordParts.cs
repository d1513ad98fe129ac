using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>The parts of Debezium's records in one encoding.</summary>
internal interface IRecordParts
{
    /// <summary>The table of a layout, prepared once.</summary>
    DebeziumTable TableOf(TableLayout layout);

    /// <summary>Writes the key of a row.</summary>
    /// <returns>Where it stands; <see cref="ByteRange.Null"/> for a table without key.</returns>
    ByteRange WriteKey(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row);

    /// <summary>Writes the key of a row as a header has it.</summary>
    ByteRange WriteKeyForHeader(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row);

    /// <summary>Writes the value of a record.</summary>
    ByteRange WriteValue(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation);
}
