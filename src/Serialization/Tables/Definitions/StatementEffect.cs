namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>What a statement did, as far as it could be read.</summary>
internal sealed record StatementEffect
{
    /// <summary>The effect of a statement that defines nothing, and of one that is not to be read.</summary>
    /// <param name="statement">Its text.</param>
    /// <param name="currentSchema">The session's database.</param>
    public static StatementEffect None(string statement, string currentSchema) => new() { Text = TrimBlanks(statement), CurrentSchema = currentSchema };

    /// <summary>Its text, without comments and a semicolon around it where it was understood, else as it came.</summary>
    public required string Text { get; init; }

    /// <summary>The session's database; empty for none.</summary>
    public required string CurrentSchema { get; init; }

    /// <summary>The database that it made or dropped; null for other statements.</summary>
    public string? Database { get; init; }

    /// <summary>It dropped <see cref="Database"/>.</summary>
    public bool DropsDatabase { get; init; }

    /// <summary>The tables that it made, changed or dropped, in its order; none for what Debezium takes for no change.</summary>
    public IReadOnlyList<TableChange> Changes { get; init; } = [];

    /// <summary>Tables whose rows may look otherwise behind it, under all the names concerned; also where it could not be read.</summary>
    public IReadOnlyList<TableId> Reshaped { get; init; } = [];

    /// <summary>Those of <see cref="Reshaped"/> that had a definition. Of the others there may be no rows, or there may be no such table.</summary>
    public IReadOnlySet<TableId> Defined { get; init; } = new HashSet<TableId>();

    /// <summary>The table that became unknown because the statement could not be read; null if all went well.</summary>
    public TableId? Unread { get; init; }

    /// <summary>It was about temporary tables alone, which have no rows in the binlog.</summary>
    public bool IsOfTemporary { get; init; }

    /// <summary>What Java's trim leaves, which Debezium calls.</summary>
    private static string TrimBlanks(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] <= ' ')
        {
            end--;
        }

        return text[start..end];
    }
}
