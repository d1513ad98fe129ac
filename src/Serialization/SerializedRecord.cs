namespace CanalBridge.Serialization;

/// <summary>One record as it will stand in Kafka; spans into a <see cref="RecordBuffer"/>.</summary>
public readonly ref struct SerializedRecord
{
    internal SerializedRecord(
        SourceTable table, int row, KeyChange keyChange, ReadOnlySpan<byte> key, bool keyIsNull, ReadOnlySpan<byte> value, bool valueIsNull, ReadOnlySpan<byte> otherKey)
    {
        Table = table;
        Row = row;
        KeyChange = keyChange;
        Key = key;
        KeyIsNull = keyIsNull;
        Value = value;
        ValueIsNull = valueIsNull;
        OtherKey = otherKey;
    }

    /// <summary>Table the row belongs to; the same object for every row of it.</summary>
    public SourceTable Table { get; }

    /// <summary>Index of the row within its entry.</summary>
    public int Row { get; }

    /// <summary>Which half of a key change this is.</summary>
    public KeyChange KeyChange { get; }

    /// <summary>Record key bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The table has no key: Kafka null.</summary>
    public bool KeyIsNull { get; }

    /// <summary>Record value bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>A tombstone: Kafka null.</summary>
    public bool ValueIsNull { get; }

    /// <summary>Header value of a key change (the other key as text); empty otherwise.</summary>
    public ReadOnlySpan<byte> OtherKey { get; }
}
