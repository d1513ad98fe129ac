namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>A table as a statement or the server has defined it: what its rows do not show. Unchanging.</summary>
internal sealed record TableDefinition
{
    /// <summary>Columns in table order, invisible and generated ones included.</summary>
    public required IReadOnlyList<ColumnDefinition> Columns { get; init; }

    /// <summary>Names of the key columns in the order of the key; empty for a table without key.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The key is the PRIMARY KEY; if not, a unique key that serves as one.</summary>
    public required bool KeyIsPrimary { get; init; }

    /// <summary>Character set of its columns where they name none, as typed or taken from the database; null if unknown.</summary>
    public string? CharsetName { get; init; }

    /// <summary>Text of its COMMENT, as typed; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>The source told it, or it was derived from what the source told: how the table was then, which may be later than the rows.</summary>
    public bool IsFromSource { get; init; }

    /// <summary>Index of a column; negative if there is none of that name.</summary>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Is(column))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>A column as defined.</summary>
internal sealed record ColumnDefinition
{
    public required string Name { get; init; }

    /// <summary>Type as typed, without character set: <c>decimal(10,2) unsigned</c>, <c>enum('a','b')</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it takes NULL. A column of the primary key never does.</summary>
    public bool IsNullable { get; init; } = true;

    /// <summary>Text of its COMMENT, as typed; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>Character set of a column of text, as typed or taken from the table; null for other columns and if unknown.</summary>
    public string? CharsetName { get; init; }

    /// <summary>What Debezium takes for AUTO_INCREMENT: also ON UPDATE CURRENT_TIMESTAMP, unless it stands directly behind DEFAULT CURRENT_TIMESTAMP.</summary>
    public bool IsAutoIncremented { get; init; }

    /// <summary>AUTO_INCREMENT is in force, whatever Debezium takes for it. The server takes a constant that is set as its default, and keeps none.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>Labels of an ENUM or SET as typed, in their quotes, separated by commas; null for other columns.</summary>
    public string? EnumValues { get; init; }

    /// <summary>Null for none, and for <c>DEFAULT NULL</c>.</summary>
    public ColumnDefault? Default { get; init; }

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a DEFAULT clause says.</summary>
/// <param name="Kind">Which form it has.</param>
/// <param name="Text">Its text by <see cref="Kind"/>: a number, a text without its quotes and not unescaped, digits; empty for a function.</param>
internal sealed record ColumnDefault(ColumnDefaultKind Kind, string Text)
{
    /// <summary>How it was typed, where Debezium shows that and it is not <see cref="Text"/>: TRUE, a sign, an introducer.</summary>
    public string? Typed { get; init; }
}

/// <summary>The form of a DEFAULT clause.</summary>
internal enum ColumnDefaultKind
{
    Number,
    Text,
    Bits,
    Hex,

    /// <summary>The time of the change.</summary>
    CurrentTimestamp,

    /// <summary>An expression: known to the server alone.</summary>
    Expression,
}

/// <summary>A table's name.</summary>
/// <param name="Schema">Database.</param>
/// <param name="Name">Table.</param>
internal readonly record struct TableId(string Schema, string Name)
{
    public override string ToString() => $"{Schema}.{Name}";
}
