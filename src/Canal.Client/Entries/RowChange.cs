namespace Canal.Client.Entries;

/// <summary>All rows of one binlog rows event, or one statement without rows; read in place.</summary>
/// <remarks>Source: EntryProtocol.proto, RowChange. A DDL or statement has text in <see cref="Sql"/> and no rows.</remarks>
public readonly ref struct RowChange
{
    private readonly ReadOnlySpan<byte> _bytes;

    private RowChange(ReadOnlySpan<byte> bytes, CanalEventType eventType, bool isDdl, ReadOnlySpan<byte> sql, ReadOnlySpan<byte> ddlSchemaName)
    {
        _bytes = bytes;
        EventType = eventType;
        IsDdl = isDdl;
        Sql = sql;
        DdlSchemaName = ddlSchemaName;
    }

    /// <summary>Insert, update or delete for rows; the kind of DDL otherwise.</summary>
    public CanalEventType EventType { get; }

    /// <summary>True for DDL and for other statements that are no row change (GRANT, SAVEPOINT, CREATE DATABASE).</summary>
    public bool IsDdl { get; }

    /// <summary>Statement text, UTF-8; empty for rows.</summary>
    public ReadOnlySpan<byte> Sql { get; }

    /// <summary>The session's current database when a DDL ran; empty if none.</summary>
    public ReadOnlySpan<byte> DdlSchemaName { get; }

    /// <summary>The rows in binlog order.</summary>
    public RowEnumerable Rows => new(_bytes);

    /// <summary>Counts the rows, looking at none.</summary>
    public int CountRows()
    {
        int rows = 0;
        for (RowEnumerator all = Rows.GetEnumerator(); all.MoveNext();)
        {
            rows++;
        }

        return rows;
    }

    /// <summary>A property such as <c>XA_XID</c>; empty when it is not there.</summary>
    public ReadOnlySpan<byte> FindProperty(ReadOnlySpan<byte> key) => Pairs.Find(_bytes, 0x6a, key, "RowChange");

    /// <summary>Reads the fields around the rows.</summary>
    /// <exception cref="CanalProtocolException">The bytes are no RowChange.</exception>
    public static RowChange Parse(ReadOnlySpan<byte> bytes)
    {
        ulong eventType = 0;
        bool isDdl = false;
        ReadOnlySpan<byte> sql = default, ddlSchemaName = default;
        var reader = new ProtoReader(bytes, "RowChange");
        while (reader.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 0x10:
                    eventType = reader.ReadVarint();
                    break;
                case 0x50:
                    isDdl = reader.ReadVarint() != 0;
                    break;
                case 0x5a:
                    sql = reader.ReadBytes();
                    break;
                case 0x72:
                    ddlSchemaName = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new RowChange(bytes, (CanalEventType)(int)eventType, isDdl, sql, ddlSchemaName);
    }

    /// <summary>Rows for <c>foreach</c>.</summary>
    public readonly ref struct RowEnumerable
    {
        private readonly ReadOnlySpan<byte> _bytes;

        internal RowEnumerable(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        /// <summary>Starts before the first row.</summary>
        public RowEnumerator GetEnumerator() => new(_bytes);
    }

    /// <summary>Walks the rows without allocating.</summary>
    public ref struct RowEnumerator
    {
        private ProtoReader _reader;

        internal RowEnumerator(ReadOnlySpan<byte> bytes) => _reader = new ProtoReader(bytes, "RowChange");

        /// <summary>The row last moved to.</summary>
        public RowData Current { get; private set; }

        /// <summary>Moves to the next row.</summary>
        public bool MoveNext()
        {
            while (_reader.ReadTag() is var tag and not 0)
            {
                if (tag == 0x62)
                {
                    Current = new RowData(_reader.ReadBytes());
                    return true;
                }

                _reader.Skip(tag);
            }

            return false;
        }
    }
}
