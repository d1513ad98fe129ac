using System.Globalization;
using System.Text.Json.Serialization;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>A table as a server tells it in information_schema: what a definition is compared with.</summary>
/// <param name="Columns">In table order.</param>
/// <param name="Key">Columns of the primary key, in its order.</param>
/// <param name="Charset">Character set of columns that name none; null where it was not asked for.</param>
internal sealed record ServerTable(
    [property: JsonPropertyName("columns")] IReadOnlyList<ServerColumn> Columns,
    [property: JsonPropertyName("key")] IReadOnlyList<string> Key,
    [property: JsonPropertyName("charset")] string? Charset = null)
{
    /// <summary>How a definition differs; empty if it does not.</summary>
    /// <param name="definition">What is known of the table; null for nothing.</param>
    public IReadOnlyList<string> DifferencesOf(TableDefinition? definition)
    {
        if (definition is null)
        {
            return ["unknown"];
        }

        string names = string.Join(',', Columns.Select(static column => column.Name));
        string ours = string.Join(',', definition.Columns.Select(static column => column.Name));
        if (names != ours)
        {
            return [$"columns: server {names}, here {ours}"];
        }

        var found = new List<string>();
        string key = string.Join(',', Key), ourKey = definition.KeyIsPrimary ? string.Join(',', definition.Key) : "";
        if (key != ourKey)
        {
            found.Add($"key: server {key}, here {ourKey}");
        }

        if (Charset is not null && definition.CharsetName is not null && ServerColumn.Full(Charset) != ServerColumn.Full(definition.CharsetName))
        {
            found.Add($"server's charset {Charset}, here {definition.CharsetName}");
        }

        for (int i = 0; i < Columns.Count; i++)
        {
            found.AddRange(Columns[i].DifferencesOf(definition.Columns[i]));
        }

        return found;
    }
}

/// <summary>A column as a server tells it in information_schema.</summary>
/// <param name="Name">COLUMN_NAME.</param>
/// <param name="Type">COLUMN_TYPE.</param>
/// <param name="IsNullable">IS_NULLABLE.</param>
/// <param name="Default">COLUMN_DEFAULT in MySQL's form: a text without quotes; null for none.</param>
/// <param name="IsExpression">The default is an expression, which MySQL does not always show, or the time of the change.</param>
/// <param name="Charset">CHARACTER_SET_NAME.</param>
internal sealed record ServerColumn(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("nullable")] bool IsNullable,
    [property: JsonPropertyName("default")] string? Default,
    [property: JsonPropertyName("expression")] bool IsExpression,
    [property: JsonPropertyName("charset")] string? Charset)
{
    /// <summary>How a definition differs; empty if it does not.</summary>
    public IEnumerable<string> DifferencesOf(ColumnDefinition column)
    {
        var type = MySqlType.Parse(Type);
        if (!MySqlType.Parse(column.Type).IsStoredAs(type))
        {
            yield return $"{Name}: server {Type}, here {column.Type}";
        }

        if (IsNullable != column.IsNullable)
        {
            yield return $"{Name}: server {(IsNullable ? "takes" : "refuses")} NULL";
        }

        if (!HasDefault(column.Default, type))
        {
            yield return $"{Name}: server's default {(IsExpression ? "(" : "")}{Default ?? "none"}, here {column.Default?.ToString() ?? "none"}";
        }

        // MariaDB's JSON is a text of a fixed character set.
        bool hasCharset = type.Kind is MySqlTypeKind.Text or MySqlTypeKind.Enum or MySqlTypeKind.Set && MySqlType.Parse(column.Type).Kind != MySqlTypeKind.Json;
        if (hasCharset && Charset is { } charset && Full(charset) != Full(column.CharsetName))
        {
            yield return $"{Name}: server's charset {Charset}, here {column.CharsetName}";
        }
    }

    /// <summary>One name in older servers, the other in newer ones.</summary>
    public static string? Full(string? charset) => charset?.ToUpperInvariant() is "UTF8" ? "UTF8MB3" : charset?.ToUpperInvariant();

    private bool HasDefault(ColumnDefault? ours, MySqlType type)
    {
        bool isOurExpression = ours?.Kind is ColumnDefaultKind.Expression or ColumnDefaultKind.CurrentTimestamp;
        if (ours is null || Default is null || IsExpression || isOurExpression)
        {
            // MariaDB keeps a text in brackets as that text; as an expression it is of no use here, nor to Debezium.
            return (ours is null) == (Default is null && !IsExpression) && (IsExpression == isOurExpression || ours?.Kind == ColumnDefaultKind.Expression);
        }

        // Times are spelled in many ways; what rows show of them is compared elsewhere. Bits and bytes are printed in forms of their own.
        if (Default.StartsWith("0x", StringComparison.Ordinal) || ours.Kind is ColumnDefaultKind.Bits or ColumnDefaultKind.Hex
            || type.Kind is MySqlTypeKind.Bit or MySqlTypeKind.Binary or MySqlTypeKind.Blob
            or MySqlTypeKind.Date or MySqlTypeKind.Time or MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds or MySqlTypeKind.Timestamp
            or MySqlTypeKind.Year)
        {
            return true;
        }

        string text = Unescaped(ours.Text);
        return text == Default || ours.Typed == Default
            || (type.Kind == MySqlTypeKind.Set && text.Split(',').Order(StringComparer.Ordinal).SequenceEqual(Default.Split(',').Order(StringComparer.Ordinal)))
            || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.TryParse(Default, NumberStyles.Float, CultureInfo.InvariantCulture, out double theirs)
                && Math.Abs(number - theirs) <= Math.Max(0.5, Math.Abs(number) * 1e-5));
    }

    /// <summary>A text without its quotes, as a server reads it.</summary>
    public static string Unescaped(string text)
    {
        var plain = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (text[i] == '\\' && next != '\0')
            {
                i++;
                plain.Append(next switch
                {
                    'n' => "\n",
                    't' => "\t",
                    'r' => "\r",
                    'b' => "\b",
                    '0' => "\0",
                    'Z' => "\u001a",
                    '%' or '_' => $"\\{next}",
                    _ => next.ToString(),
                });
            }
            else
            {
                i += text[i] is '\'' or '"' && next == text[i] ? 1 : 0;
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
