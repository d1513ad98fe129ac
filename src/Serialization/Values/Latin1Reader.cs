namespace CanalBridge.Serialization.Values;

/// <summary>Bytes out of Canal's text of binary columns: one ISO-8859-1 character per byte, in UTF-8.</summary>
internal ref struct Latin1Reader
{
    private ReadOnlySpan<byte> _utf8;

    public Latin1Reader(ReadOnlySpan<byte> utf8) => _utf8 = utf8;

    /// <summary>How many bytes are left to read, if all characters are below U+0100.</summary>
    public readonly int Count => _utf8.Length - _utf8.Count((byte)0xc2) - _utf8.Count((byte)0xc3);

    /// <summary>Reads up to the length of <paramref name="target"/>.</summary>
    /// <returns>Bytes read; -1 when a character is above U+00FF.</returns>
    public int Read(Span<byte> target)
    {
        int read = 0, i = 0;
        while (read < target.Length && i < _utf8.Length)
        {
            byte b = _utf8[i++];
            if (b >= 0x80)
            {
                if ((b & 0xfe) != 0xc2 || i == _utf8.Length || (_utf8[i] & 0xc0) != 0x80)
                {
                    return -1;
                }

                b = (byte)((b << 6) | (_utf8[i++] & 0x3f));
            }

            target[read++] = b;
        }

        _utf8 = _utf8[i..];
        return read;
    }
}
