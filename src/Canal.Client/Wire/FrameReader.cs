using System.Buffers;
using System.Buffers.Binary;

namespace Canal.Client.Wire;

/// <summary>Cuts a byte stream into frames: four-byte big-endian length (itself not counted), then one Packet.</summary>
/// <remarks>
/// Not thread-safe; one read at a time. A cancelled read loses nothing: the next one continues where it stopped. Lengths
/// below zero or over the cap are refused before anything is allocated. Source: canal e20e4424, FixedHeaderFrameDecoder.
/// </remarks>
public sealed class FrameReader : IDisposable
{
    private const int HeaderBytes = 4, ReadAheadBytes = 64 << 10;

    // A length is a claim until the bytes arrive: larger frames get their memory as they grow.
    private const int TrustedBytes = 2 << 20;

    // Pooled buffers grow twofold. Beyond them each step is exact, so few of them: 16 to 64 MiB is one.
    private const int PooledGrowth = 2, LargeGrowth = 4;

    private readonly Stream _stream;
    private readonly int _frameCapBytes;
    private readonly string _source;
    private readonly Action? _progress;
    private byte[]? _ahead = ArrayPool<byte>.Shared.Rent(ReadAheadBytes);
    private int _aheadStart, _aheadEnd;
    private byte[]? _body;
    private int _bodyLength, _bodyFilled;
    private bool _isFirst = true;

    /// <param name="stream">Where the bytes come from; stays the caller's.</param>
    /// <param name="frameCapBytes">Largest length accepted.</param>
    /// <param name="source">Name of the stream for error messages.</param>
    public FrameReader(Stream stream, int frameCapBytes, string source)
        : this(stream, frameCapBytes, source, null)
    {
    }

    internal FrameReader(Stream stream, int frameCapBytes, string source, Action? progress)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(frameCapBytes);
        _stream = stream;
        _frameCapBytes = frameCapBytes;
        _source = source;
        _progress = progress;
    }

    /// <summary>Bytes allocated for the frame being read; for tests.</summary>
    internal int BodyCapacity => _body?.Length ?? 0;

    /// <summary>Length of the frame being read; 0 while it is not known.</summary>
    internal int AnnouncedBytes => _body is null ? 0 : _bodyLength;

    /// <summary>How many of them have come.</summary>
    internal int ReceivedBytes => _body is null ? 0 : _bodyFilled;

    /// <summary>Next frame; null at the end of the stream between two frames.</summary>
    /// <exception cref="CanalProtocolException">The length cannot be accepted.</exception>
    /// <exception cref="EndOfStreamException">The stream ended inside a frame.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_ahead is null, this);
        if (_body is null)
        {
            if (!await ReadLengthAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            _body = FrameBuffers.Rent(Math.Min(_bodyLength, TrustedBytes));
            _bodyFilled = 0;
            TakeAhead();
            _progress?.Invoke();
        }

        while (_bodyFilled < _bodyLength)
        {
            GrowBody();
            int room = Math.Min(_body.Length, _bodyLength) - _bodyFilled;
            int read = await ReadSomeAsync(_body.AsMemory(_bodyFilled, room), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException($"{_source} ended after {_bodyFilled} of {_bodyLength} bytes of a frame.");
            }

            _bodyFilled += read;
        }

        var frame = new Frame(_body, _bodyLength);
        _body = null;
        return frame;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ahead, null) is { } ahead)
        {
            ArrayPool<byte>.Shared.Return(ahead);
        }

        if (Interlocked.Exchange(ref _body, null) is { } body)
        {
            FrameBuffers.Return(body);
        }
    }

    private async ValueTask<bool> ReadLengthAsync(CancellationToken cancellationToken)
    {
        while (_aheadEnd - _aheadStart < HeaderBytes)
        {
            if (_aheadStart > 0)
            {
                _ahead.AsSpan(_aheadStart, _aheadEnd - _aheadStart).CopyTo(_ahead);
                _aheadEnd -= _aheadStart;
                _aheadStart = 0;
            }

            int read = await ReadSomeAsync(_ahead.AsMemory(_aheadEnd), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return _aheadEnd == 0
                    ? false
                    : throw new EndOfStreamException($"{_source} ended after {_aheadEnd} of {HeaderBytes} bytes of a frame length.");
            }

            _aheadEnd += read;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(_ahead.AsSpan(_aheadStart));
        if ((uint)length > (uint)_frameCapBytes)
        {
            string wrong = length < 0 ? "is negative" : $"exceeds the cap of {_frameCapBytes} bytes (FrameCapBytes)";
            string where = _isFirst ? "; these are the first bytes, so no Canal server answers there (its port is 11111 by default)." : ", or the stream is damaged.";
            throw new CanalProtocolException($"Frame length {length} from {_source} {wrong}{where}") { IsOverCap = length >= 0 && !_isFirst };
        }

        _isFirst = false;
        _aheadStart += HeaderBytes;
        _bodyLength = length;
        return true;
    }

    private void TakeAhead()
    {
        int count = Math.Min(Math.Min(_aheadEnd - _aheadStart, _bodyLength), _body!.Length);
        _ahead.AsSpan(_aheadStart, count).CopyTo(_body);
        _aheadStart += count;
        _bodyFilled = count;
        if (_aheadStart == _aheadEnd)
        {
            _aheadStart = _aheadEnd = 0;
        }
    }

    private void GrowBody()
    {
        if (_bodyFilled < _body!.Length)
        {
            return;
        }

        long growth = _body.Length < FrameBuffers.LargestPooled ? PooledGrowth : LargeGrowth;
        byte[] larger = FrameBuffers.Rent((int)Math.Min(_bodyLength, growth * _body.Length));
        _body.AsSpan(0, _bodyFilled).CopyTo(larger);
        FrameBuffers.Return(_body);
        _body = larger;
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        int read = await _stream.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        _progress?.Invoke();
        return read;
    }
}
