namespace Canal.Client.Entries;

/// <summary>One binlog event as Canal delivers it, read in place: valid as long as the bytes of its batch.</summary>
/// <remarks>Source: EntryProtocol.proto, Entry. Field order is not relied on; absent fields have the wire's meaning.</remarks>
public readonly ref struct CanalEntry
{
    private CanalEntry(ReadOnlySpan<byte> bytes, EntryHeader header, CanalEntryType type, ReadOnlySpan<byte> storeValue)
    {
        Bytes = bytes;
        Header = header;
        Type = type;
        StoreValue = storeValue;
    }

    /// <summary>The serialized Entry.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Position, time, table and kind of event.</summary>
    public EntryHeader Header { get; }

    /// <summary>Kind of entry; row data when the wire leaves it out.</summary>
    public CanalEntryType Type { get; }

    /// <summary>The serialized RowChange, TransactionBegin or TransactionEnd.</summary>
    public ReadOnlySpan<byte> StoreValue { get; }

    /// <summary>Reads an entry; its store value is not looked into.</summary>
    /// <exception cref="CanalProtocolException">The bytes are no Entry.</exception>
    public static CanalEntry Parse(ReadOnlySpan<byte> bytes)
    {
        EntryHeader header = default;
        ReadOnlySpan<byte> storeValue = default;
        ulong type = 0;
        var reader = new ProtoReader(bytes, "Entry");
        while (reader.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 0x0a:
                    header = EntryHeader.Parse(reader.ReadBytes());
                    break;
                case 0x10:
                    type = reader.ReadVarint();
                    break;
                case 0x1a:
                    storeValue = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new CanalEntry(bytes, header, type == 0 ? CanalEntryType.RowData : (CanalEntryType)(int)type, storeValue);
    }

    /// <summary>Connection id of a transaction's BEGIN; 0 when it was not sent. Only for <see cref="CanalEntryType.TransactionBegin"/>.</summary>
    public long ReadThreadId()
    {
        long threadId = 0;
        var reader = new ProtoReader(StoreValue, "TransactionBegin");
        while (reader.ReadTag() is var tag and not 0)
        {
            if (tag == 0x20)
            {
                threadId = (long)reader.ReadVarint();
            }
            else
            {
                reader.Skip(tag);
            }
        }

        return threadId;
    }

    /// <summary>A property of a transaction's BEGIN, such as <c>XA_TYPE</c>; empty when it is not there. Only for <see cref="CanalEntryType.TransactionBegin"/>.</summary>
    public ReadOnlySpan<byte> FindBeginProperty(ReadOnlySpan<byte> key) => Pairs.Find(StoreValue, 0x1a, key, "TransactionBegin");

    /// <summary>A property of a transaction's END, such as <c>XA_TYPE</c>; empty when it is not there. Only for <see cref="CanalEntryType.TransactionEnd"/>.</summary>
    public ReadOnlySpan<byte> FindEndProperty(ReadOnlySpan<byte> key) => Pairs.Find(StoreValue, 0x1a, key, "TransactionEnd");

    /// <summary>The same entry at another place: Canal's label may be wrong behind a rotation of MariaDB's binlog, and behind 4 GiB.</summary>
    /// <param name="file">Binlog file, UTF-8; valid as long as the entry is used.</param>
    /// <param name="offset">Start offset of the event in it.</param>
    /// <remarks>Only <see cref="Header"/> changes: <see cref="Bytes"/> stay as they came.</remarks>
    public CanalEntry At(ReadOnlySpan<byte> file, long offset) => new(Bytes, Header.At(file, offset), Type, StoreValue);

    /// <summary>Opens the store value. Only for <see cref="CanalEntryType.RowData"/>.</summary>
    /// <exception cref="CanalProtocolException">The store value is no RowChange.</exception>
    public RowChange ReadRowChange() => RowChange.Parse(StoreValue);
}
