namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>One table that a statement made, changed or dropped.</summary>
/// <param name="Kind">What happened to it.</param>
/// <param name="Table">Its name behind the statement.</param>
/// <param name="Statement">The part of the statement that concerns it, with the words that all parts share.</param>
internal sealed record TableChange(TableChangeKind Kind, TableId Table, string Statement)
{
    /// <summary>Its definition behind the whole statement; null for a dropped table, and where nothing is known of it.</summary>
    public TableDefinition? Definition { get; init; }
}

/// <summary>What a statement did to a table.</summary>
internal enum TableChangeKind
{
    Create,
    Alter,
    Drop,
}
