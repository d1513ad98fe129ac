using System.Globalization;
using System.Text;
using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Loop.Map;

/// <summary>Options to a serializer: the one place where they meet.</summary>
internal static class SerializerFactory
{
    /// <param name="options">All options.</param>
    /// <param name="runId">This run of the process, for the context headers.</param>
    /// <param name="topics">Table to topic.</param>
    /// <param name="source">The source, to be asked for tables; null if it cannot be asked.</param>
    /// <param name="schemaIds">The schema registry; for Avro only.</param>
    public static EntrySerializer Create(BridgeOptions options, Guid runId, ITableTopics topics, ITableStatements? source, ISchemaIds? schemaIds = null)
    {
        var settings = new SerializationSettings
        {
            Format = options.Envelope.Traits.Format,
            Strict = options.Envelope.Strict,
            SourceKind = options.Source.Kind,
            TopicPrefix = options.Topics.Prefix!,
            TransactionTopic = options.Envelope.ProvideTransactionMetadata ? options.TransactionTopic : null,
            CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById(options.Source.CanalTimeZone),
            Schemas = options.Envelope.SchemasEnable,
            IncludeSchemaChanges = options.Envelope.IncludeSchemaChanges,
            DdlFence = options.Envelope.DdlFence,
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
            TableFilter = Filter("Source:Table", options.Source.TableIncludeList, options.Source.TableExcludeList),
            ColumnFilter = Filter("Source:Column", options.Source.ColumnIncludeList, options.Source.ColumnExcludeList),
            ColumnMasks = [.. Masks(options.Envelope)],
            UnfitValues = new UnfitValues
            {
                Date = Unfit(options.Delivery, "date"),
                Json = Unfit(options.Delivery, "json"),
                Label = Unfit(options.Delivery, "label"),
                Other = Unfit(options.Delivery, "other"),
            },
            SkippedOperations = Skipped(options.Envelope.SkippedOperations ?? options.Envelope.Traits.SkippedByDefault),
            MessageKeyColumns = KeyColumns(options.Envelope.MessageKeyColumns),
            SchemaNames = Adjustment(options.Envelope.SchemaNameAdjustmentMode),
            FieldNames = Adjustment(options.Envelope.FieldNameAdjustmentMode),
            Tombstones = options.Envelope.TombstonesOnDelete,
            ReplaceNullWithDefault = options.Envelope.ReplaceNullWithDefault,
            RunId = options.Envelope.ContextHeaders ? runId : null,
        };
        return new EntrySerializer(settings, topics, source, schemaIds);
    }

    private static NameFilter? Filter(string options, string? includes, string? excludes)
    {
        string option = $"{options}{(includes is null ? "Exclude" : "Include")}List";
        return (includes ?? excludes) is { } list && NameFilter.TryParse(list, includes is not null, out NameFilter? filter, option) ? filter : null;
    }

    private static MessageKeyColumns? KeyColumns(string? text) =>
        text is not null && MessageKeyColumns.TryParse(text, out MessageKeyColumns? keys, "Envelope:MessageKeyColumns") ? keys : null;

    /// <summary>Where several cover a column, what hides most goes first.</summary>
    private static IEnumerable<ColumnMask> Masks(EnvelopeOptions envelope)
    {
        byte[] salt = Encoding.UTF8.GetBytes(envelope.ColumnMaskSalt ?? "");
        return
        [
            .. envelope.ColumnMaskWithChars.Select(static mask => ColumnMask.WithAsterisks(Columns(mask, "ColumnMaskWithChars"), Count(mask.Key))),
            .. envelope.ColumnMaskHash.Select(mask => ColumnMask.Hash(Columns(mask, "ColumnMaskHash"), ColumnMask.Algorithms[mask.Key], salt, isOfPlainText: true)),
            .. envelope.ColumnMaskHashV1.Select(mask =>
                ColumnMask.Hash(Columns(mask, "ColumnMaskHashV1"), ColumnMask.Algorithms[mask.Key], salt, isOfPlainText: false)),
            .. envelope.ColumnTruncateToChars.Select(static mask => ColumnMask.Truncate(Columns(mask, "ColumnTruncateToChars"), Count(mask.Key))),
        ];

        static NameFilter Columns(KeyValuePair<string, string> mask, string option) =>
            NameFilter.TryParse(mask.Value, includes: true, out NameFilter? filter, $"Envelope:{option}:{mask.Key}")
                ? filter
                : throw new ArgumentException(mask.Value, nameof(mask));

        static int Count(string name) => int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);
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

    private static UnfitValue Unfit(DeliveryOptions delivery, string kind) =>
        delivery.UnfitValue.FirstOrDefault(choice => choice.Key.Equals(kind, StringComparison.OrdinalIgnoreCase)).Value switch
        {
            "null" => UnfitValue.Null,
            "text" => UnfitValue.Text,
            _ => UnfitValue.Stop,
        };

    private static NameAdjustment Adjustment(string mode) => mode switch
    {
        "avro" => NameAdjustment.Avro,
        "avro_unicode" => NameAdjustment.AvroUnicode,
        _ => NameAdjustment.None,
    };
}
