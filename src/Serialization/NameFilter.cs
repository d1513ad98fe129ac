using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CanalBridge.Serialization;

/// <summary>Debezium's include and exclude lists: regular expressions, separated by commas, each for the whole of <c>schema.table</c> or <c>schema.table.column</c>, in any case.</summary>
public sealed class NameFilter
{
    private readonly NamePattern[] _names;
    private readonly bool _includes;

    private NameFilter(NamePattern[] names, bool includes)
    {
        _names = names;
        _includes = includes;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="includes">Whether it names what stays, or what goes.</param>
    /// <param name="filter">The result.</param>
    /// <param name="option">The option that has the list, for messages.</param>
    /// <returns>False if a part is no regular expression, or if there is none.</returns>
    public static bool TryParse(string list, bool includes, [NotNullWhen(true)] out NameFilter? filter, string option = "A list of names")
    {
        filter = null;
        try
        {
            NamePattern[] names = [.. NamePattern.Split(list).Select(name => new NamePattern(name, option))];
            filter = new NameFilter(names, includes);
            return names.Length > 0;
        }
        catch (RegexParseException)
        {
            return false;
        }
    }

    /// <summary>Whether what has this name stays. Asked once per table or column.</summary>
    /// <exception cref="NamePatternException">An expression takes too long for it.</exception>
    internal bool Passes(string name) => Array.Exists(_names, pattern => pattern.IsMatch(name)) == _includes;
}
