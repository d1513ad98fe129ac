using System.Text;
using CanalBridge.Serialization.Envelopes.Debezium;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>A column as Avro writes it: what is the same in every row, encoded once.</summary>
internal sealed class AvroColumn
{
    // Zigzag of a union's branches.
    private const byte First = 0, Second = 2;

    public AvroColumn(DebeziumColumn column)
    {
        Column = column;
        DebeziumType type = column.DebeziumType;

        // A geometry's schema is always optional.
        IsOptional = column.TakesNull || type.Form == DebeziumForm.Geometry;

        // A union's default is of its first branch.
        Branch = column.Default is null ? Second : First;
        Null = Field(column.Null) ?? (IsOptional ? null : Field(column.Default));
        ZeroDate = Field(column.ZeroDate);
        Labels = [.. column.Labels.Select(static label => AvroDefaults.ToBinary("string", [(byte)'"', .. label, (byte)'"']))];
    }

    public DebeziumColumn Column { get; }

    /// <summary>Whether the field is a union with null.</summary>
    public bool IsOptional { get; }

    /// <summary>What stands before a value if <see cref="IsOptional"/>.</summary>
    public byte Branch { get; }

    /// <summary>The field that stands for NULL: null, or the default; null if neither can.</summary>
    public byte[]? Null { get; }

    /// <summary>The field that stands for a zero date; null if there is none.</summary>
    public byte[]? ZeroDate { get; }

    /// <summary>Values of an ENUM, in order.</summary>
    public byte[][] Labels { get; }

    /// <summary>A whole field of a value in JSON.</summary>
    private byte[]? Field(byte[]? json)
    {
        if (json is null || Ascii.Equals(json, "null"))
        {
            return IsOptional ? [Branch == First ? Second : First] : null;
        }

        byte[] value = AvroDefaults.ToBinary(Column.DebeziumType.Connect, json);
        return IsOptional ? [Branch, .. value] : value;
    }
}
