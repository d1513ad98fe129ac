using System.Text.RegularExpressions;

namespace CanalBridge.Serialization;

/// <summary>Debezium's regular expressions for tables and columns: for the whole name, in any case.</summary>
internal static class NamePattern
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    public static Regex Create(string pattern) => new($"^(?:{pattern})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchLimit);
}
