namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>A statement as read.</summary>
/// <param name="Text">Its text, without comments and a semicolon around it.</param>
/// <param name="Edits">What it does, in its order; none for statements that define no table.</param>
internal sealed record ParsedStatement(string Text, IReadOnlyList<SchemaEdit> Edits)
{
    /// <summary>It seems to define a table, and not even the table's name could be read.</summary>
    public bool IsUnread { get; init; }

    /// <summary>Nothing in it was beyond this reader.</summary>
    public bool IsWhole =>
        !IsUnread && Edits.All(static edit => edit is not SchemaEdit.CreateTable { Parts: null, Model: null } and not SchemaEdit.AlterTable { Parts: null });
}
