using System.Text;

namespace CanalBridge.Serialization.Values;

/// <summary>
/// Texts in ucs2, utf16 and utf32, which Canal reads as UTF-8. Letters of ASCII come with zero bytes between them, and whole: where nothing was
/// destroyed, the bytes are those of the source.
/// </summary>
internal sealed class WideTexts
{
    private char[] _characters = [];
    private byte[] _text = [];

    /// <summary>The encoding of a character set of this kind; null for others, and without one.</summary>
    public static Encoding? EncodingOf(string? charset) => charset?.ToLowerInvariant() switch
    {
        "ucs2" or "utf16" => Encoding.BigEndianUnicode,
        "utf16le" => Encoding.Unicode,
        "utf32" => BigEndianUtf32,
        _ => null,
    };

    private static Encoding BigEndianUtf32 { get; } = new UTF32Encoding(bigEndian: true, byteOrderMark: false);

    /// <summary>The text in UTF-8, valid until the next call; as it came where it holds U+FFFD.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> value, Encoding encoding)
    {
        if (value.IndexOf("\uFFFD"u8) >= 0)
        {
            return value;
        }

        int most = encoding.GetMaxCharCount(value.Length);
        if (_characters.Length < most)
        {
            _characters = new char[most * 2];
            _text = new byte[Encoding.UTF8.GetMaxByteCount(most * 2)];
        }

        int count = encoding.GetChars(value, _characters);
        return _text.AsSpan(0, Encoding.UTF8.GetBytes(_characters.AsSpan(0, count), _text));
    }
}
