using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A table layout as Debezium's records have it; with what is the same in each, in JSON.</summary>
internal class DebeziumTable
{
    protected DebeziumTable(TableLayout layout, SerializationSettings settings)
    {
        Source = layout.Table;
        KeyIndexes = settings.MessageKeyColumns?.Find(Source.Schema, Source.Name, [.. layout.Columns.Select(static column => column.Name)]) ?? layout.KeyColumns;
        DebeziumColumn[] all = [.. layout.Columns.Select((column, i) => new DebeziumColumn(column, layout.Definition?.Columns[i], layout.KeyColumns.Contains(i), settings))];
        Columns = all;
        KeyColumns = [.. KeyIndexes.Select(key => all[key])];
        ThrowIfAlike();
        if (settings.Schemas)
        {
            string name = NameAdjuster.OfSchema(Source.Topic, settings.SchemaNames);
            KeyStart = ConnectSchemas.KeyStart(name, KeyColumns);
            ValueStart = ConnectSchemas.ValueStart(name, Columns, settings.ConnectorName);
        }
    }

    public SourceTable Source { get; }

    /// <summary>What records hold, in their order: all columns, in table order.</summary>
    public DebeziumColumn[] Columns { get; }

    /// <summary>What keys hold, in their order; empty for a table without key.</summary>
    public DebeziumColumn[] KeyColumns { get; }

    /// <summary>Indexes of <see cref="KeyColumns"/> in the table.</summary>
    public int[] KeyIndexes { get; }

    /// <summary>What stands before the payload of a key, up to its schema; empty without schemas.</summary>
    public byte[] KeyStart { get; } = [];

    /// <summary>What stands before the payload of a value.</summary>
    public byte[] ValueStart { get; } = [];

    /// <summary>Worked out at the first row of a layout, kept with it.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="settings">The handling modes.</param>
    public static DebeziumTable Of(TableLayout layout, SerializationSettings settings) => (DebeziumTable)(layout.Prepared ??= new DebeziumTable(layout, settings));

    /// <summary>An object with two members of one name would lose a column.</summary>
    private void ThrowIfAlike()
    {
        if (Columns.DistinctBy(static column => column.FieldName).Count() < Columns.Length)
        {
            IGrouping<string, DebeziumColumn> alike = Columns.GroupBy(static column => column.FieldName).First(static group => group.Count() > 1);
            throw new UnmappableValueException(Source.ToString(), string.Join(" and ", alike.Select(static column => column.Name)), alike.First().MysqlType, $"names that differ after Envelope:FieldNameAdjustmentMode, got {alike.Key} for both");
        }
    }
}
