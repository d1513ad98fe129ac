using System.Runtime.CompilerServices;

namespace CanalBridge.Serialization.Output;

/// <summary>Appends bytes to a <see cref="RecordBuffer"/> without a call per token: holds a span of it until <see cref="Flush"/>.</summary>
internal ref struct RecordOutput
{
    private readonly RecordBuffer _buffer;
    private Span<byte> _span;
    private int _written;

    public RecordOutput(RecordBuffer buffer)
    {
        _buffer = buffer;
        _span = buffer.GetSpan(1);
        _written = 0;
    }

    /// <summary>Place of the next byte in the record buffer.</summary>
    public readonly int Position => _buffer.LengthBytes + _written;

    /// <summary>Hands what was written to the record buffer.</summary>
    public void Flush()
    {
        _buffer.Advance(_written);
        _span = _span[_written..];
        _written = 0;
    }

    /// <summary>At least <paramref name="size"/> bytes to write into, to be followed by <see cref="Advance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int size)
    {
        if (_span.Length - _written < size)
        {
            Grow(size);
        }

        return _span[_written..];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int count) => _written += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (_span.Length - _written < bytes.Length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_span[_written..]);
        _written += bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (_written == _span.Length)
        {
            Grow(1);
        }

        _span[_written++] = value;
    }

    public void WriteNumber(long value)
    {
        const int longest = 20;
        System.Buffers.Text.Utf8Formatter.TryFormat(value, Reserve(longest), out int count);
        _written += count;
    }

    /// <summary>Writes once more what stands at <paramref name="range"/> of the record buffer.</summary>
    public void Repeat(ByteRange range)
    {
        Span<byte> target = Reserve(range.Length);
        _buffer.Slice(range).CopyTo(target);
        _written += range.Length;
    }

    /// <summary>What was written from <paramref name="start"/> on, to be changed in place; to be followed by <see cref="EndAt"/>.</summary>
    /// <param name="start">Where it starts.</param>
    /// <param name="more">Bytes that it may become longer.</param>
    public Span<byte> Rewrite(int start, int more)
    {
        Reserve(more);
        int length = Position - start;
        Flush();
        _buffer.Truncate(_buffer.Count, start);
        return _buffer.GetSpan(length + more)[..(length + more)];
    }

    /// <summary>Says how long what was rewritten has become.</summary>
    public void EndAt(int length)
    {
        _buffer.Advance(length);
        _span = _buffer.GetSpan(1);
    }

    /// <summary>Takes back what was written from <paramref name="start"/> on.</summary>
    public void TakeBack(int start)
    {
        Flush();
        _buffer.Truncate(_buffer.Count, start);
        _span = _buffer.GetSpan(1);
    }

    /// <summary>Bytes from <paramref name="start"/> to here.</summary>
    public readonly ByteRange RangeFrom(int start) => new(start, Position - start);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        _buffer.Advance(_written);
        _written = 0;
        _span = _buffer.GetSpan(size);
    }
}
