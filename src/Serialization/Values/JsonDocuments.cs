using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>
/// A JSON column as the reader that Debezium and Maxwell share prints it: without blanks, big and small doubles in full digits. As a
/// string it is escaped once for the document and once more for the string around it.
/// </summary>
internal static class JsonDocuments
{
    /// <summary>Less than any count of bytes, with what is added to one.</summary>
    private const int Endless = -10;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("+-.0123456789Ee"u8);

    private static readonly SearchValues<byte> EndOfPlainText = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
        (byte)'"', (byte)'\\',
    ]);

    /// <summary>What may stand next.</summary>
    private enum Next
    {
        Value,
        FirstValue,
        Name,
        FirstName,
        CommaOrEnd,
    }

    /// <summary>Writes a document, or the text as a string where Canal broke it.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="text">As Canal sent it.</param>
    /// <param name="isString">The document is a quoted string, not the document itself.</param>
    /// <param name="damage">Counts a text that Canal broke or destroyed.</param>
    /// <returns>False if the text is none (a partial update, which Canal prints as a function call).</returns>
    public static bool TryWrite(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString, DamageCounter damage)
    {
        int start = output.Position;
        bool isDocument = isString ? TryWriteQuoted(ref output, text) : TryWriteDocument(ref output, text, isString: false);
        bool isBroken = !isDocument && MayBeBroken(text);
        if (isBroken)
        {
            output.TakeBack(start);
            JsonText.WriteQuoted(ref output, text);
        }

        damage.Count(isBroken || text.IndexOf("\uFFFD"u8) >= 0);
        return isDocument || isBroken;
    }

    /// <summary>Whether a text that is no document may have been one before Canal printed it: an object, or an array that may hold one.</summary>
    private static bool MayBeBroken(scoped ReadOnlySpan<byte> text) => !text.IsEmpty && text[0] is (byte)'{' or (byte)'[';

    private static bool TryWriteQuoted(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        output.Write((byte)'"');
        bool isDocument = TryWriteDocument(ref output, text, isString: true);
        output.Write((byte)'"');
        return isDocument;
    }

    private static bool TryWriteDocument(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString)
    {
        // One bit per level, set in an object. MySQL takes 100 levels.
        const int mostLevels = 127;
        UInt128 objects = 0;
        int depth = 0;
        var next = Next.Value;
        for (int i = 0; i < text.Length;)
        {
            byte b = text[i];
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                i++;
                continue;
            }

            bool inObject = (objects & 1) != 0;
            bool closes = depth > 0 && b == (inObject ? (byte)'}' : (byte)']') && next is Next.CommaOrEnd or Next.FirstName or Next.FirstValue;
            int used = 1;
            if (closes)
            {
                output.Write(b);
                objects >>= 1;
                depth--;
                next = Next.CommaOrEnd;
            }
            else if (next == Next.CommaOrEnd)
            {
                if (b != ',' || depth == 0)
                {
                    return false;
                }

                output.Write(b);
                next = inObject ? Next.Name : Next.Value;
            }
            else if (next is Next.Name or Next.FirstName)
            {
                used = b == '"' ? 1 + WriteName(ref output, text[(i + 1)..], isString) : 0;
                next = Next.Value;
            }
            else if (b is (byte)'{' or (byte)'[')
            {
                if (++depth > mostLevels)
                {
                    return false;
                }

                output.Write(b);
                objects = (objects << 1) | (b == '{' ? 1u : 0u);
                next = b == '{' ? Next.FirstName : Next.FirstValue;
            }
            else
            {
                used = b == '"' ? 1 + WriteString(ref output, text[(i + 1)..], isString) : WriteScalar(ref output, text[i..]);
                next = Next.CommaOrEnd;
            }

            if (used <= 0)
            {
                return false;
            }

            i += used;
        }

        return depth == 0 && next == Next.CommaOrEnd;
    }

    /// <summary>
    /// A name and the colon behind it. Canal escapes nothing in names: a quotation mark in one is told from its end by the colon and the blank that
    /// stand behind the end. A name that holds all three in a row cannot be told; what follows does not parse then, or is read as another member.
    /// </summary>
    /// <returns>Bytes used; less than 0 if the name does not end.</returns>
    private static int WriteName(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString)
    {
        int length = text.IndexOf("\": "u8);
        if (length < 0)
        {
            return Endless;
        }

        ReadOnlySpan<byte> quote = isString ? "\\\""u8 : "\""u8;
        ReadOnlySpan<byte> name = text[..length];
        output.Write(quote);
        for (int special = name.IndexOfAny(EndOfPlainText); special >= 0; special = name.IndexOfAny(EndOfPlainText))
        {
            WriteText(ref output, name[..special], isString);
            WriteCharacter(ref output, name[special], isString);
            name = name[(special + 1)..];
        }

        WriteText(ref output, name, isString);
        output.Write(quote);
        output.Write((byte)':');
        return length + 2;
    }

    /// <summary>A number or a literal.</summary>
    /// <returns>Bytes used; 0 if there is neither.</returns>
    private static int WriteScalar(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        foreach (string literal in (ReadOnlySpan<string>)["true", "false", "null"])
        {
            if (text.Length >= literal.Length && Ascii.Equals(text[..literal.Length], literal))
            {
                output.Write(text[..literal.Length]);
                return literal.Length;
            }
        }

        int length = text.IndexOfAnyExcept(NumberBytes);
        length = length < 0 ? text.Length : length;
        ReadOnlySpan<byte> number = text[..length];
        if (!Utf8Parser.TryParse(number, out double value, out int used) || used != length)
        {
            return 0;
        }

        if (number.Contains((byte)'E'))
        {
            return WriteExact(ref output, value) ? length : 0;
        }

        // Integers and decimals of any length; a double is printed without E only where Debezium does so too.
        output.Write(number);
        return length;
    }

    /// <summary>Every digit of the binary value, as Java's <c>new BigDecimal(double).toPlainString()</c>.</summary>
    private static bool WriteExact(ref RecordOutput output, double value)
    {
        // 309 digits before the point, 1074 behind it.
        const int longest = 1400;
        Span<byte> digits = output.Reserve(longest);
        if (!value.TryFormat(digits, out int length, "F1074", CultureInfo.InvariantCulture))
        {
            return false;
        }

        digits = digits[..length].TrimEnd((byte)'0').TrimEnd((byte)'.');
        output.Advance(digits.Length);
        return true;
    }

    /// <summary>A string's content and its closing quote.</summary>
    /// <returns>Bytes used; less than 0 if the string does not end.</returns>
    private static int WriteString(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString)
    {
        ReadOnlySpan<byte> quote = isString ? "\\\""u8 : "\""u8;
        output.Write(quote);
        int i = 0;
        while (true)
        {
            int plain = text[i..].IndexOfAny(EndOfPlainText);
            if (plain < 0)
            {
                return Endless;
            }

            WriteText(ref output, text.Slice(i, plain), isString);
            i += plain;
            if (text[i] == '"')
            {
                output.Write(quote);
                return i + 1;
            }

            if (text[i] != '\\')
            {
                WriteCharacter(ref output, text[i++], isString);
                continue;
            }

            int used = WriteEscape(ref output, text[(i + 1)..], isString);
            if (used == 0)
            {
                return Endless;
            }

            i += used + 1;
        }
    }

    private static int WriteEscape(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        if (text[0] == 'u')
        {
            return WriteCodeUnits(ref output, text, isString);
        }

        int value = text[0] switch
        {
            (byte)'b' => '\b',
            (byte)'t' => '\t',
            (byte)'n' => '\n',
            (byte)'f' => '\f',
            (byte)'r' => '\r',
            (byte)'"' or (byte)'\\' or (byte)'/' => text[0],
            _ => -1,
        };
        if (value < 0)
        {
            return 0;
        }

        WriteCharacter(ref output, (byte)value, isString);
        return 1;
    }

    private static int WriteCodeUnits(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString)
    {
        if (!TryReadCodeUnit(text, out int unit))
        {
            return 0;
        }

        int used = 5;
        if (char.IsHighSurrogate((char)unit) && text.Length > used + 1 && text[used] == '\\' && TryReadCodeUnit(text[(used + 1)..], out int low)
            && char.IsLowSurrogate((char)low))
        {
            unit = char.ConvertToUtf32((char)unit, (char)low);
            used += 6;
        }

        if (unit < 0x80)
        {
            WriteCharacter(ref output, (byte)unit, isString);
        }
        else
        {
            Rune rune = Rune.TryCreate(unit, out Rune valid) ? valid : new Rune('?');
            Span<byte> utf8 = stackalloc byte[4];
            WriteText(ref output, utf8[..rune.EncodeToUtf8(utf8)], isString);
        }

        return used;
    }

    private static bool TryReadCodeUnit(scoped ReadOnlySpan<byte> text, out int unit)
    {
        unit = 0;
        return text.Length >= 5 && text[0] == 'u' && Utf8Parser.TryParse(text[1..5], out unit, out int used, 'x') && used == 4;
    }

    /// <summary>Characters that need no escape in the document.</summary>
    private static void WriteText(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isString)
    {
        if (isString)
        {
            JsonText.WriteEscaped(ref output, text);
        }
        else
        {
            output.Write(text);
        }
    }

    /// <summary>One character of ASCII, escaped for the document, and once more for the string around it.</summary>
    private static void WriteCharacter(ref RecordOutput output, byte value, bool isString)
    {
        if (!JsonText.NeedsEscape(value))
        {
            output.Write(value);
            return;
        }

        if (!isString)
        {
            JsonText.WriteEscape(ref output, value);
            return;
        }

        output.Write("\\\\"u8);
        if (value is (byte)'"' or (byte)'\\')
        {
            output.Write((byte)'\\');
            output.Write(value);
            return;
        }

        JsonText.WriteEscapeWithoutBackslash(ref output, value);
    }
}
