using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Envelope</c>: the shape of the records. Names, values and meanings are those of Debezium's connectors and Connect's JsonConverter.</summary>
internal sealed class EnvelopeOptions
{
    /// <summary>Format of the records: debezium (JSON) or avro (Debezium's in Avro, with a schema registry).</summary>
    [AllowedValues("debezium", "avro")]
    public string Format { get; set; } = "debezium";

    /// <summary>Whether each record carries Debezium's four context headers (its <c>extended.headers.enabled</c>).</summary>
    public bool ContextHeaders { get; set; } = true;

    /// <summary>Whether keys and values carry their Connect schema (the converters' <c>schemas.enable</c>, which is true there by default).</summary>
    public bool SchemasEnable { get; set; }

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

    /// <summary><c>skipped.operations</c>: c, u, d, t, separated by commas, or none. Truncates are written only if t is not among them.</summary>
    [RegularExpression("none|[cudt](,[cudt])*")]
    public string SkippedOperations { get; set; } = "t";

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

    /// <summary>Whether NULL is written as the column's default where that is known (the converter's <c>replace.null.with.default</c>).</summary>
    public bool ReplaceNullWithDefault { get; set; } = true;
}
