using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CanalBridge.Serialization;

/// <summary>Debezium's <c>table.include.list</c> or <c>table.exclude.list</c>: regular expressions, separated by commas, each for the whole of <c>schema.table</c>, in any case.</summary>
public sealed class TableFilter
{
    private readonly Regex[] _tables;
    private readonly bool _includes;

    private TableFilter(Regex[] tables, bool includes)
    {
        _tables = tables;
        _includes = includes;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="includes">Whether it names the tables that stay, or those that go.</param>
    /// <param name="filter">The result.</param>
    /// <returns>False if a part is no regular expression, or if there is none.</returns>
    public static bool TryParse(string list, bool includes, [NotNullWhen(true)] out TableFilter? filter)
    {
        filter = null;
        try
        {
            Regex[] tables = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(NamePattern.Create)];
            filter = new TableFilter(tables, includes);
            return tables.Length > 0;
        }
        catch (RegexParseException)
        {
            return false;
        }
    }

    /// <summary>Whether the rows of a table become records. Asked once per table.</summary>
    internal bool Passes(string schema, string table) => Array.Exists(_tables, pattern => pattern.IsMatch($"{schema}.{table}")) == _includes;
}
