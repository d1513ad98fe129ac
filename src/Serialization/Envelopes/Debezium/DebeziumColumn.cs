using System.Text;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column as Debezium's JSON writes it: what is the same in every row, encoded once.</summary>
internal sealed class DebeziumColumn
{
    /// <param name="layout">The column as its rows show it.</param>
    /// <param name="definition">The column as defined; null if unknown.</param>
    /// <param name="isKey">Whether it is part of the record key.</param>
    /// <param name="replacesNull">Whether a NULL is written as the column's default.</param>
    public DebeziumColumn(ColumnLayout layout, ColumnDefinition? definition, bool isKey, bool replacesNull)
    {
        Index = layout.Index;
        Name = layout.Name;
        MysqlType = layout.MysqlType;
        Type = layout.Type;
        Kind = definition is null ? Type.Kind : KindAsTyped(Type.Kind, definition);
        Labels = [.. Type.Labels.Select((label, i) => EscapeLabel(definition is null ? label : LabelAsTyped(label, i, definition)))];
        Member = [.. Quoted(Name), (byte)':'];
        MemberAfterComma = [(byte)',', .. Member];
        bool takesNull = definition?.IsNullable ?? !isKey;
        byte[]? byDefault = definition is null ? null : DefaultValues.Write(this, definition, takesNull);
        Null = replacesNull && byDefault is not null ? byDefault : "null"u8.ToArray();
        ZeroDate = takesNull && !isKey ? Null : byDefault ?? "0"u8.ToArray();
    }

    /// <summary>Zero-based place in the table, and in <see cref="RowImages"/>.</summary>
    public int Index { get; }

    public string Name { get; }

    /// <summary>Type text as Canal sent it.</summary>
    public string MysqlType { get; }

    public MySqlType Type { get; }

    /// <summary>How values are written: the kind of <see cref="Type"/>, or the one that was typed where Debezium tells them apart.</summary>
    public MySqlTypeKind Kind { get; }

    /// <summary>Labels of an ENUM or SET, escaped by Debezium's rule and for JSON, without quotes.</summary>
    public byte[][] Labels { get; }

    /// <summary><c>"name":</c>, escaped.</summary>
    public byte[] Member { get; }

    /// <summary><c>,"name":</c>, escaped.</summary>
    public byte[] MemberAfterComma { get; }

    /// <summary>What stands for NULL.</summary>
    public byte[] Null { get; }

    /// <summary>What stands for a zero date: NULL, or the default or epoch where the column does not take NULL. For DATE and DATETIME.</summary>
    public byte[] ZeroDate { get; }

    /// <summary>Debezium goes by the word of the statement, Canal by what the server prints.</summary>
    private static MySqlTypeKind KindAsTyped(MySqlTypeKind stored, ColumnDefinition definition)
    {
        string word = definition.Type.Split(' ', '(')[0];
        return stored switch
        {
            MySqlTypeKind.Integer when word.Equals("BOOL", StringComparison.OrdinalIgnoreCase) || word.Equals("BOOLEAN", StringComparison.OrdinalIgnoreCase) => MySqlTypeKind.Boolean,
            MySqlTypeKind.Double when word.Equals("REAL", StringComparison.OrdinalIgnoreCase) => MySqlTypeKind.Real,

            // Characters of the binary character set: Debezium reads each byte as one, which is how Canal sends them.
            MySqlTypeKind.Binary or MySqlTypeKind.Blob when MySqlType.Parse(definition.Type).Kind == MySqlTypeKind.Text => MySqlTypeKind.Text,
            _ => stored,
        };
    }

    /// <summary>Canal reads labels over a connection in utf8mb3, which turns characters beyond U+FFFF into question marks.</summary>
    private static string LabelAsTyped(string label, int index, ColumnDefinition definition)
    {
        string[] typed = MySqlType.Parse(definition.Type).Labels;
        return label.Contains('?', StringComparison.Ordinal) && index < typed.Length && InUtf8Mb3(typed[index]) == label ? typed[index] : label;
    }

    private static string InUtf8Mb3(string text) => string.Concat(text.EnumerateRunes().Select(static rune => rune.IsBmp ? rune.ToString() : "?"));

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
