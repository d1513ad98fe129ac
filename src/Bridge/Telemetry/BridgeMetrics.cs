using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CanalBridge.Telemetry;

/// <summary>Every instrument, as one destination records into it. Names of the OpenTelemetry messaging conventions (in development) where one fits, our own prefix elsewhere.</summary>
/// <remarks>
/// See https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/. Every value carries <c>canal_bridge.destination</c>;
/// the other attributes' values are bounded: codes, outcomes, steps. Nothing is allocated while nobody listens.
/// </remarks>
internal sealed class BridgeMetrics
{
    public const string MeterName = "CanalBridge";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Received = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Rows received from Canal, repeated ones included");
    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records handed to Kafka");
    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of commit or abort, by outcome");
    private static readonly Counter<long> Transactions = Meter.CreateCounter<long>("canal_bridge.kafka_transactions", "{transaction}", "Kafka transactions by outcome: committed, aborted, unknown");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("canal_bridge.commit.retries", "{call}", "Commits called again for want of an answer");
    private static readonly Counter<long> Errors = Meter.CreateCounter<long>("canal_bridge.kafka.errors", "{error}", "Kafka failures by code and step");
    private static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("canal_bridge.duplicates_skipped", "{row}", "Rows delivered again and dropped");
    private static readonly Counter<long> WithoutRows = Meter.CreateCounter<long>("canal_bridge.entries_without_rows", "{entry}", "Entries that give no record, by kind: DDL, statements, XA");
    private static readonly Counter<long> Damaged = Meter.CreateCounter<long>("canal_bridge.damaged_values", "{value}", "Text values with U+FFFD: the column is not UTF-8");
    private static readonly Counter<long> Sessions = Meter.CreateCounter<long>("canal_bridge.canal_sessions", "{session}", "Canal sessions opened");
    private static readonly Counter<long> Producers = Meter.CreateCounter<long>("canal_bridge.recycles", "{producer}", "Producers replaced after a failure, by step");
    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("canal_bridge.source.lag", "s", "From the row's binlog time (whole seconds) to its commit in Kafka");
    private static readonly Histogram<long> Entries = Meter.CreateHistogram<long>("canal_bridge.batch.entries", "{entry}", "Entries of a Canal batch");

    private readonly KeyValuePair<string, object?> _destination;

    /// <param name="destination">Canal destination.</param>
    public BridgeMetrics(string destination) => _destination = new("canal_bridge.destination", destination);

    public void RowsReceived(int rows) => Received.Add(rows, _destination);

    public void RecordsSent(int records) => Sent.Add(records, _destination);

    public void DuplicatesSkipped(int rows) => Duplicates.Add(rows, _destination);

    public void DamagedValues(int values) => Damaged.Add(values, _destination);

    public void BatchMapped(int entries) => Entries.Record(entries, _destination);

    /// <summary>An entry of a kind that gives no record.</summary>
    public void EntryWithoutRows(string kind) => WithoutRows.Add(1, _destination, new("canal_bridge.kind", kind));

    public void SessionOpened() => Sessions.Add(1, _destination);

    /// <summary>A Kafka transaction ended.</summary>
    /// <param name="outcome">committed, aborted or unknown.</param>
    /// <param name="duration">Of the commit or abort; null if neither was called.</param>
    public void TransactionEnded(string outcome, TimeSpan? duration)
    {
        Transactions.Add(1, _destination, new("outcome", outcome));
        if (duration is { } time)
        {
            OperationDuration.Record(time.TotalSeconds, new TagList { _destination, new("outcome", outcome) });
        }
    }

    public void CommitRetried() => Retries.Add(1, _destination);

    public void KafkaFailed(string code, string step) => Errors.Add(1, _destination, new("error.type", code), new("canal_bridge.step", step));

    public void ProducerReplaced(string step) => Producers.Add(1, _destination, new("canal_bridge.step", step));

    /// <summary>Rows were committed.</summary>
    /// <param name="lag">Age of the newest of them.</param>
    public void Committed(TimeSpan lag) => Lag.Record(lag.TotalSeconds, _destination);
}
