using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CanalBridge.Serialization;

/// <summary>Debezium's <c>message.key.columns</c>: <c>shop\.orders:region,id;shop\.(.*):uuid</c>, key columns of tables chosen by regular expressions.</summary>
public sealed class MessageKeyColumns
{
    private readonly NamePattern[] _columns;

    private MessageKeyColumns(NamePattern[] columns) => _columns = columns;

    /// <summary>Reads the setting.</summary>
    /// <param name="text">Parts <c>table:column,column</c>, separated by semicolons; table and columns are regular expressions.</param>
    /// <param name="parsed">The result.</param>
    /// <param name="option">The option that has it, for messages.</param>
    /// <returns>False if it has another form.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out MessageKeyColumns? parsed, string option = "The key columns")
    {
        parsed = null;
        var columns = new List<NamePattern>();
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] halves = part.Split(':');
            string[] names = halves.Length == 2 ? halves[1].Split(',', StringSplitOptions.TrimEntries) : [];
            if (names.Length == 0 || halves[0].Length == 0 || names.Contains(""))
            {
                return false;
            }

            foreach (string name in names)
            {
                try
                {
                    columns.Add(new NamePattern($"{halves[0].Trim()}\\.{name}", option));
                }
                catch (RegexParseException)
                {
                    return false;
                }
            }
        }

        parsed = new MessageKeyColumns([.. columns]);
        return columns.Count > 0;
    }

    /// <summary>Indexes of a table's key columns in the order of the setting; null if it names none of them.</summary>
    internal int[]? Find(string schema, string table, IReadOnlyList<string> columns)
    {
        int[] found = [.. from wanted in _columns from i in Enumerable.Range(0, columns.Count) where wanted.IsMatch($"{schema}.{table}.{columns[i]}") select i];
        return found.Length == 0 ? null : [.. found.Distinct()];
    }
}
