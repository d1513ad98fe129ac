using System.Buffers;

namespace CanalBridge.Serialization.Output;

/// <summary>Serialized records in order, keys and values in one pooled array. Reused from batch to batch: no allocation per row.</summary>
/// <remarks>One writer, not thread-safe. Spans read from it are valid until the next write or <see cref="Clear"/>.</remarks>
public sealed class RecordBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 64 * 1024;
    private const int InitialRecords = 256;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _length;
    private Slot[] _slots = [];

    /// <summary>Number of finished records.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all keys, values and header values.</summary>
    public int LengthBytes => _length;

    /// <summary>Record <paramref name="index"/> in the order written.</summary>
    public SerializedRecord this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            ref readonly Slot slot = ref _slots[index];
            return new SerializedRecord(slot.Topic, Slice(slot.Key), slot.Key.IsNull, Slice(slot.Value), slot.Value.IsNull, slot.HeaderName, Slice(slot.HeaderValue))
            {
                Placement = slot.Placement,
                SharesHeaders = slot.SharesHeaders,
            };
        }
    }

    /// <summary>Forgets all records and keeps the memory, up to a bound.</summary>
    public void Clear()
    {
        const int keepBytes = 16 * 1024 * 1024;
        Count = 0;
        _length = 0;
        if (_bytes.Length > keepBytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
        }
    }

    /// <summary>Adds a record whose parts were written to this buffer before.</summary>
    /// <param name="topic">Topic of the record.</param>
    /// <param name="key">Range of the key; <see cref="ByteRange.Null"/> for a table without key.</param>
    /// <param name="value">Range of the value; <see cref="ByteRange.Null"/> for a tombstone.</param>
    /// <param name="headerName">Name of the record's own header; null for none.</param>
    /// <param name="headerValue">Range of the header's value.</param>
    /// <param name="placement">Where in the topic it goes.</param>
    /// <param name="sharesHeaders">Whether it carries the headers that records share.</param>
    public void Add(
        string topic, ByteRange key, ByteRange value, string? headerName = null, ByteRange headerValue = default, RecordPlacement placement = RecordPlacement.ByKey, bool sharesHeaders = true)
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(InitialRecords, Count * 2));
        }

        _slots[Count++] = new Slot(topic, key, value, headerName, headerValue, placement, sharesHeaders);
    }

    /// <summary>Bytes of a range written to this buffer.</summary>
    public ReadOnlySpan<byte> Slice(ByteRange range) => range.IsNull ? default : _bytes.AsSpan(range.Start, range.Length);

    /// <summary>Takes back what was written after <paramref name="length"/>, for a record that could not be finished.</summary>
    public void Truncate(int count, int length)
    {
        Count = count;
        _length = length;
    }

    /// <inheritdoc />
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _length), nameof(count));
        _length += count;
    }

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
        Count = 0;
    }

    private void Ensure(int sizeHint)
    {
        if (_bytes.Length - _length < Math.Max(sizeHint, 1))
        {
            Grow(sizeHint);
        }
    }

    private void Grow(int sizeHint)
    {
        long wanted = Math.Max((long)_length + Math.Max(sizeHint, 1), (long)_bytes.Length * 2);
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Array.MaxLength));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private readonly record struct Slot(string Topic, ByteRange Key, ByteRange Value, string? HeaderName, ByteRange HeaderValue, RecordPlacement Placement, bool SharesHeaders);
}
