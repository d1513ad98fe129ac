using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>DECIMAL text to Connect's Decimal: base64 of the unscaled value as the shortest big-endian two's complement.</summary>
internal static class Decimals
{
    /// <summary>65 digits, MySQL's most, take 216 bits and a sign.</summary>
    public const int MostBytes = 32;

    private const int DigitsPerStep = 18;

    private static readonly long[] PowersOfTen =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
        1_000_000_000_000_000_000,
    ];

    /// <summary>Writes a quoted base64 string. Canal leaves out trailing groups of zeros: the scale is made up here.</summary>
    public static bool TryWrite(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int precision, int scale)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        if (!TryToBytes(text, precision, scale, bytes, out int start))
        {
            return false;
        }

        BinaryText.WriteBase64(ref output, bytes[start..]);
        return true;
    }

    /// <summary>The bytes themselves: fills the end of <paramref name="bytes"/>, which takes <see cref="MostBytes"/>.</summary>
    public static bool TryToBytes(scoped ReadOnlySpan<byte> text, int precision, int scale, Span<byte> bytes, out int start)
    {
        if (precision <= DigitsPerStep && TryReadSmall(text, precision, scale, out long small))
        {
            int bits = 65 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(small ^ (small >> 63)));
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[(MostBytes - 8)..], small);
            start = MostBytes - ((bits + 7) / 8);
            return true;
        }

        Span<byte> digits = stackalloc byte[precision + 1];
        if (!TryReadUnscaled(text, scale, digits[..precision], out int count, out bool negative))
        {
            start = 0;
            return false;
        }

        start = ToTwosComplement(digits[..count], negative, bytes);
        return true;
    }

    /// <summary>Writes the number as Java's <c>BigDecimal.toString</c>, the form of header values.</summary>
    public static bool TryWriteText(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int precision, int scale)
    {
        Span<byte> digits = stackalloc byte[precision + 1];
        if (!TryReadUnscaled(text, scale, digits[..precision], out int count, out bool negative))
        {
            return false;
        }

        if (count == 0)
        {
            digits[count++] = (byte)'0';
        }

        WriteText(ref output, digits[..count], negative, scale);
        return true;
    }

    /// <summary>Writes all digits, without quotes and exponent: Java's <c>BigDecimal.toPlainString</c>.</summary>
    public static bool TryWritePlain(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int precision, int scale)
    {
        Span<byte> digits = stackalloc byte[precision + 1];
        if (!TryReadUnscaled(text, scale, digits[..precision], out int count, out bool negative))
        {
            return false;
        }

        if (count == 0)
        {
            digits[count++] = (byte)'0';
            negative = false;
        }

        WritePlain(ref output, digits[..count], negative, scale);
        return true;
    }

    /// <summary>The usual case: all digits in a long. False also for texts that need a closer look.</summary>
    private static bool TryReadSmall(scoped ReadOnlySpan<byte> text, int precision, int scale, out long unscaled)
    {
        unscaled = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        int point = text.IndexOf((byte)'.');
        int fraction = point < 0 ? 0 : text.Length - point - 1;
        int start = negative ? 1 : 0;
        int whole = (point < 0 ? text.Length : point) - start;
        if (fraction > scale || whole < 1 || whole > Math.Max(precision - scale, 1) || (point >= 0 && fraction == 0))
        {
            return false;
        }

        for (int i = start; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit > 9)
            {
                if (i != point)
                {
                    return false;
                }

                continue;
            }

            unscaled = (unscaled * 10) + digit;
        }

        unscaled *= PowersOfTen[scale - fraction];
        if ((ulong)unscaled >= (ulong)PowersOfTen[precision])
        {
            return false;
        }

        unscaled = negative ? -unscaled : unscaled;
        return true;
    }

    private static void WriteText(ref RecordOutput output, scoped ReadOnlySpan<byte> digits, bool negative, int scale)
    {
        int exponent = digits.Length - 1 - scale;
        if (exponent < -6)
        {
            if (negative)
            {
                output.Write((byte)'-');
            }

            output.Write(digits[0]);
            if (digits.Length > 1)
            {
                output.Write((byte)'.');
                output.Write(digits[1..]);
            }

            output.Write((byte)'E');
            output.WriteNumber(exponent);
            return;
        }

        WritePlain(ref output, digits, negative, scale);
    }

    private static void WritePlain(ref RecordOutput output, scoped ReadOnlySpan<byte> digits, bool negative, int scale)
    {
        if (negative)
        {
            output.Write((byte)'-');
        }

        int whole = digits.Length - scale;
        if (whole <= 0)
        {
            output.Write("0."u8);
            output.Write("000000000000000000000000000000000000000000000000000000000000000000"u8[..-whole]);
            output.Write(digits);
            return;
        }

        output.Write(digits[..whole]);
        if (scale > 0)
        {
            output.Write((byte)'.');
            output.Write(digits[whole..]);
        }
    }

    /// <summary>Digits of value × 10^scale without leading zeros; none for zero.</summary>
    private static bool TryReadUnscaled(scoped ReadOnlySpan<byte> text, int scale, Span<byte> digits, out int count, out bool negative)
    {
        count = 0;
        negative = text.Length > 0 && text[0] == '-';
        int i = negative ? 1 : 0;
        int fraction = -1;
        bool any = false;
        for (; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '.' && fraction < 0)
            {
                fraction = 0;
                continue;
            }

            if ((uint)(b - '0') > 9)
            {
                return false;
            }

            any = true;
            if (fraction >= scale)
            {
                if (b != '0')
                {
                    return false;
                }

                continue;
            }

            fraction += fraction >= 0 ? 1 : 0;
            if (!TryAppend(b, digits, ref count))
            {
                return false;
            }
        }

        for (fraction = Math.Max(fraction, 0); fraction < scale; fraction++)
        {
            if (!TryAppend((byte)'0', digits, ref count))
            {
                return false;
            }
        }

        negative &= count > 0;
        return any;
    }

    private static bool TryAppend(byte digit, Span<byte> digits, ref int count)
    {
        if (count == 0 && digit == '0')
        {
            return true;
        }

        if (count == digits.Length)
        {
            return false;
        }

        digits[count++] = digit;
        return true;
    }

    /// <summary>Fills <paramref name="bytes"/> from its end.</summary>
    /// <returns>First byte that counts.</returns>
    private static int ToTwosComplement(scoped ReadOnlySpan<byte> digits, bool negative, Span<byte> bytes)
    {
        Span<ulong> limbs = stackalloc ulong[MostBytes / 8];
        limbs.Clear();
        int used = 1;
        while (!digits.IsEmpty)
        {
            int step = Math.Min(digits.Length, DigitsPerStep);
            ulong factor = 1, part = 0;
            foreach (byte b in digits[..step])
            {
                factor *= 10;
                part = (part * 10) + (ulong)(b - '0');
            }

            MultiplyAdd(limbs, ref used, factor, part);
            digits = digits[step..];
        }

        if (negative)
        {
            Negate(limbs);
        }

        for (int i = 0; i < limbs.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[(MostBytes - 8 - (i * 8))..], limbs[i]);
        }

        // Leading bytes that only repeat the sign do not count, unless the next byte would show the other sign.
        byte filler = negative ? (byte)0xff : (byte)0;
        int start = 0;
        while (start < MostBytes - 1 && bytes[start] == filler && (bytes[start + 1] & 0x80) == (filler & 0x80))
        {
            start++;
        }

        return start;
    }

    private static void MultiplyAdd(Span<ulong> limbs, ref int used, ulong factor, ulong carry)
    {
        for (int i = 0; i < used; i++)
        {
            ulong high = Math.BigMul(limbs[i], factor, out ulong low);
            low += carry;
            carry = high + (low < carry ? 1UL : 0);
            limbs[i] = low;
        }

        if (carry != 0 && used < limbs.Length)
        {
            limbs[used++] = carry;
        }
    }

    private static void Negate(Span<ulong> limbs)
    {
        ulong carry = 1;
        foreach (ref ulong limb in limbs)
        {
            limb = ~limb + carry;
            carry = carry != 0 && limb == 0 ? 1UL : 0;
        }
    }
}
