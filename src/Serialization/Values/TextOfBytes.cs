using System.Text;
using System.Text.Unicode;

namespace CanalBridge.Serialization.Values;

/// <summary>Texts that Canal took for binary: one ISO-8859-1 character per byte. Keeps its memory, up to a bound.</summary>
internal sealed class TextOfBytes
{
    private const int KeptBytes = 1024 * 1024;

    private byte[] _text = [];

    /// <summary>Reads the text.</summary>
    /// <param name="value">What Canal sent.</param>
    /// <param name="text">The text in UTF-8, valid until the next call. What is none comes with U+FFFD: the column is of another character set.</param>
    /// <returns>False if a character stands for no byte.</returns>
    public bool TryRead(scoped ReadOnlySpan<byte> value, out ReadOnlySpan<byte> text)
    {
        if (_text.Length < value.Length || _text.Length > Math.Max(KeptBytes, value.Length))
        {
            _text = new byte[Math.Max(value.Length, Math.Min(value.Length * 2, KeptBytes))];
        }

        var reader = new Latin1Reader(value);
        int count = reader.Count;
        text = _text.AsSpan(0, count);
        if (reader.Read(_text.AsSpan(0, count)) != count || reader.Count > 0)
        {
            return false;
        }

        if (!Utf8.IsValid(text))
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        }

        return true;
    }
}
