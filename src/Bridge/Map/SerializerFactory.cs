using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Tables;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Map;

/// <summary>Options to a serializer: the one place where they meet.</summary>
internal static class SerializerFactory
{
    /// <param name="options">All options.</param>
    /// <param name="runId">This run of the process, for the context headers.</param>
    /// <param name="source">The source, to be asked for tables; null if it cannot be asked.</param>
    /// <param name="logger">Log.</param>
    /// <param name="schemaIds">The schema registry; for Avro only.</param>
    public static EntrySerializer Create(BridgeOptions options, Guid runId, ITableStatements? source, ILogger logger, ISchemaIds? schemaIds = null)
    {
        var settings = new SerializationSettings
        {
            Format = options.Envelope.Format switch
            {
                "avro" => EnvelopeFormat.Avro,
                _ => EnvelopeFormat.Debezium,
            },
            SourceKind = options.Source.Kind,
            TopicPrefix = options.Topics.Prefix!,
            CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById(options.Source.CanalTimeZone),
            Schemas = options.Envelope.SchemasEnable,
            DecimalHandling = options.Envelope.DecimalHandlingMode switch
            {
                "string" => DecimalHandling.String,
                "double" => DecimalHandling.Double,
                _ => options.Envelope.DecimalFormat == "numeric" ? DecimalHandling.Numeric : DecimalHandling.Precise,
            },
            UnsignedBigIntHandling = options.Envelope.BigintUnsignedHandlingMode == "precise" ? UnsignedBigIntHandling.Precise : UnsignedBigIntHandling.Long,
            BinaryHandling = options.Envelope.BinaryHandlingMode switch
            {
                "base64" => BinaryHandling.Base64,
                "base64-url-safe" => BinaryHandling.Base64UrlSafe,
                "hex" => BinaryHandling.Hex,
                _ => BinaryHandling.Bytes,
            },
            TimePrecision = options.Envelope.TimePrecisionMode switch
            {
                "connect" => TimePrecision.Connect,
                "isostring" => TimePrecision.IsoString,
                "microseconds" => TimePrecision.Microseconds,
                "nanoseconds" => TimePrecision.Nanoseconds,
                _ => TimePrecision.AdaptiveTimeMicroseconds,
            },
            TableFilter = (options.Source.TableIncludeList ?? options.Source.TableExcludeList) is { } tables
                && TableFilter.TryParse(tables, includes: options.Source.TableIncludeList is not null, out TableFilter? filter) ? filter : null,
            SkippedOperations = Skipped(options.Envelope.SkippedOperations),
            MessageKeyColumns = options.Envelope.MessageKeyColumns is { } columns && MessageKeyColumns.TryParse(columns, out MessageKeyColumns? keys) ? keys : null,
            SchemaNames = Adjustment(options.Envelope.SchemaNameAdjustmentMode),
            FieldNames = Adjustment(options.Envelope.FieldNameAdjustmentMode),
            Tombstones = options.Envelope.TombstonesOnDelete,
            ReplaceNullWithDefault = options.Envelope.ReplaceNullWithDefault,
            RunId = options.Envelope.ContextHeaders ? runId : null,
        };
        return new EntrySerializer(settings, new TopicRouter(options.Topics, logger), source, schemaIds);
    }

    private static SkippedOperations Skipped(string operations) =>
        operations.Aggregate(SkippedOperations.None, static (skipped, operation) => skipped | operation switch
        {
            'c' => SkippedOperations.Create,
            'u' => SkippedOperations.Update,
            'd' => SkippedOperations.Delete,
            't' => SkippedOperations.Truncate,
            _ => SkippedOperations.None,
        });

    private static NameAdjustment Adjustment(string mode) => mode switch
    {
        "avro" => NameAdjustment.Avro,
        "avro_unicode" => NameAdjustment.AvroUnicode,
        _ => NameAdjustment.None,
    };
}
