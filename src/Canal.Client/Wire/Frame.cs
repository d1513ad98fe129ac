using System.Buffers;

namespace Canal.Client.Wire;

/// <summary>The bytes of one Packet without its length, in a buffer of <see cref="FrameBuffers"/> that Dispose gives back.</summary>
public sealed class Frame : IMemoryOwner<byte>
{
    private readonly int _length;
    private byte[]? _buffer;

    internal Frame(byte[] buffer, int length)
    {
        _buffer = buffer;
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
            FrameBuffers.Return(buffer);
        }
    }
}
