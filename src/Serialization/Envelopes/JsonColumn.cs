using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>A column as an envelope of plain JSON writes it: what is the same in every row, encoded once.</summary>
internal class JsonColumn
{
    /// <param name="layout">The column as its rows show it.</param>
    /// <param name="quotedName">Its name as a JSON string.</param>
    public JsonColumn(ColumnLayout layout, byte[] quotedName)
    {
        Index = layout.Index;
        Name = layout.Name;
        MysqlType = layout.MysqlType;
        Type = layout.Type;
        Member = [.. quotedName, (byte)':'];
        MemberAfterComma = [(byte)',', .. Member];
    }

    /// <summary>Zero-based place in the table, and in <see cref="RowImages"/>.</summary>
    public int Index { get; }

    public string Name { get; }

    /// <summary>Type text as Canal sent it.</summary>
    public string MysqlType { get; }

    public MySqlType Type { get; }

    /// <summary><c>"name":</c>, escaped.</summary>
    public byte[] Member { get; }

    /// <summary><c>,"name":</c>, escaped.</summary>
    public byte[] MemberAfterComma { get; }
}
