namespace Canal.Client.Entries;

/// <summary>One row: its image before and after the change, read in place.</summary>
/// <remarks>
/// Insert: after only. Delete: before only. Update: both. With <c>binlog_row_image=MINIMAL</c> or <c>NOBLOB</c> columns are
/// missing from an image; a missing column is unknown, not NULL. Source: EntryProtocol.proto, RowData.
/// </remarks>
public readonly ref struct RowData
{
    private const uint BeforeTag = 0x0a, AfterTag = 0x12;

    internal RowData(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The serialized RowData: repeated columns, field 1 before and field 2 after.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Columns of the old row in table order.</summary>
    public ColumnEnumerable BeforeColumns => new(Bytes, BeforeTag);

    /// <summary>Columns of the new row in table order.</summary>
    public ColumnEnumerable AfterColumns => new(Bytes, AfterTag);

    /// <summary>Columns of one image for <c>foreach</c>.</summary>
    public readonly ref struct ColumnEnumerable
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private readonly uint _wanted;

        internal ColumnEnumerable(ReadOnlySpan<byte> bytes, uint wanted)
        {
            _bytes = bytes;
            _wanted = wanted;
        }

        /// <summary>Starts before the first column.</summary>
        public ColumnEnumerator GetEnumerator() => new(_bytes, _wanted);
    }

    /// <summary>Walks the columns of one image without allocating.</summary>
    public ref struct ColumnEnumerator
    {
        private readonly uint _wanted;
        private ProtoReader _reader;

        internal ColumnEnumerator(ReadOnlySpan<byte> bytes, uint wanted)
        {
            _reader = new ProtoReader(bytes, "RowData");
            _wanted = wanted;
        }

        /// <summary>The column last moved to.</summary>
        public Column Current { get; private set; }

        /// <summary>Moves to the next column of the image.</summary>
        public bool MoveNext()
        {
            while (_reader.ReadTag() is var tag and not 0)
            {
                if (tag == _wanted)
                {
                    Current = Column.Parse(_reader.ReadBytes());
                    return true;
                }

                _reader.Skip(tag);
            }

            return false;
        }
    }
}
