using System.Buffers;

namespace Canal.Client.Wire;

/// <summary>The bytes of one Packet without its length, in a pooled buffer that Dispose gives back.</summary>
public sealed class Frame : IMemoryOwner<byte>
{
    private readonly int _length;
    private byte[]? _buffer;

    internal Frame(byte[] pooledBuffer, int length)
    {
        _buffer = pooledBuffer;
        _length = length;
    }

    /// <summary>The serialized Packet.</summary>
    public Memory<byte> Memory
    {
        get
        {
            byte[]? buffer = _buffer;
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.AsMemory(0, _length);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Exchange: a buffer returned twice would be lent to two owners.
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
