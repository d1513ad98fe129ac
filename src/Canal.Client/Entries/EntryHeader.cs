namespace Canal.Client.Entries;

/// <summary>Where and when an entry happened. Text is UTF-8, read in place; empty when the wire leaves it out.</summary>
/// <remarks>Source: EntryProtocol.proto, Header.</remarks>
public readonly ref struct EntryHeader
{
    private readonly ReadOnlySpan<byte> _bytes;

    private EntryHeader(ReadOnlySpan<byte> bytes, Fields fields)
    {
        _bytes = bytes;
        LogfileName = fields.LogfileName;
        LogfileOffset = fields.LogfileOffset;
        ServerId = fields.ServerId;
        ExecuteTimeMilliseconds = fields.ExecuteTime;
        SchemaName = fields.SchemaName;
        TableName = fields.TableName;
        EventLength = fields.EventLength;
        EventType = fields.EventType;
        Gtid = fields.Gtid;
    }

    /// <summary>Binlog file, such as <c>mysql-bin.000123</c>.</summary>
    public ReadOnlySpan<byte> LogfileName { get; }

    /// <summary>Start offset of the event in the file, bytes.</summary>
    public long LogfileOffset { get; }

    /// <summary>Id of the server that wrote the event, kept through replicas.</summary>
    public long ServerId { get; }

    /// <summary>Event time since the Unix epoch: whole seconds, times 1000.</summary>
    public long ExecuteTimeMilliseconds { get; }

    /// <summary>Database; empty on transaction boundaries.</summary>
    public ReadOnlySpan<byte> SchemaName { get; }

    /// <summary>Table; empty on transaction boundaries and some statements.</summary>
    public ReadOnlySpan<byte> TableName { get; }

    /// <summary>Length of the binlog event, bytes.</summary>
    public long EventLength { get; }

    /// <summary>Kind of event; meaningful on row data only.</summary>
    public CanalEventType EventType { get; }

    /// <summary>In Canal's GTID mode: the executed set (MySQL) or the transaction's id (MariaDB); otherwise empty.</summary>
    public ReadOnlySpan<byte> Gtid { get; }

    /// <summary>Id of the entry's own transaction in Canal's GTID mode, where Canal tells it; otherwise empty.</summary>
    /// <remarks>MySQL's is a property of its own beside the executed set, MariaDB's is <see cref="Gtid"/> itself. Outside GTID mode nothing is searched for.</remarks>
    public ReadOnlySpan<byte> TransactionGtid
    {
        get
        {
            ReadOnlySpan<byte> own = Gtid.IsEmpty ? default : FindProperty("curtGtid"u8);
            return own.IsEmpty ? Gtid : own;
        }
    }

    /// <summary>Start of the event; makes a string.</summary>
    public BinlogPosition Position => new(System.Text.Encoding.UTF8.GetString(LogfileName), LogfileOffset);

    /// <summary>A property such as <c>curtGtid</c>, <c>rowsCount</c> or <c>XA_XID</c>; empty when it is not there.</summary>
    public ReadOnlySpan<byte> FindProperty(ReadOnlySpan<byte> key) => Pairs.Find(_bytes, 0x62, key, "Header");

    internal EntryHeader At(ReadOnlySpan<byte> file, long offset)
    {
        var fields = new Fields
        {
            LogfileName = file,
            LogfileOffset = offset,
            ServerId = ServerId,
            ExecuteTime = ExecuteTimeMilliseconds,
            SchemaName = SchemaName,
            TableName = TableName,
            EventLength = EventLength,
            EventType = EventType,
            Gtid = Gtid,
        };
        return new EntryHeader(_bytes, fields);
    }

    internal static EntryHeader Parse(ReadOnlySpan<byte> bytes)
    {
        Fields fields = default;
        var reader = new ProtoReader(bytes, "Header");
        while (reader.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 0x12:
                    fields.LogfileName = reader.ReadBytes();
                    break;
                case 0x18:
                    fields.LogfileOffset = (long)reader.ReadVarint();
                    break;
                case 0x20:
                    fields.ServerId = (long)reader.ReadVarint();
                    break;
                case 0x30:
                    fields.ExecuteTime = (long)reader.ReadVarint();
                    break;
                case 0x42:
                    fields.SchemaName = reader.ReadBytes();
                    break;
                case 0x4a:
                    fields.TableName = reader.ReadBytes();
                    break;
                case 0x50:
                    fields.EventLength = (long)reader.ReadVarint();
                    break;
                case 0x58:
                    fields.EventType = (CanalEventType)(int)reader.ReadVarint();
                    break;
                case 0x6a:
                    fields.Gtid = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new EntryHeader(bytes, fields);
    }

    private ref struct Fields
    {
        public ReadOnlySpan<byte> LogfileName, SchemaName, TableName, Gtid;
        public long LogfileOffset, ServerId, ExecuteTime, EventLength;
        public CanalEventType EventType;
    }
}
