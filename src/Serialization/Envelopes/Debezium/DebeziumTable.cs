using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A table layout as Debezium's records have it; with what is the same in each, in JSON.</summary>
internal class DebeziumTable
{
    protected DebeziumTable(TableLayout layout, SerializationSettings settings)
    {
        Source = layout.Table;
        KeyIndexes = settings.KeyColumnsOf(layout);
        Columns = [.. layout.Columns.Where(column => settings.Keeps(Source, column.Name)).Select(column => Column(column, settings.MaskOf(Source, column.Name), isInKey: false))];
        KeyColumns = [.. KeyIndexes.Select(key => Column(layout.Columns[key], KeyMaskOf(layout.Columns[key], settings), isInKey: true))];
        ThrowIfAlike();
        if (settings.Schemas)
        {
            string name = NameAdjuster.OfSchema(Source.Topic, settings.SchemaNames);
            KeyStart = ConnectSchemas.KeyStart(name, KeyColumns);
            ValueStart = ConnectSchemas.ValueStart(name, Columns, settings.ConnectorName);
        }

        DebeziumColumn Column(ColumnLayout column, ColumnMask? mask, bool isInKey)
        {
            var made = new DebeziumColumn(column, layout.Definition?.Columns[column.Index], layout.KeyColumns.Contains(column.Index), settings, mask);
            return isInKey ? made.ForKey() : made;
        }
    }

    public SourceTable Source { get; }

    /// <summary>What records hold, in their order: the columns that are not left out, in table order.</summary>
    public DebeziumColumn[] Columns { get; }

    /// <summary>What keys hold, in their order, also of columns that are left out of the records; empty for a table without key.</summary>
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

    /// <summary>Debezium leaves keys in the clear. Here a digest stands in the key as well, whole, so that keys stay different; a text cut short is no secret.</summary>
    private ColumnMask? KeyMaskOf(ColumnLayout column, SerializationSettings settings)
    {
        ColumnMask? mask = settings.MaskOf(Source, column.Name);
        return mask?.Asterisks is null
            ? mask?.Kept is null ? mask : null
            : throw new UnmappableValueException(
                Source.ToString(), column.Name, column.MysqlType,
                "a column that is in no key, as Envelope:ColumnMaskWithChars would give all rows one key; use Envelope:ColumnMaskHash, or other key columns (Envelope:MessageKeyColumns)");
    }

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
