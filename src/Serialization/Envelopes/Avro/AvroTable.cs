using System.Buffers.Binary;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>A table layout as Debezium's Avro writes it; its schemas have their ids.</summary>
internal sealed class AvroTable : DebeziumTable
{
    private AvroTable(TableLayout layout, SerializationSettings settings, ISchemaIds ids, CancellationToken stop)
        : base(layout, settings)
    {
        Fields = [.. Columns.Select(static column => new AvroColumn(column))];
        KeyFields = [.. KeyColumns.Select(static column => new AvroColumn(column))];
        string name = NameAdjuster.OfSchema(Source.Topic, settings.SchemaNames);
        if (KeyFields.Length > 0)
        {
            KeyPrefix = Prefix(ids.IdOf($"{Source.Topic}-key", AvroSchemas.Key(name, KeyFields), stop));
        }

        ValuePrefix = Prefix(ids.IdOf($"{Source.Topic}-value", AvroSchemas.Value(name, Fields, settings.ConnectorName), stop));
    }

    /// <summary>One for each of <see cref="DebeziumTable.Columns"/>.</summary>
    public AvroColumn[] Fields { get; }

    /// <summary>One for each of <see cref="DebeziumTable.KeyColumns"/>.</summary>
    public AvroColumn[] KeyFields { get; }

    /// <summary>What stands before a key: it says which schema.</summary>
    public byte[] KeyPrefix { get; } = [];

    /// <summary>What stands before a value.</summary>
    public byte[] ValuePrefix { get; }

    /// <summary>Worked out, and its schemas registered, at the first row of a layout; kept with it.</summary>
    public static AvroTable Of(TableLayout layout, SerializationSettings settings, ISchemaIds ids, CancellationToken stop) =>
        (AvroTable)(layout.Prepared ??= new AvroTable(layout, settings, ids, stop));

    /// <summary>Confluent's wire format: a zero, and the id in big-endian.</summary>
    private static byte[] Prefix(int id)
    {
        byte[] prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), id);
        return prefix;
    }
}
