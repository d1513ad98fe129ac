using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>A table layout as an envelope of plain JSON writes it.</summary>
internal abstract class JsonTable<TColumn>
    where TColumn : JsonColumn
{
    /// <param name="layout">The layout.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="settings">Chooses the columns and those of the key.</param>
    /// <param name="keyMember">What stands in a key before the value of a column, the first or a later one.</param>
    protected JsonTable(TableLayout layout, TColumn[] columns, SerializationSettings settings, Func<TColumn, bool, byte[]> keyMember)
    {
        Source = layout.Table;
        Columns = [.. columns.Where(column => settings.Keeps(Source, column.Name))];
        KeyIndexes = settings.KeyColumnsOf(layout);
        KeyColumns = [.. KeyIndexes.Select(index => columns[index])];
        KeyMembers = [.. KeyColumns.Select((column, i) => keyMember(column, i == 0))];
    }

    public SourceTable Source { get; }

    /// <summary>The columns that are not left out, in table order.</summary>
    public TColumn[] Columns { get; }

    /// <summary>The key's columns, in its order, also those that are left out of the rows; empty for a table without key.</summary>
    public TColumn[] KeyColumns { get; }

    /// <summary>Indexes of the key's columns in the table.</summary>
    public int[] KeyIndexes { get; }

    /// <summary>What stands in a key before the value of each of its columns.</summary>
    public byte[][] KeyMembers { get; }
}
