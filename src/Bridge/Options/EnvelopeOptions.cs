using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Envelope</c>: the shape of the records. Beside <see cref="Format"/> and <see cref="Strict"/>, names, values and meanings are those of Debezium's connectors and Connect's JsonConverter.</summary>
internal sealed class EnvelopeOptions
{
    /// <summary>Format of the records: debezium (JSON), avro (Debezium's in Avro, with a schema registry), canal-flat (the JSON of Canal's own Kafka mode) or maxwell.</summary>
    [AllowedValues("debezium", "avro", "canal-flat", "maxwell")]
    public string Format { get; set; } = "debezium";

    /// <summary>What that format can do. Of validated options: before that, <see cref="EnvelopeFormats.Find"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no such format: the options were not validated.</exception>
    public EnvelopeTraits Traits => EnvelopeFormats.Find(Format) ?? throw new InvalidOperationException($"Envelope:Format {Format} is unknown.");

    /// <summary>Whether canal-flat is byte for byte what Canal writes: one message per entry, null keys, its defects.</summary>
    public bool Strict { get; set; }

    /// <summary>Whether each record carries Debezium's four context headers (its <c>extended.headers.enabled</c>).</summary>
    public bool ContextHeaders { get; set; } = true;

    /// <summary>Whether keys and values carry their Connect schema (the converters' <c>schemas.enable</c>, which is true there by default).</summary>
    public bool SchemasEnable { get; set; }

    /// <summary><c>include.schema.changes</c>: whether statements become records of the topic that is named as Topics:Prefix.</summary>
    public bool IncludeSchemaChanges { get; set; } = true;

    /// <summary>Whether a statement that changes a table leaves a tombstone with the header <c>__canal_bridge.fence</c> in every partition of its topic, between the rows before and behind it.</summary>
    public bool DdlFence { get; set; }

    /// <summary><c>decimal.handling.mode</c>: precise, string or double.</summary>
    [AllowedValues("precise", "string", "double")]
    public string DecimalHandlingMode { get; set; } = "precise";

    /// <summary>The converters' <c>decimal.format</c> for precise: base64 or numeric.</summary>
    [AllowedValues("base64", "numeric")]
    public string DecimalFormat { get; set; } = "base64";

    /// <summary><c>bigint.unsigned.handling.mode</c>: long or precise.</summary>
    [AllowedValues("long", "precise")]
    public string BigintUnsignedHandlingMode { get; set; } = "long";

    /// <summary><c>binary.handling.mode</c>: bytes, base64, base64-url-safe or hex.</summary>
    [AllowedValues("bytes", "base64", "base64-url-safe", "hex")]
    public string BinaryHandlingMode { get; set; } = "bytes";

    /// <summary><c>time.precision.mode</c>: adaptive_time_microseconds, connect, isostring, microseconds or nanoseconds.</summary>
    [AllowedValues("adaptive_time_microseconds", "connect", "isostring", "microseconds", "nanoseconds")]
    public string TimePrecisionMode { get; set; } = "adaptive_time_microseconds";

    /// <summary><c>skipped.operations</c>: c, u, d, t, separated by commas, or none. Truncates are written only if t is not among them. Not set, it is t for debezium, as there, and none for other formats.</summary>
    [RegularExpression("none|[cudt](,[cudt])*")]
    public string? SkippedOperations { get; set; }

    /// <summary><c>message.key.columns</c>: key columns of tables, such as <c>shop\.orders:region,id;shop\.(.*):uuid</c>.</summary>
    public string? MessageKeyColumns { get; set; }

    /// <summary><c>schema.name.adjustment.mode</c>: none, avro or avro_unicode; none is avro where the format is.</summary>
    [AllowedValues("none", "avro", "avro_unicode")]
    public string SchemaNameAdjustmentMode { get; set; } = "none";

    /// <summary><c>field.name.adjustment.mode</c>: none, avro or avro_unicode; none is avro where the format is.</summary>
    [AllowedValues("none", "avro", "avro_unicode")]
    public string FieldNameAdjustmentMode { get; set; } = "none";

    /// <summary><c>tombstones.on.delete</c>: whether a delete is followed by a record without value.</summary>
    public bool TombstonesOnDelete { get; set; } = true;

    /// <summary><c>column.mask.with.N.chars</c>: under the number of asterisks, the columns (as in <c>Source:ColumnExcludeList</c>) whose texts they replace.</summary>
    public Dictionary<string, string> ColumnMaskWithChars { get; set; } = [];

    /// <summary><c>column.mask.hash.v2.A.with.salt.S</c>: under a digest (MD5, SHA-1, SHA-256, SHA-384, SHA-512), the columns whose texts it replaces, with <see cref="ColumnMaskSalt"/>.</summary>
    public Dictionary<string, string> ColumnMaskHash { get; set; } = [];

    /// <summary><c>column.mask.hash.A.with.salt.S</c>, as above: the digest of the text as Java serializes it, for who has such records already.</summary>
    public Dictionary<string, string> ColumnMaskHashV1 { get; set; } = [];

    /// <summary>Salt of the digests. Prefer <see cref="ColumnMaskSaltFile"/>.</summary>
    [Secret]
    public string? ColumnMaskSalt { get; set; }

    /// <summary>File whose content is the salt.</summary>
    public string? ColumnMaskSaltFile { get; set; }

    /// <summary><c>column.truncate.to.N.chars</c>: under the number of characters, the columns whose texts are cut to it.</summary>
    public Dictionary<string, string> ColumnTruncateToChars { get; set; } = [];

    /// <summary><c>provide.transaction.metadata</c>: a record at each BEGIN and END of the source, and the place of each change in its transaction.</summary>
    public bool ProvideTransactionMetadata { get; set; }

    /// <summary><c>topic.transaction</c>: last part of the name of the topic of those records.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string TopicTransaction { get; set; } = "transaction";

    /// <summary><c>heartbeat.interval.ms</c>: a record now and then, also while nothing changes; zero for none.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan HeartbeatInterval { get; set; }

    /// <summary><c>topic.heartbeat.prefix</c>: first part of the name of their topic.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string TopicHeartbeatPrefix { get; set; } = "__debezium-heartbeat";

    /// <summary>Whether NULL is written as the column's default where that is known (the converter's <c>replace.null.with.default</c>).</summary>
    public bool ReplaceNullWithDefault { get; set; } = true;
}
