using System.Globalization;
using System.Text;

namespace CanalBridge.Serialization.Values;

/// <summary>Names that Avro takes, by Debezium's rules.</summary>
internal static class NameAdjuster
{
    /// <summary>Adjusts the name of a schema: dots stay.</summary>
    public static string OfSchema(string name, NameAdjustment mode) => Adjust(name, mode, dots: true);

    /// <summary>Adjusts the name of a field.</summary>
    public static string OfField(string name, NameAdjustment mode) => Adjust(name, mode, dots: false);

    private static string Adjust(string name, NameAdjustment mode, bool dots)
    {
        if (mode == NameAdjustment.None || name.Length == 0)
        {
            return name;
        }

        bool unicode = mode == NameAdjustment.AvroUnicode;
        var adjusted = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool isLetter = char.IsAsciiLetter(c) || (c == '_' && !unicode);
            bool isAllowed = isLetter || (i > 0 && (char.IsAsciiDigit(c) || (c == '.' && dots)));
            if (isAllowed)
            {
                adjusted.Append(c);
            }
            else if (unicode)
            {
                string hex = ((int)c).ToString("x", CultureInfo.InvariantCulture);
                adjusted.Append("_u").Append(hex.Length < 3 ? "00" : "").Append(hex);
            }
            else
            {
                // A digit at the start is kept behind what stands for it.
                adjusted.Append('_').Append(i == 0 && char.IsAsciiDigit(c) ? c.ToString() : "");
            }
        }

        return adjusted.ToString();
    }
}
