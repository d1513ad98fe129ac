using System.Buffers.Text;

namespace CanalBridge.Serialization.Values;

/// <summary>Canal's texts of ENUM and SET, which are numbers.</summary>
internal static class LabelTexts
{
    /// <summary>Reads the place of an ENUM's label, from 1 on; 0 is the error value, an empty text.</summary>
    public static bool TryReadIndex(scoped ReadOnlySpan<byte> text, int labels, out int index)
    {
        bool isNumber = Utf8Parser.TryParse(text, out index, out int used) && used == text.Length;
        return isNumber && index >= 0 && index <= labels;
    }

    /// <summary>Reads a SET's bit mask: its first label is the lowest bit.</summary>
    public static bool TryReadMask(scoped ReadOnlySpan<byte> text, int labels, out ulong mask) =>
        Utf8Parser.TryParse(text, out mask, out int used) && used == text.Length && (labels >= 64 || mask >> labels == 0);
}
