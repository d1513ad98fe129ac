using System.Buffers;
using Canal.Client.Entries;

namespace Canal.Client;

/// <summary>Entries that the server handed out together, in binlog order, in one pooled buffer.</summary>
/// <remarks>
/// Batch boundaries are arbitrary: a source transaction may start, continue or end anywhere. Dispose gives the buffer back;
/// spans read from the batch are invalid from then on.
/// </remarks>
public sealed class CanalBatch : IDisposable
{
    private readonly ReadOnlyMemory<byte> _messages;
    private readonly ReadOnlyMemory<byte> _frame;
    private IMemoryOwner<byte>? _owner;
    private bool _returned;

    /// <param name="messages">The body of a MESSAGES packet: the serialized Messages.</param>
    /// <param name="owner">Owns the buffer behind <paramref name="messages"/>; disposed with the batch.</param>
    /// <exception cref="CanalProtocolException">The bytes are no Messages.</exception>
    public CanalBatch(ReadOnlyMemory<byte> messages, IMemoryOwner<byte>? owner = null)
        : this(messages, owner, default)
    {
    }

    internal CanalBatch(ReadOnlyMemory<byte> messages, IMemoryOwner<byte>? owner, ReadOnlyMemory<byte> frame)
    {
        _messages = messages;
        _frame = frame;
        _owner = owner;
        var reader = new ProtoReader(messages.Span, "Messages");
        while (reader.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 0x08:
                    Id = (long)reader.ReadVarint();
                    break;
                case 0x12:
                    reader.ReadBytes();
                    Count++;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>Server-side batch number, rising by one per client id; -1 when nothing was waiting.</summary>
    /// <remarks>Settle batches in the order fetched: the server refuses to ack any but the oldest open one.</remarks>
    public long Id { get; }

    /// <summary>The answer to a GET when nothing was waiting. Shared; disposing of it does nothing.</summary>
    public static CanalBatch Empty { get; } = new(new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 });

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>Nothing was waiting: nothing to settle. Not a sign that the source is healthy.</summary>
    public bool IsEmpty => Id == -1;

    /// <summary>Bytes of all entries as they came.</summary>
    public int SizeBytes => _messages.Length;

    /// <summary>The Packet as it came, without its length; empty for a batch that was not read from a frame.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public ReadOnlyMemory<byte> Frame => Valid(_frame);

    /// <summary>The entries in order.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public EntryEnumerable Entries => new(Valid(_messages).Span);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_owner is null)
        {
            return;
        }

        _returned = true;
        _owner.Dispose();
        _owner = null;
    }

    private ReadOnlyMemory<byte> Valid(ReadOnlyMemory<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_returned, this);
        return bytes;
    }

    /// <summary>Entries for <c>foreach</c>.</summary>
    public readonly ref struct EntryEnumerable
    {
        private readonly ReadOnlySpan<byte> _bytes;

        internal EntryEnumerable(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        /// <summary>Starts before the first entry.</summary>
        public EntryEnumerator GetEnumerator() => new(_bytes);
    }

    /// <summary>Walks the entries without allocating.</summary>
    public ref struct EntryEnumerator
    {
        private ProtoReader _reader;

        internal EntryEnumerator(ReadOnlySpan<byte> bytes) => _reader = new ProtoReader(bytes, "Messages");

        /// <summary>The entry last moved to.</summary>
        public CanalEntry Current { get; private set; }

        /// <summary>Moves to the next entry.</summary>
        /// <exception cref="CanalProtocolException">The entry is malformed.</exception>
        public bool MoveNext()
        {
            while (_reader.ReadTag() is var tag and not 0)
            {
                if (tag == 0x12)
                {
                    Current = CanalEntry.Parse(_reader.ReadBytes());
                    return true;
                }

                _reader.Skip(tag);
            }

            return false;
        }
    }
}
