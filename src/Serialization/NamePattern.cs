using System.Text.RegularExpressions;

namespace CanalBridge.Serialization;

/// <summary>Debezium's regular expressions for tables and columns: for the whole name, in any case.</summary>
/// <remarks>
/// Matched in one pass, whatever the name: whoever may make tables must not be able to stop the bridge by a name. Look-around and
/// back-references cannot be matched so; an expression with these has a limit.
/// </remarks>
internal sealed class NamePattern
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly string _pattern;
    private readonly string _option;

    /// <param name="pattern">The expression.</param>
    /// <param name="option">The option that has it, for what is told if it takes too long.</param>
    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    public NamePattern(string pattern, string option)
    {
        _regex = Create($"^(?:{pattern})$");
        _pattern = pattern;
        _option = option;
    }

    /// <summary>Number of the last group.</summary>
    public int Groups => _regex.GetGroupNumbers().Max();

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

    /// <exception cref="NamePatternException">It takes too long.</exception>
    public bool IsMatch(string name) => Match(name).Success;

    /// <exception cref="NamePatternException">It takes too long.</exception>
    public Match Match(string name)
    {
        try
        {
            return _regex.Match(name);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new NamePatternException(_option, _pattern, name, MatchLimit, e);
        }
    }

    private static Regex Create(string pattern)
    {
        const RegexOptions options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, MatchLimit);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, options, MatchLimit);
        }
    }
}
