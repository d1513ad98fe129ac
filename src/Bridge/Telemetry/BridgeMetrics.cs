using System.Diagnostics.Metrics;

namespace CanalBridge.Telemetry;

/// <summary>Every instrument. Names of the OpenTelemetry messaging conventions (in development) where one fits, our own prefix elsewhere.</summary>
/// <remarks>See https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/. Attribute values are bounded: codes, outcomes, steps.</remarks>
internal static class BridgeMetrics
{
    public const string MeterName = "CanalBridge";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Rows received from Canal.</summary>
    public static readonly Counter<long> RowsReceived = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Rows received from Canal");

    /// <summary>Records handed to Kafka.</summary>
    public static readonly Counter<long> RecordsSent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records handed to Kafka");

    /// <summary>Commit and abort, by outcome.</summary>
    public static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of commit or abort");

    /// <summary>Kafka transactions by outcome: committed, aborted, unknown.</summary>
    public static readonly Counter<long> KafkaTransactions = Meter.CreateCounter<long>("canal_bridge.kafka_transactions", "{transaction}", "Kafka transactions by outcome");

    /// <summary>Commits called again because the answer was late.</summary>
    public static readonly Counter<long> CommitRetries = Meter.CreateCounter<long>("canal_bridge.commit.retries", "{call}", "Commits called again for want of an answer");

    /// <summary>Kafka failures by code and step.</summary>
    public static readonly Counter<long> KafkaErrors = Meter.CreateCounter<long>("canal_bridge.kafka.errors", "{error}", "Kafka failures by code");

    /// <summary>Rows that were already published and were dropped.</summary>
    public static readonly Counter<long> DuplicatesSkipped = Meter.CreateCounter<long>("canal_bridge.duplicates_skipped", "{row}", "Rows delivered again and dropped");

    /// <summary>Entries without rows by kind: DDL, statements, XA.</summary>
    public static readonly Counter<long> EntriesWithoutRows = Meter.CreateCounter<long>("canal_bridge.entries_without_rows", "{entry}", "Entries that give no record, by kind");

    /// <summary>Text values that Canal had destroyed.</summary>
    public static readonly Counter<long> DamagedValues = Meter.CreateCounter<long>("canal_bridge.damaged_values", "{value}", "Text values with U+FFFD: the column is not UTF-8");

    /// <summary>New Canal sessions.</summary>
    public static readonly Counter<long> CanalSessions = Meter.CreateCounter<long>("canal_bridge.canal_sessions", "{session}", "Canal sessions opened");

    /// <summary>New producers after a failure, by step.</summary>
    public static readonly Counter<long> Recycles = Meter.CreateCounter<long>("canal_bridge.recycles", "{producer}", "Producers replaced after a failure, by step");

    /// <summary>Age of the newest row of a committed transaction.</summary>
    public static readonly Histogram<double> SourceLag = Meter.CreateHistogram<double>("canal_bridge.source.lag", "s", "From the row's binlog time (whole seconds) to its commit in Kafka");

    /// <summary>Entries of a batch.</summary>
    public static readonly Histogram<long> BatchEntries = Meter.CreateHistogram<long>("canal_bridge.batch.entries", "{entry}", "Entries of a Canal batch");
}
