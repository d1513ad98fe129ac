using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>A table layout as an envelope of plain JSON writes it.</summary>
internal abstract class JsonTable<TColumn>
    where TColumn : JsonColumn
{
    /// <param name="layout">The layout.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="settings">Chooses the key columns.</param>
    /// <param name="keyMember">What stands in a key before the value of a column, the first or a later one.</param>
    protected JsonTable(TableLayout layout, TColumn[] columns, SerializationSettings settings, Func<TColumn, bool, byte[]> keyMember)
    {
        Source = layout.Table;
        Columns = columns;
        KeyIndexes = settings.KeyColumnsOf(layout);
        KeyMembers = [.. KeyIndexes.Select((index, i) => keyMember(columns[index], i == 0))];
    }

    public SourceTable Source { get; }

    /// <summary>All columns, in table order.</summary>
    public TColumn[] Columns { get; }

    /// <summary>Indexes of the key's columns, in its order; empty for a table without key.</summary>
    public int[] KeyIndexes { get; }

    /// <summary>What stands in a key before the value of each of its columns.</summary>
    public byte[][] KeyMembers { get; }
}
