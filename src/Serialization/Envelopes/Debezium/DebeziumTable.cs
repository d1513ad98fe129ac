using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A table layout as Debezium's JSON writes it.</summary>
internal sealed class DebeziumTable
{
    private DebeziumTable(TableLayout layout, SerializationSettings settings)
    {
        Source = layout.Table;
        DebeziumColumn[] all = [.. layout.Columns.Select((column, i) => new DebeziumColumn(column, layout.Definition?.Columns[i], layout.KeyColumns.Contains(i), settings))];
        Columns = all;
        KeyColumns = [.. layout.KeyColumns.Select(key => all[key])];
        if (settings.Schemas)
        {
            KeyStart = ConnectSchemas.KeyStart(Source.Topic, KeyColumns);
            ValueStart = ConnectSchemas.ValueStart(Source.Topic, Columns, settings.ConnectorName);
        }
    }

    public SourceTable Source { get; }

    /// <summary>What records hold, in their order: all columns, in table order.</summary>
    public DebeziumColumn[] Columns { get; }

    /// <summary>What keys hold, in their order; empty for a table without key.</summary>
    public DebeziumColumn[] KeyColumns { get; }

    /// <summary>What stands before the payload of a key, up to its schema; empty without schemas.</summary>
    public byte[] KeyStart { get; } = [];

    /// <summary>What stands before the payload of a value.</summary>
    public byte[] ValueStart { get; } = [];

    /// <summary>Worked out at the first row of a layout, kept with it.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="settings">The handling modes.</param>
    public static DebeziumTable Of(TableLayout layout, SerializationSettings settings) => (DebeziumTable)(layout.Prepared ??= new DebeziumTable(layout, settings));
}
