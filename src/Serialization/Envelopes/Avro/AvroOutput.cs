using System.Buffers;
using System.Text;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>Avro's binary forms of the primitive types.</summary>
internal static class AvroOutput
{
    private const int LongestNumber = 10;

    /// <summary>An int or a long: zigzag, seven bits to a byte, the lowest first.</summary>
    public static void WriteLong(ref RecordOutput output, long value) => output.Advance(Put(output.Reserve(LongestNumber), value));

    /// <summary>A string or bytes: length and content.</summary>
    public static void WriteBytes(ref RecordOutput output, scoped ReadOnlySpan<byte> bytes)
    {
        Span<byte> target = output.Reserve(LongestNumber + bytes.Length);
        int length = Put(target, bytes.Length);
        bytes.CopyTo(target[length..]);
        output.Advance(length + bytes.Length);
    }

    public static void WriteSingle(ref RecordOutput output, float value)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(output.Reserve(sizeof(float)), value);
        output.Advance(sizeof(float));
    }

    public static void WriteDouble(ref RecordOutput output, double value)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(output.Reserve(sizeof(double)), value);
        output.Advance(sizeof(double));
    }

    /// <summary>Turns a JSON string that was just written into Avro's.</summary>
    /// <param name="output">Its end is the string's.</param>
    /// <param name="start">Where the string's opening quote stands.</param>
    public static void TakeQuotes(ref RecordOutput output, int start)
    {
        // Two quotes leave, up to five bytes of length come.
        const int more = 3;
        Span<byte> text = output.Rewrite(start, more);
        Span<byte> content = text[1..(text.Length - more - 1)];
        int escape = content.IndexOf((byte)'\\');
        int length = escape < 0 ? content.Length : Unescape(content, escape);
        Span<byte> number = stackalloc byte[LongestNumber];
        int prefix = Put(number, length);
        content[..length].CopyTo(text[prefix..]);
        number[..prefix].CopyTo(text);
        output.EndAt(prefix + length);
    }

    private static int Put(Span<byte> target, long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        int length = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            target[length++] = (byte)(rest | 0x80);
        }

        target[length++] = (byte)rest;
        return length;
    }

    /// <summary>Undoes JSON's escapes in place; each is longer than what it stands for.</summary>
    /// <returns>The length then.</returns>
    private static int Unescape(Span<byte> text, int escape)
    {
        int read = escape, written = escape;
        while (read < text.Length)
        {
            if (text[read] != '\\')
            {
                int plain = text[read..].IndexOf((byte)'\\');
                plain = plain < 0 ? text.Length - read : plain;
                text.Slice(read, plain).CopyTo(text[written..]);
                read += plain;
                written += plain;
                continue;
            }

            byte letter = text[read + 1];
            if (letter == 'u')
            {
                Rune rune = ReadRune(text, ref read);
                written += rune.EncodeToUtf8(text[written..]);
                continue;
            }

            text[written++] = letter switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'t' => (byte)'\t',
                (byte)'n' => (byte)'\n',
                (byte)'f' => (byte)'\f',
                (byte)'r' => (byte)'\r',
                _ => letter,
            };
            read += 2;
        }

        return written;
    }

    private static Rune ReadRune(ReadOnlySpan<byte> text, ref int read)
    {
        char unit = ReadUnit(text[read..]);
        read += 6;
        if (!char.IsHighSurrogate(unit))
        {
            return Rune.TryCreate(unit, out Rune rune) ? rune : Rune.ReplacementChar;
        }

        // We write both halves or none.
        char low = ReadUnit(text[read..]);
        read += 6;
        return new Rune(unit, low);
    }

    private static char ReadUnit(ReadOnlySpan<byte> escape) =>
        System.Buffers.Text.Utf8Parser.TryParse(escape[2..6], out ushort unit, out _, 'x') ? (char)unit : default;
}
