using System.Buffers.Text;
using System.Runtime.CompilerServices;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Values;

/// <summary>Canal's texts of whole numbers.</summary>
internal static class Integers
{
    /// <summary>Digits of the largest BIGINT.</summary>
    public const int MostDigits = 20;

    /// <summary>The text is JSON already; it is only checked.</summary>
    public static bool TryWrite(ref RecordOutput output, scoped ReadOnlySpan<byte> text, MySqlType type)
    {
        if (!TryRead(text, out long value) || value < type.Minimum || value > type.Maximum)
        {
            return false;
        }

        output.Write(text);
        return true;
    }

    /// <summary>Reads an integer without sign <c>+</c> and without zeros ahead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(scoped ReadOnlySpan<byte> text, out long value)
    {
        const int safeDigits = 18;
        value = 0;
        int i = text.Length > 0 && text[0] == '-' ? 1 : 0;
        int digits = text.Length - i;
        if ((uint)(digits - 1) >= safeDigits || (text[i] == '0' && text.Length > 1))
        {
            // Rare: 19 digits of a BIGINT, or no plain number.
            return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && text[i] != '0' && text[0] != '+';
        }

        int start = i;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        value = start == 0 ? value : -value;
        return true;
    }

    /// <summary>The digits of an unsigned BIGINT that Canal may have read as a signed number.</summary>
    /// <param name="text">What Canal sent.</param>
    /// <param name="type">The column's type.</param>
    /// <param name="digits">Room for <see cref="MostDigits"/>.</param>
    public static ReadOnlySpan<byte> Unsigned(ReadOnlySpan<byte> text, MySqlType type, Span<byte> digits)
    {
        if (!type.ComesSigned || text.IsEmpty || text[0] != '-' || !TryRead(text, out long value))
        {
            return text;
        }

        Utf8Formatter.TryFormat(unchecked((ulong)value), digits, out int written);
        return digits[..written];
    }

    /// <summary>Writes a number from 0 to 2^<paramref name="bits"/> - 1.</summary>
    public static bool TryWriteUnsigned(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int bits)
    {
        // MySQL prints no zeros ahead: what is a number is JSON.
        bool fits = Utf8Parser.TryParse(text, out ulong value, out int used) && used == text.Length && (bits == 64 || value >> bits == 0) && (text.Length == 1 || text[0] is not ((byte)'0' or (byte)'+'));
        output.Write(fits ? text : default);
        return fits;
    }

    /// <summary>Writes a YEAR without its zeros ahead.</summary>
    public static bool TryWriteYear(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 4 || !Utf8Parser.TryParse(text, out int year, out int used) || used != text.Length || year < 0)
        {
            return false;
        }

        output.WriteNumber(year);
        return true;
    }
}
