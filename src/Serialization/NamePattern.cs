using System.Text.RegularExpressions;

namespace CanalBridge.Serialization;

/// <summary>Debezium's regular expressions for tables and columns: for the whole name, in any case.</summary>
internal static class NamePattern
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    /// <summary>The parts of a list: separated by commas, but for those of a quantifier (<c>{1,2}</c>) and those behind a backslash.</summary>
    public static IEnumerable<string> Split(string list)
    {
        int start = 0, braces = 0;
        for (int i = 0; i <= list.Length; i++)
        {
            char c = i < list.Length ? list[i] : ',';
            braces += c switch { '{' => 1, '}' when braces > 0 => -1, _ => 0 };
            if (i == list.Length || (c == ',' && braces == 0 && (i == 0 || list[i - 1] != '\\')))
            {
                string part = list[start..i].Trim();
                start = i + 1;
                if (part.Length > 0)
                {
                    yield return part;
                }
            }
        }
    }

    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    public static Regex Create(string pattern) => new($"^(?:{pattern})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchLimit);
}
