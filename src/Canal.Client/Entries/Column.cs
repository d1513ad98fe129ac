namespace Canal.Client.Entries;

/// <summary>One value of a row image, read in place.</summary>
/// <remarks>
/// The value is always text in UTF-8; binary columns hold one ISO-8859-1 character per byte. Derive the type from
/// <see cref="MysqlType"/>: <see cref="SqlType"/> changes with the value. Source: EntryProtocol.proto, Column.
/// </remarks>
public readonly ref struct Column
{
    private Column(Fields fields)
    {
        Index = fields.Index;
        SqlType = fields.SqlType;
        Name = fields.Name;
        IsKey = fields.IsKey;
        Updated = fields.Updated;
        IsNull = fields.IsNull;
        Value = fields.Value;
        MysqlType = fields.MysqlType;
    }

    /// <summary>Zero-based place in the table; gaps where columns are missing.</summary>
    public int Index { get; }

    /// <summary>A <c>java.sql.Types</c> number; depends on the value.</summary>
    public int SqlType { get; }

    /// <summary>Column name.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Whether the column is in the PRIMARY KEY.</summary>
    public bool IsKey { get; }

    /// <summary>Whether an update changed it; true on every column of an insert.</summary>
    public bool Updated { get; }

    /// <summary>SQL NULL; <see cref="Value"/> is then empty.</summary>
    public bool IsNull { get; }

    /// <summary>The value as text.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Type text of the table definition, such as <c>int(10) unsigned</c> or <c>enum('a','b')</c>.</summary>
    public ReadOnlySpan<byte> MysqlType { get; }

    /// <summary>Reads a column.</summary>
    /// <exception cref="CanalProtocolException">The bytes are no Column.</exception>
    public static Column Parse(ReadOnlySpan<byte> bytes)
    {
        Fields fields = default;
        var reader = new ProtoReader(bytes, "Column");
        while (reader.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 0x08:
                    fields.Index = (int)reader.ReadVarint();
                    break;
                case 0x10:
                    fields.SqlType = (int)reader.ReadVarint();
                    break;
                case 0x1a:
                    fields.Name = reader.ReadBytes();
                    break;
                case 0x20:
                    fields.IsKey = reader.ReadVarint() != 0;
                    break;
                case 0x28:
                    fields.Updated = reader.ReadVarint() != 0;
                    break;
                case 0x30:
                    fields.IsNull = reader.ReadVarint() != 0;
                    break;
                case 0x42:
                    fields.Value = reader.ReadBytes();
                    break;
                case 0x52:
                    fields.MysqlType = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new Column(fields);
    }

    private ref struct Fields
    {
        public ReadOnlySpan<byte> Name, Value, MysqlType;
        public int Index, SqlType;
        public bool IsKey, Updated, IsNull;
    }
}
