namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>What a statement did, as far as it could be read.</summary>
internal sealed record StatementEffect
{
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
}
