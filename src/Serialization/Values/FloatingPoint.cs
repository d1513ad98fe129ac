using System.Buffers.Text;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>Canal's texts of numbers with a floating point.</summary>
internal static class FloatingPoint
{
    /// <summary>Writes a FLOAT or DOUBLE as Java prints it, which is how Canal sends it.</summary>
    public static bool TryWriteJavaText(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool single)
    {
        if (JavaNumbers.IsJavaText(text))
        {
            output.Write(text);
            return true;
        }

        if (single)
        {
            if (!Utf8Parser.TryParse(text, out float number, out int length) || length != text.Length || !float.IsFinite(number))
            {
                return false;
            }

            JavaNumbers.WriteFloat(ref output, number);
            return true;
        }

        return TryWriteDouble(ref output, text);
    }

    /// <summary>Writes a number as Java prints a double.</summary>
    public static bool TryWriteDouble(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        bool fits = TryReadDouble(text, out double value);
        if (fits)
        {
            JavaNumbers.WriteDouble(ref output, value);
        }

        return fits;
    }

    /// <summary>Reads a finite number.</summary>
    public static bool TryReadDouble(scoped ReadOnlySpan<byte> text, out double value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && double.IsFinite(value);
}
