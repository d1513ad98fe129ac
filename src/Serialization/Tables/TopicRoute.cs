using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CanalBridge.Serialization.Tables;

/// <summary>Tables by regular expressions, and the topic of their records by a template with <c>{prefix}</c>, <c>{schema}</c>, <c>{table}</c>, <c>{1}</c>, <c>{2}</c>.</summary>
public sealed class TopicRoute
{
    private readonly NamePattern[] _tables;
    private readonly string _template;

    private TopicRoute(NamePattern[] tables, string template)
    {
        _tables = tables;
        _template = template;
    }

    /// <summary>Reads a route.</summary>
    /// <param name="tables">Regular expressions for <c>schema.table</c>, separated by commas.</param>
    /// <param name="template">The topic; the numbers stand for the groups of the expression that matched.</param>
    /// <param name="route">The result.</param>
    /// <param name="mistake">What it must be, if the result is false.</param>
    /// <param name="option">The option that has the tables, for messages.</param>
    public static bool TryParse(
        string tables, string template, [NotNullWhen(true)] out TopicRoute? route, [NotNullWhen(false)] out string? mistake, string option = "A route's tables")
    {
        route = null;
        mistake = null;
        NamePattern[] patterns;
        try
        {
            patterns = [.. NamePattern.Split(tables).Select(pattern => new NamePattern(pattern, option))];
        }
        catch (RegexParseException)
        {
            mistake = $"Tables must be regular expressions for schema.table, separated by commas, such as shop\\.orders_(\\d+), got '{tables}'";
            return false;
        }

        if (patterns.Length == 0)
        {
            mistake = $"Tables must be regular expressions for schema.table, separated by commas, got '{tables}'";
            return false;
        }

        int groups = patterns.Min(static pattern => pattern.Groups);
        var fields = new List<string>();
        Fill(template, field =>
        {
            fields.Add(field);
            return "";
        });
        if (fields.Find(field => !IsField(field, groups)) is { } unknown)
        {
            string numbers = groups == 0 ? "" : $" and {{1}} to {{{groups}}}, the groups in Tables";
            mistake = $"Topic has {{{unknown}}}, but there are {{prefix}}, {{schema}}, {{table}}{numbers}";
            return false;
        }

        route = new TopicRoute(patterns, template);
        return true;
    }

    /// <summary>The topic of a table; null if it is not one of the route's, empty if nothing of the template is left.</summary>
    /// <param name="prefix">Debezium's <c>topic.prefix</c>.</param>
    /// <param name="schema">Database.</param>
    /// <param name="table">Table.</param>
    /// <exception cref="NamePatternException">An expression takes too long for the name.</exception>
    public string? TopicOf(string prefix, string schema, string table)
    {
        Match? match = _tables.Select(pattern => pattern.Match($"{schema}.{table}")).FirstOrDefault(static match => match.Success);
        return match is null ? null : TopicNames.Allowed(Fill(_template, field => field switch
        {
            "prefix" => prefix,
            "schema" => schema,
            "table" => table,
            _ => match.Groups[int.Parse(field, CultureInfo.InvariantCulture)].Value,
        }));
    }

    private static bool IsField(string field, int groups) =>
        field is "prefix" or "schema" or "table" || (int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int group) && group >= 1 && group <= groups);

    private static string Fill(string template, Func<string, string> valueOf)
    {
        var text = new StringBuilder();
        for (int i = 0; i < template.Length;)
        {
            int end = template[i] == '{' ? template.IndexOf('}', i) : -1;
            text.Append(end < 0 ? template[i..(i + 1)] : valueOf(template[(i + 1)..end]));
            i = end < 0 ? i + 1 : end + 1;
        }

        return text.ToString();
    }
}
