using System.Runtime.CompilerServices;

namespace Canal.Client.Entries;

/// <summary>Reads protobuf fields in place. Every read is bounded by the span; malformed bytes throw <see cref="CanalProtocolException"/>.</summary>
internal ref struct ProtoReader
{
    private const int WireVarint = 0, WireFixed64 = 1, WireBytes = 2, WireFixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _message;
    private int _position;

    /// <param name="bytes">One serialized message.</param>
    /// <param name="message">Its name, for error messages.</param>
    public ProtoReader(ReadOnlySpan<byte> bytes, string message)
    {
        _bytes = bytes;
        _message = message;
        _position = 0;
    }

    public readonly int Position => _position;

    public readonly bool AtEnd => _position >= _bytes.Length;

    /// <summary>Next tag, or 0 at the end of the message.</summary>
    public uint ReadTag()
    {
        if (AtEnd)
        {
            return 0;
        }

        ulong tag = ReadVarint();
        if (tag is 0 or > uint.MaxValue || tag >> 3 == 0)
        {
            throw Malformed("a field tag", "an invalid one");
        }

        return (uint)tag;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if ((uint)_position < (uint)_bytes.Length && _bytes[_position] < 0x80)
        {
            return _bytes[_position++];
        }

        return ReadLongVarint();
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(_bytes.Length - _position))
        {
            throw Malformed($"{length} bytes", $"only {_bytes.Length - _position} left");
        }

        ReadOnlySpan<byte> value = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return value;
    }

    /// <summary>Passes over the value of a field that is not known here.</summary>
    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case WireVarint:
                ReadVarint();
                break;
            case WireFixed64:
                Advance(8);
                break;
            case WireBytes:
                ReadBytes();
                break;
            case WireFixed32:
                Advance(4);
                break;
            default:
                throw Malformed("wire type 0, 1, 2 or 5", $"{tag & 7} in field {tag >> 3}");
        }
    }

    private void Advance(int count)
    {
        if (count > _bytes.Length - _position)
        {
            throw Malformed($"{count} bytes", $"only {_bytes.Length - _position} left");
        }

        _position += count;
    }

    private ulong ReadLongVarint()
    {
        // Ten bytes cover 64 bits: negative int32 values (a BIGINT's sqlType is -5) arrive sign-extended.
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (AtEnd)
            {
                throw Malformed("the rest of a varint", "the end");
            }

            byte b = _bytes[_position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a varint of at most 10 bytes", "a longer one");
    }

    private readonly CanalProtocolException Malformed(string expected, string got) =>
        new($"Malformed {_message} at byte {_position} of {_bytes.Length}: expected {expected}, got {got}.");
}
