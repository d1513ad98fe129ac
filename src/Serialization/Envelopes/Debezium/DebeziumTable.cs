using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A table layout as Debezium's JSON writes it.</summary>
internal sealed class DebeziumTable
{
    private DebeziumTable(TableLayout layout, bool replacesNull)
    {
        Source = layout.Table;
        DebeziumColumn[] all = [.. layout.Columns.Select((column, i) => new DebeziumColumn(column, layout.Definition?.Columns[i], layout.KeyColumns.Contains(i), replacesNull))];
        Columns = all;
        KeyColumns = [.. layout.KeyColumns.Select(key => all[key])];
    }

    public SourceTable Source { get; }

    /// <summary>What records hold, in their order: all columns, in table order.</summary>
    public DebeziumColumn[] Columns { get; }

    /// <summary>What keys hold, in their order; empty for a table without key.</summary>
    public DebeziumColumn[] KeyColumns { get; }

    /// <summary>Worked out at the first row of a layout, kept with it.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="replacesNull">Whether a NULL is written as its column's default.</param>
    public static DebeziumTable Of(TableLayout layout, bool replacesNull) => (DebeziumTable)(layout.Prepared ??= new DebeziumTable(layout, replacesNull));
}
