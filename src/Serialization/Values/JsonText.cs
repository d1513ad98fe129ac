using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>
/// JSON strings: quote, backslash and U+0000 to U+001F are escaped. Without another <see cref="IJsonRule"/> they are as Jackson writes
/// them (Kafka Connect's converter, Maxwell): characters beyond U+FFFF as two surrogates.
/// </summary>
internal static class JsonText
{
    /// <summary>A control character takes six bytes: <c>\u001F</c>.</summary>
    private const int LongestEscape = 6;

    /// <summary>From here on a byte of UTF-8 leads a character beyond U+FFFF, four bytes long.</summary>
    private const byte FirstLeadOfFour = 0xf0;

    private static ReadOnlySpan<byte> ReplacementCharacter => [0xef, 0xbf, 0xbd];

    /// <summary>Writes a quoted string.</summary>
    /// <returns>Whether the text holds U+FFFD.</returns>
    public static bool WriteQuoted(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8) => WriteQuoted<JacksonRule>(ref output, utf8);

    /// <inheritdoc cref="WriteQuoted(ref RecordOutput, ReadOnlySpan{byte})"/>
    public static bool WriteQuoted<TRule>(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8)
        where TRule : struct, IJsonRule
    {
        int plain = utf8.IndexOfAny(TRule.Special);
        if (plain < 0)
        {
            Span<byte> target = output.Reserve(utf8.Length + 2);
            target[0] = (byte)'"';
            utf8.CopyTo(target[1..]);
            target[utf8.Length + 1] = (byte)'"';
            output.Advance(utf8.Length + 2);
            return false;
        }

        output.Write((byte)'"');
        bool damaged = WriteEscaped<TRule>(ref output, utf8, plain);
        output.Write((byte)'"');
        return damaged;
    }

    /// <summary>Writes the text without quotes.</summary>
    public static bool WriteEscaped(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8) => WriteEscaped<JacksonRule>(ref output, utf8);

    /// <inheritdoc cref="WriteEscaped(ref RecordOutput, ReadOnlySpan{byte})"/>
    public static bool WriteEscaped<TRule>(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8)
        where TRule : struct, IJsonRule => WriteEscaped<TRule>(ref output, utf8, utf8.IndexOfAny(TRule.Special));

    /// <summary>The quoted string of a name or another text that is written often.</summary>
    public static byte[] Quote(string text) => Quote<JacksonRule>(text);

    /// <inheritdoc cref="Quote(string)"/>
    public static byte[] Quote<TRule>(string text)
        where TRule : struct, IJsonRule
    {
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        WriteQuoted<TRule>(ref output, Encoding.UTF8.GetBytes(text));
        output.Flush();
        return buffer.Slice(new ByteRange(0, buffer.LengthBytes)).ToArray();
    }

    private static bool WriteEscaped<TRule>(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8, int plain)
        where TRule : struct, IJsonRule
    {
        bool damaged = false;
        while (plain >= 0)
        {
            output.Write(utf8[..plain]);
            utf8 = utf8[plain..];
            int used = 1;
            if (utf8[0] >= FirstLeadOfFour)
            {
                used = WriteSurrogates(ref output, utf8);
            }
            else if (utf8[0] == ReplacementCharacter[0])
            {
                damaged |= utf8.StartsWith(ReplacementCharacter);
                output.Write(utf8[0]);
            }
            else
            {
                WriteEscape<TRule>(ref output, utf8[0]);
            }

            utf8 = utf8[used..];
            plain = utf8.IndexOfAny(TRule.Special);
        }

        output.Write(utf8);
        return damaged;
    }

    /// <summary>Writes one character that needs it as its escape.</summary>
    public static void WriteEscape(ref RecordOutput output, byte value) => WriteEscape<JacksonRule>(ref output, value);

    private static void WriteEscape<TRule>(ref RecordOutput output, byte value)
        where TRule : struct, IJsonRule
    {
        Span<byte> target = output.Reserve(LongestEscape);
        output.Advance(Escape(value, target, TRule.HexDigits));
    }

    /// <summary>Writes a quoted string in which only quote and backslash are escaped: the form of header values.</summary>
    public static void WriteQuotedForHeader(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8)
    {
        output.Write((byte)'"');
        foreach (byte b in utf8)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                output.Write((byte)'\\');
            }

            output.Write(b);
        }

        output.Write((byte)'"');
    }

    /// <summary>Writes the rest of an escape whose backslash stands already.</summary>
    public static void WriteEscapeWithoutBackslash(ref RecordOutput output, byte value)
    {
        Span<byte> escape = stackalloc byte[LongestEscape];
        output.Write(escape[1..Escape(value, escape, JacksonRule.HexDigits)]);
    }

    /// <summary>Whether a byte of UTF-8 may not stand for itself in a JSON string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NeedsEscape(byte value) => value < 0x20 || value is (byte)'"' or (byte)'\\';

    /// <summary>Writes a character of four bytes as two escapes.</summary>
    /// <returns>Bytes used.</returns>
    private static int WriteSurrogates(ref RecordOutput output, scoped ReadOnlySpan<byte> utf8)
    {
        if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int used) != OperationStatus.Done)
        {
            output.Write(utf8[0]);
            return 1;
        }

        Span<char> units = stackalloc char[2];
        foreach (char unit in units[..rune.EncodeToUtf16(units)])
        {
            Span<byte> target = output.Reserve(LongestEscape);
            "\\u"u8.CopyTo(target);
            for (int digit = 0; digit < 4; digit++)
            {
                target[2 + digit] = JacksonRule.HexDigits[(unit >> (12 - (digit * 4))) & 15];
            }

            output.Advance(LongestEscape);
        }

        return used;
    }

    private static int Escape(byte value, Span<byte> target, ReadOnlySpan<byte> hexDigits)
    {
        byte letter = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\b' => (byte)'b',
            (byte)'\t' => (byte)'t',
            (byte)'\n' => (byte)'n',
            (byte)'\f' => (byte)'f',
            (byte)'\r' => (byte)'r',
            _ => 0,
        };
        target[0] = (byte)'\\';
        if (letter != 0)
        {
            target[1] = letter;
            return 2;
        }

        "u00"u8.CopyTo(target[1..]);
        target[4] = hexDigits[value >> 4];
        target[5] = hexDigits[value & 15];
        return LongestEscape;
    }
}
