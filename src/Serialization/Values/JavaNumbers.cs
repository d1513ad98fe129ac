using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>Numbers as Java's <c>toString</c> prints them: always a fraction, plain from 1e-3 to 1e7, else <c>d.dE±n</c> without plus.</summary>
internal static class JavaNumbers
{
    private const int LongestText = 32;

    // From here on a float has no fraction; up to there it fits a long with room for rounding.
    private const float FirstWholeOnly = 1 << 24, LastLong = 1L << 62;

    /// <summary>Whether the text already is in Java's form; then it is written as it came.</summary>
    /// <remarks>Java before 19 sometimes prints a digit more than needed. Canal and Debezium run on the same Java, so keeping it keeps them equal.</remarks>
    public static bool IsJavaText(ReadOnlySpan<byte> text)
    {
        int i = text.Length > 0 && text[0] == '-' ? 1 : 0;
        int digits = CountDigits(text, i);
        i += digits;
        if (digits == 0 || i >= text.Length || text[i] != '.' || (digits > 1 && text[i - digits] == '0'))
        {
            return false;
        }

        digits = CountDigits(text, ++i);
        i += digits;
        if (digits == 0 || i == text.Length)
        {
            return digits > 0;
        }

        if (text[i++] != 'E')
        {
            return false;
        }

        i += i < text.Length && text[i] == '-' ? 1 : 0;
        digits = CountDigits(text, i);
        return digits > 0 && i + digits == text.Length;
    }

    /// <summary>Writes a finite double as <c>Double.toString</c> of Java 19 and later.</summary>
    public static void WriteDouble(ref RecordOutput output, double value) => Write(ref output, value);

    /// <summary>Writes a finite float as <c>Float.toString</c> of Java 19 and later, but for large whole numbers, which Java 17 writes out.</summary>
    public static void WriteFloat(ref RecordOutput output, float value)
    {
        if (MathF.Abs(value) is >= FirstWholeOnly and < LastLong)
        {
            WriteWhole(ref output, value);
        }
        else
        {
            Write(ref output, value);
        }
    }

    /// <summary>Java before 19: every digit of the number, less those that a power of two beyond the significand makes meaningless.</summary>
    private static void WriteWhole(ref RecordOutput output, float value)
    {
        long whole = (long)MathF.Abs(value);
        int beyond = BitOperations.Log2((ulong)whole) - 25;
        int meaningless = beyond > 1 ? (int)(beyond * Math.Log10(2)) : 0;
        long unit = (long)Math.Pow(10, meaningless);
        whole = (whole / unit) + (meaningless > 0 && whole % unit >= unit / 2 ? 1 : 0);
        Span<byte> digits = stackalloc byte[LongestText];
        Utf8Formatter.TryFormat(whole, digits, out int count);
        int exponent = count + meaningless;
        WriteJava(ref output, digits[..count].TrimEnd((byte)'0'), exponent, value < 0);
    }

    private static void Write<T>(ref RecordOutput output, T value)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        Span<byte> text = stackalloc byte[LongestText];
        value.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[LongestText];
        int exponent = Split(text[..length], digits, out int count, out bool negative);
        if (count == 1)
        {
            // Java wants two digits and takes the nearest pair: 4.9E-324 where one digit would be 5E-324.
            Span<byte> pair = stackalloc byte[LongestText];
            value.TryFormat(pair, out length, "E1", CultureInfo.InvariantCulture);
            if (T.TryParse(pair[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out T back) && back == value)
            {
                exponent = Split(pair[..length], digits, out count, out negative);
            }
        }

        WriteJava(ref output, digits[..count], exponent, negative);
    }

    /// <summary>Takes significant digits out of .NET's text; the value is 0.digits × 10^result.</summary>
    private static int Split(ReadOnlySpan<byte> text, Span<byte> digits, out int count, out bool negative)
    {
        negative = text[0] == '-';
        text = negative ? text[1..] : text;
        int exponent = 0;
        int mark = text.IndexOf((byte)'E');
        if (mark >= 0)
        {
            // Utf8Parser reads the plus sign of E+16 as well.
            exponent = Utf8Parser.TryParse(text[(mark + 1)..], out int parsed, out _) ? parsed : 0;
            text = text[..mark];
        }

        int point = text.IndexOf((byte)'.');
        exponent += point < 0 ? text.Length : point;
        count = 0;
        foreach (byte b in text)
        {
            if (b == '.')
            {
                continue;
            }

            if (count == 0 && b == '0')
            {
                exponent--;
                continue;
            }

            digits[count++] = b;
        }

        while (count > 1 && digits[count - 1] == '0')
        {
            count--;
        }

        return count == 0 ? 1 : exponent;
    }

    private static void WriteJava(ref RecordOutput output, scoped ReadOnlySpan<byte> digits, int exponent, bool negative)
    {
        if (negative)
        {
            output.Write((byte)'-');
        }

        if (digits.IsEmpty)
        {
            output.Write("0.0"u8);
        }
        else if (exponent is > -3 and <= 0)
        {
            output.Write("0."u8);
            output.Write("00"u8[..-exponent]);
            output.Write(digits);
        }
        else if (exponent is > 0 and <= 7)
        {
            WritePlain(ref output, digits, exponent);
        }
        else
        {
            output.Write(digits[0]);
            output.Write((byte)'.');
            output.Write(digits.Length > 1 ? digits[1..] : "0"u8);
            output.Write((byte)'E');
            output.WriteNumber(exponent - 1);
        }
    }

    private static void WritePlain(ref RecordOutput output, scoped ReadOnlySpan<byte> digits, int whole)
    {
        if (digits.Length > whole)
        {
            output.Write(digits[..whole]);
            output.Write((byte)'.');
            output.Write(digits[whole..]);
            return;
        }

        output.Write(digits);
        output.Write("0000000"u8[..(whole - digits.Length)]);
        output.Write(".0"u8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountDigits(ReadOnlySpan<byte> text, int start)
    {
        int i = start;
        while (i < text.Length && (uint)(text[i] - '0') <= 9)
        {
            i++;
        }

        return i - start;
    }
}
