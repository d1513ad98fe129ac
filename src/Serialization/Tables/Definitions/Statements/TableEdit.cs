namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>One part of a CREATE TABLE or ALTER TABLE; <see cref="TableBuilder"/> does it.</summary>
internal abstract record TableEdit
{
    /// <summary>A new column.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="Key">What it says of a key.</param>
    /// <param name="Place">Where; null for the end.</param>
    /// <param name="UnlessThere">Nothing happens if there is one of this name.</param>
    internal sealed record AddColumn(ColumnDefinition Column, ColumnKey Key, ColumnPlace? Place, bool UnlessThere) : TableEdit;

    /// <summary>Another definition of a column: MODIFY and CHANGE.</summary>
    /// <param name="Old">Its name before.</param>
    /// <param name="Column">The column from here on.</param>
    /// <param name="Key">What it says of a key.</param>
    /// <param name="Place">Where; null for where it is.</param>
    /// <param name="IfThere">Nothing happens if there is no such column.</param>
    /// <param name="KeepsMarks">What is not named stays, with Debezium.</param>
    internal sealed record ReplaceColumn(string Old, ColumnDefinition Column, ColumnKey Key, ColumnPlace? Place, bool IfThere, bool KeepsMarks) : TableEdit;

    /// <summary>A column goes.</summary>
    /// <param name="Column">Its name.</param>
    /// <param name="IfThere">Nothing happens if there is no such column.</param>
    internal sealed record DropColumn(string Column, bool IfThere) : TableEdit;

    /// <summary>A column gets another name.</summary>
    /// <param name="Old">Its name before.</param>
    /// <param name="New">Its name from here on.</param>
    /// <param name="IfThere">Nothing happens if there is no such column.</param>
    internal sealed record RenameColumn(string Old, string New, bool IfThere) : TableEdit;

    /// <summary>A column gets or loses its default.</summary>
    /// <param name="Column">Its name.</param>
    /// <param name="Value">The default; null for none.</param>
    /// <param name="IfThere">Nothing happens if there is no such column.</param>
    internal sealed record SetDefault(string Column, ColumnDefault? Value, bool IfThere) : TableEdit;

    /// <summary>A primary key.</summary>
    /// <param name="Columns">Its columns, in its order.</param>
    /// <param name="UnlessThere">Nothing happens if the table has one.</param>
    internal sealed record PrimaryKey(IReadOnlyList<string> Columns, bool UnlessThere) : TableEdit;

    /// <summary>The primary key goes.</summary>
    internal sealed record DropPrimaryKey : TableEdit;

    /// <summary>A unique key, not written at a column.</summary>
    /// <param name="Columns">Its columns; null if it holds an expression.</param>
    internal sealed record UniqueKey(IReadOnlyList<string>? Columns) : TableEdit;

    /// <summary>Character set of the columns that name none.</summary>
    /// <param name="Name">As typed; null for that of the database.</param>
    internal sealed record Charset(string? Name) : TableEdit;

    /// <summary>Another character set for the table and all its columns of text.</summary>
    /// <param name="To">As typed; null for that of the database.</param>
    internal sealed record Convert(string? To) : TableEdit;

    /// <summary>Comment of the table.</summary>
    /// <param name="Text">As typed.</param>
    internal sealed record Comment(string Text) : TableEdit;
}

/// <summary>Where a column goes.</summary>
/// <param name="After">Behind this column; null to be the first.</param>
internal readonly record struct ColumnPlace(string? After);
