using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization;

/// <summary>Which of Debezium's two connectors the records imitate.</summary>
public enum SourceKind
{
    /// <summary>MySQL: <c>source.connector</c> is <c>mysql</c>, the thread id is known.</summary>
    MySql,

    /// <summary>MariaDB: <c>source.connector</c> is <c>mariadb</c>, no BEGIN entries, no thread id.</summary>
    MariaDb,
}

/// <summary>Formats of records.</summary>
public enum EnvelopeFormat
{
    /// <summary>Debezium's change events in JSON.</summary>
    Debezium,

    /// <summary>The flat JSON of Canal's own Kafka mode.</summary>
    CanalFlat,

    /// <summary>Maxwell's JSON.</summary>
    Maxwell,

    /// <summary>Debezium's change events in Avro, by Confluent's wire format.</summary>
    Avro,
}

/// <summary>What a serializer must know and cannot see in the entries.</summary>
public sealed record SerializationSettings
{
    /// <summary>Format of the records.</summary>
    public EnvelopeFormat Format { get; init; }

    /// <summary>Kind of the source.</summary>
    public SourceKind SourceKind { get; init; } = SourceKind.MySql;

    /// <summary>Debezium's <c>topic.prefix</c>, written as <c>source.name</c>.</summary>
    public required string TopicPrefix { get; init; }

    /// <summary>Topic of the records of BEGIN and END; null for none, and no place in the transaction on the records: Debezium's <c>provide.transaction.metadata</c>.</summary>
    public string? TransactionTopic { get; init; }

    /// <summary>Time zone of the Canal server's JVM: TIMESTAMP values arrive as wall-clock text in it.</summary>
    /// <remarks>Only a zone without daylight saving is lossless: a repeated hour is read as standard time.</remarks>
    public TimeZoneInfo CanalTimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>This run of the process, for Debezium's context headers; null to leave them out.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Whether keys and values carry their Connect schema: the converters' <c>schemas.enable</c>.</summary>
    public bool Schemas { get; init; }

    /// <summary>Debezium's <c>decimal.handling.mode</c>.</summary>
    public DecimalHandling DecimalHandling { get; init; }

    /// <summary>Debezium's <c>bigint.unsigned.handling.mode</c>.</summary>
    public UnsignedBigIntHandling UnsignedBigIntHandling { get; init; }

    /// <summary>Debezium's <c>binary.handling.mode</c>.</summary>
    public BinaryHandling BinaryHandling { get; init; }

    /// <summary>Debezium's <c>time.precision.mode</c>.</summary>
    public TimePrecision TimePrecision { get; init; }

    /// <summary>Whether a delete is followed by a record without value: Debezium's <c>tombstones.on.delete</c>.</summary>
    public bool Tombstones { get; init; } = true;

    /// <summary>Debezium's <c>skipped.operations</c>: what becomes no record. Truncates by default, as there.</summary>
    public SkippedOperations SkippedOperations { get; init; } = SkippedOperations.Truncate;

    /// <summary>Debezium's <c>include.schema.changes</c>: statements become records in the topic that is named as <see cref="TopicPrefix"/>.</summary>
    public bool IncludeSchemaChanges { get; init; } = true;

    /// <summary>Whether a statement that changes a table leaves a mark in every partition of its topic.</summary>
    public bool DdlFence { get; init; }

    /// <summary>Which tables' rows become records; null for all.</summary>
    public NameFilter? TableFilter { get; init; }

    /// <summary>Which columns stand in the records; null for all. Keys hold their columns in any case.</summary>
    public NameFilter? ColumnFilter { get; init; }

    /// <summary>What is done to the texts of some columns; the first that covers a column decides.</summary>
    public IReadOnlyList<ColumnMask> ColumnMasks { get; init; } = [];

    /// <summary>Debezium's <c>message.key.columns</c>; null to take the tables' own keys.</summary>
    public MessageKeyColumns? MessageKeyColumns { get; init; }

    /// <summary>Debezium's <c>schema.name.adjustment.mode</c>.</summary>
    public NameAdjustment SchemaNames { get; init; }

    /// <summary>Debezium's <c>field.name.adjustment.mode</c>.</summary>
    public NameAdjustment FieldNames { get; init; }

    /// <summary>A NULL is written as its column's default where that is known: the converter's <c>replace.null.with.default</c>, true as there.</summary>
    public bool ReplaceNullWithDefault { get; init; } = true;

    /// <summary>What becomes of values that do not fit their columns' types.</summary>
    public UnfitValues UnfitValues { get; init; } = new();

    /// <summary>Written as <c>source.version</c>: the Debezium release whose bytes are imitated.</summary>
    public string DebeziumVersion { get; init; } = "3.5.0.Final";

    /// <summary>Canal's flat JSON exactly as Canal writes it, its defects included; for <see cref="EnvelopeFormat.CanalFlat"/> only.</summary>
    public bool Strict { get; init; }

    /// <summary>Debezium's name for its connector of this kind.</summary>
    internal string ConnectorName => SourceKind == SourceKind.MariaDb ? "mariadb" : "mysql";

    /// <summary>What is done to the texts of a column; null for nothing.</summary>
    internal ColumnMask? MaskOf(SourceTable table, string column) => ColumnMasks.FirstOrDefault(mask => mask.Covers(table.Schema, table.Name, column));

    /// <summary>Whether a column stands in the records.</summary>
    internal bool Keeps(SourceTable table, string column) => ColumnFilter?.Passes($"{table.Schema}.{table.Name}.{column}") ?? true;

    /// <summary>Indexes of the columns that record keys are made of, in their order; empty for a table without key.</summary>
    internal int[] KeyColumnsOf(TableLayout layout) =>
        MessageKeyColumns?.Find(layout.Table.Schema, layout.Table.Name, [.. layout.Columns.Select(static column => column.Name)]) ?? layout.KeyColumns;
}
