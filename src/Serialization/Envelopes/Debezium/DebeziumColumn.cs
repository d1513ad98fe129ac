using System.Text;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column as Debezium's JSON writes it: what is the same in every row, encoded once.</summary>
internal sealed class DebeziumColumn
{
    public DebeziumColumn(ColumnLayout layout)
    {
        Index = layout.Index;
        Name = layout.Name;
        MysqlType = layout.MysqlType;
        IsKey = layout.IsKey;
        Type = layout.Type;
        Kind = Type.Kind;
        Labels = [.. Type.Labels.Select(EscapeLabel)];
        Member = [.. Quoted(Name), (byte)':'];
        MemberAfterComma = [(byte)',', .. Member];
    }

    /// <summary>Zero-based place in the table, and in <see cref="RowImages"/>.</summary>
    public int Index { get; }

    public string Name { get; }

    /// <summary>Type text as Canal sent it.</summary>
    public string MysqlType { get; }

    public bool IsKey { get; }

    public MySqlType Type { get; }

    /// <summary>The kind of <see cref="Type"/>, one step nearer.</summary>
    public MySqlTypeKind Kind { get; }

    /// <summary>Labels of an ENUM or SET, escaped by Debezium's rule and for JSON, without quotes.</summary>
    public byte[][] Labels { get; }

    /// <summary><c>"name":</c>, escaped.</summary>
    public byte[] Member { get; }

    /// <summary><c>,"name":</c>, escaped.</summary>
    public byte[] MemberAfterComma { get; }

    /// <summary>Debezium escapes comma and backslash in a label, in ENUM as well as SET.</summary>
    private static byte[] EscapeLabel(string label) =>
        Quoted(label.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal))[1..^1];

    private static byte[] Quoted(string text)
    {
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        JsonText.WriteQuoted(ref output, Encoding.UTF8.GetBytes(text));
        output.Flush();
        return buffer.Slice(new ByteRange(0, buffer.LengthBytes)).ToArray();
    }
}
