using System.Runtime.CompilerServices;
using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.Tables;

/// <summary>What is the same in every row of a column: where it stands, its type, and its encoded fields.</summary>
internal sealed class ColumnLayout
{
    private const byte IndexTag = 0x08, SqlTypeTag = 0x10, NameTag = 0x1a, IsKeyTag = 0x20, UpdatedTag = 0x28, IsNullTag = 0x30, ValueTag = 0x42, MysqlTypeTag = 0x52;

    // The fields around the value, as Canal's Java writes them: ascending field numbers, all of them present.
    private readonly byte[] _head;
    private readonly byte[] _middle;
    private readonly byte[] _tail;

    private readonly byte[] _name;
    private readonly byte[] _mysqlType;

    public ColumnLayout(in Column column)
        : this(column.Index, column.Name.ToArray(), column.IsKey, column.MysqlType.ToArray())
    {
    }

    /// <param name="index">Zero-based place in the table.</param>
    /// <param name="name">Name as the server knows it.</param>
    /// <param name="isKey">Whether it is part of the primary key.</param>
    /// <param name="mysqlType">Type text.</param>
    public ColumnLayout(int index, string name, bool isKey, string mysqlType)
        : this(index, Encoding.UTF8.GetBytes(name), isKey, Encoding.UTF8.GetBytes(mysqlType))
    {
    }

    private ColumnLayout(int index, byte[] name, bool isKey, byte[] mysqlType)
    {
        Index = index;
        IsKey = isKey;
        _name = name;
        _mysqlType = mysqlType;
        _head = [IndexTag, .. Varint(Index), SqlTypeTag];
        _middle = [NameTag, .. Varint(_name.Length), .. _name, IsKeyTag, IsKey ? (byte)1 : (byte)0, UpdatedTag];
        _tail = [MysqlTypeTag, .. Varint(_mysqlType.Length), .. _mysqlType];
        Type = MySqlType.Parse(_mysqlType);

        MysqlType = Encoding.UTF8.GetString(_mysqlType);

        // Canal leaves a back-tick doubled, as SHOW CREATE TABLE prints it.
        Name = Encoding.UTF8.GetString(_name).Replace("``", "`", StringComparison.Ordinal);
    }

    private ColumnLayout(ColumnLayout shown, string name, string mysqlType, MySqlType type)
    {
        Index = shown.Index;
        IsKey = shown.IsKey;
        Type = type;
        Name = name;
        MysqlType = mysqlType;
        (_name, _mysqlType, _head, _middle, _tail) = (shown._name, shown._mysqlType, shown._head, shown._middle, shown._tail);
    }

    /// <summary>Zero-based place in the table.</summary>
    public int Index { get; }

    public bool IsKey { get; }

    public MySqlType Type { get; }

    /// <summary>The name as the server knows it.</summary>
    public string Name { get; }

    /// <summary>Type text as Canal sent it, or of the definition that is right where Canal's is not.</summary>
    public string MysqlType { get; }

    /// <summary>The same column under the name of its definition: Canal's table history changes the case of letters.</summary>
    public ColumnLayout Named(string name) => name == Name ? this : new ColumnLayout(this, name, MysqlType, Type);

    /// <summary>The same place in the row, with the name and the type of its definition where Canal has put another label on it.</summary>
    /// <param name="definition">The column as defined at that point of the stream.</param>
    /// <param name="comesAsBytes">A text of it is sent as those of a BLOB.</param>
    public ColumnLayout As(ColumnDefinition definition, bool comesAsBytes)
    {
        var type = MySqlType.Parse(definition.Type);
        return new ColumnLayout(this, definition.Name, definition.Type, comesAsBytes && type.Kind == MySqlTypeKind.Text ? type.AsBytes() : type);
    }

    /// <summary>Labels of an ENUM or SET. Canal reads them over a connection in utf8mb3, which turns characters beyond U+FFFF into question marks; the statement has them.</summary>
    /// <param name="definition">The column as defined; null if unknown.</param>
    public string[] LabelsAsTyped(ColumnDefinition? definition)
    {
        string[] typed = definition is null ? [] : MySqlType.Parse(definition.Type).Labels;
        return [.. Type.Labels.Select((label, i) => label.Contains('?', StringComparison.Ordinal) && i < typed.Length && InUtf8Mb3(typed[i]) == label ? typed[i] : label)];
    }

    /// <summary>Reads a serialized Column if it is of this layout.</summary>
    /// <param name="bytes">The row.</param>
    /// <param name="start">Where the column starts in the row.</param>
    /// <param name="length">Length of the column.</param>
    /// <param name="value">Where the value stands in the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ReadOnlySpan<byte> bytes, int start, int length, out ByteRange value)
    {
        ReadOnlySpan<byte> column = bytes.Slice(start, length);
        int fixedLength = _head.Length + _middle.Length + _tail.Length + 4;
        if (length >= fixedLength && column.StartsWith(_head) && column.EndsWith(_tail))
        {
            int i = _head.Length;
            while (column[i++] >= 0x80 && i <= _head.Length + length - fixedLength)
            {
            }

            column = column[i..];
            if (column.StartsWith(_middle))
            {
                i += _middle.Length;
                column = column[_middle.Length..];
                int end = column.Length - _tail.Length;
                if (column[1] == IsNullTag && column[2] == 1 && end == 3)
                {
                    value = ByteRange.Null;
                    return true;
                }

                if (end > 4 && column[1] == IsNullTag && column[2] == 0 && column[3] == ValueTag)
                {
                    int valueStart = 5;
                    int valueLength = column[4];
                    for (int shift = 7; column[valueStart - 1] >= 0x80 && valueStart < end && shift < 32; shift += 7)
                    {
                        valueLength = (valueLength & ((1 << shift) - 1)) | (column[valueStart++] << shift);
                    }

                    if (valueStart + valueLength == end)
                    {
                        value = new ByteRange(start + i + valueStart, valueLength);
                        return true;
                    }
                }
            }
        }

        return TryReadAnyForm(bytes, start, length, out value);
    }

    /// <summary>Other orders of fields, or fields left out: read by number.</summary>
    private bool TryReadAnyForm(ReadOnlySpan<byte> bytes, int start, int length, out ByteRange value)
    {
        var column = Column.Parse(bytes.Slice(start, length));
        value = ByteRange.Null;
        if (!Matches(column))
        {
            return false;
        }

        if (!column.IsNull)
        {
            value = bytes.Overlaps(column.Value, out int offset) ? new ByteRange(offset, column.Value.Length) : new ByteRange(start, 0);
        }

        return true;
    }

    public bool Matches(in Column column) =>
        column.Index == Index && column.IsKey == IsKey && column.Name.SequenceEqual(_name) && column.MysqlType.SequenceEqual(_mysqlType);

    private static string InUtf8Mb3(string text) => string.Concat(text.EnumerateRunes().Select(static rune => rune.IsBmp ? rune.ToString() : "?"));

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes.Add((byte)(rest | 0x80));
        }

        bytes.Add((byte)rest);
        return [.. bytes];
    }
}
