using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CanalBridge.Telemetry;

/// <summary>Every counter and histogram, as one destination records into it; what is read rather than counted is in <see cref="HealthMetrics"/>.</summary>
/// <remarks>
/// Names of the OpenTelemetry messaging conventions (in development) where one fits, our own prefix elsewhere: see
/// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/ and docs/metrics.md. Every value carries
/// <c>canal_bridge.destination</c>; the other attributes' values are bounded: codes, outcomes, steps. Nothing is allocated while nobody listens.
/// </remarks>
internal sealed class BridgeMetrics
{
    public const string MeterName = "CanalBridge";

    /// <summary>The size of one record in so many is measured: the shape shows, and the others pay next to nothing for it.</summary>
    private const int SizeSample = 16;

    private static readonly Meter Meter = new(MeterName);

    // From a commit of a few milliseconds to an outage of ten minutes.
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] };

    // Powers of 4, from 64 B to 64 MiB.
    private static readonly InstrumentAdvice<long> Sizes = new() { HistogramBucketBoundaries = [.. Enumerable.Range(3, 11).Select(static power => 1L << (2 * power))] };

    private static readonly InstrumentAdvice<long> Counts = new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536] };

    private static readonly Counter<long> Received = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Rows received from Canal, repeated ones included");
    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records handed to Kafka");
    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of handing a batch's records over (send), of a commit and of an abort, by outcome", [], Durations);
    private static readonly Counter<long> Committed = Meter.CreateCounter<long>("canal_bridge.rows.committed", "{row}", "Rows in committed Kafka transactions");
    private static readonly Counter<long> Filtered = Meter.CreateCounter<long>("canal_bridge.rows.filtered", "{row}", "Rows left out as the options ask");
    private static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("canal_bridge.rows.duplicates", "{row}", "Rows delivered again and dropped");
    private static readonly Counter<long> Returned = Meter.CreateCounter<long>("canal_bridge.rows.returned", "{row}", "Rows given up with a Kafka transaction that failed or may have; Canal delivers them again");
    private static readonly Counter<long> Transactions = Meter.CreateCounter<long>("canal_bridge.kafka.transactions", "{transaction}", "Kafka transactions by outcome: committed, aborted, unknown");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("canal_bridge.commit.retries", "{call}", "Commits called again for want of an answer");
    private static readonly Counter<long> Errors = Meter.CreateCounter<long>("canal_bridge.kafka.errors", "{error}", "Kafka failures by code and step, and whether they ended the producer");
    private static readonly Counter<long> Recycles = Meter.CreateCounter<long>("canal_bridge.recycles", "{producer}", "Producers replaced after a failure, by step");
    private static readonly Counter<long> WithoutRows = Meter.CreateCounter<long>("canal_bridge.entries_without_rows", "{entry}", "Entries that give no record of a row, by kind: DDL, statements, XA");
    private static readonly Counter<long> Ddl = Meter.CreateCounter<long>("canal_bridge.ddl.events", "{event}", "Statements that change tables, by Canal's event type");
    private static readonly Counter<long> Damaged = Meter.CreateCounter<long>("canal_bridge.damaged_values", "{value}", "Values that did not come as they were: text with U+FFFD, broken JSON, what fits no type");
    private static readonly Counter<long> Sessions = Meter.CreateCounter<long>("canal_bridge.canal.sessions", "{session}", "Canal sessions opened");
    private static readonly Counter<long> Reconnects = Meter.CreateCounter<long>("canal_bridge.canal.reconnects", "{session}", "Canal sessions lost, by reason: connection, timeout, protocol, server, other_consumer");
    private static readonly Counter<long> CanalErrors = Meter.CreateCounter<long>("canal_bridge.canal.errors", "{error}", "Refusals of the Canal server by its code, and answers that could not be read (protocol)");
    private static readonly Counter<long> Epochs = Meter.CreateCounter<long>("canal_bridge.epoch.changes", "{epoch}", "Starts with a raised Delivery:Epoch");
    private static readonly Histogram<double> DeliveryDuration = Meter.CreateHistogram<double>("canal_bridge.delivery.duration", "s", "From the binlog time (whole seconds) of a transaction's newest row to its commit in Kafka", [], Durations);
    private static readonly Histogram<long> RecordSizes = Meter.CreateHistogram<long>("canal_bridge.record.size", "By", $"Key and value of a record, of one in {SizeSample}", [], Sizes);
    private static readonly Histogram<long> Entries = Meter.CreateHistogram<long>("canal_bridge.batch.entries", "{entry}", "Entries of a Canal batch", [], Counts);

    private static readonly KeyValuePair<string, object?> Kafka = new("messaging.system", "kafka"), Canal = new("messaging.system", "canal");
    private static readonly KeyValuePair<string, object?> Send = new("messaging.operation.name", "send"), Fetch = new("messaging.operation.name", "fetch");

    private readonly KeyValuePair<string, object?> _destination;
    private uint _sampled = SizeSample - 1;

    /// <param name="destination">Canal destination.</param>
    public BridgeMetrics(string destination) => _destination = new("canal_bridge.destination", destination);

    /// <summary>
    /// Shows each counter whose labels are known beforehand, at 0: <c>increase()</c> of Prometheus does not see the first event of a counter that begins with it.
    /// </summary>
    /// <param name="reasons">Why Canal sessions are lost.</param>
    /// <param name="kinds">Kinds of entries that give no record of a row.</param>
    /// <param name="steps">What is attempted at Kafka.</param>
    public void Begin(IEnumerable<string> reasons, IEnumerable<string> kinds, IEnumerable<string> steps)
    {
        foreach (Counter<long> counter in new[] { Committed, Filtered, Duplicates, Returned, Retries, Damaged, Sessions, Epochs })
        {
            counter.Add(0, _destination);
        }

        Received.Add(0, _destination, Canal, Fetch);
        Sent.Add(0, _destination, Kafka, Send);
        CanalErrors.Add(0, _destination, new("code", "protocol"));
        AddEach(Transactions, "outcome", ["committed", "aborted", "unknown"]);
        AddEach(Reconnects, "reason", reasons);
        AddEach(WithoutRows, "canal_bridge.kind", kinds);
        AddEach(Recycles, "canal_bridge.step", steps);
    }

    private void AddEach(Counter<long> counter, string label, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            counter.Add(0, _destination, new(label, value));
        }
    }

    public void RowsReceived(int rows) => Received.Add(rows, _destination, Canal, Fetch);

    /// <summary>The records of a batch were handed to Kafka.</summary>
    /// <param name="records">How many.</param>
    /// <param name="duration">What it took; longer while the local queue is full.</param>
    public void RecordsSent(int records, TimeSpan duration)
    {
        Sent.Add(records, _destination, Kafka, Send);
        OperationDuration.Record(duration.TotalSeconds, new TagList { _destination, Kafka, Send });
    }

    /// <summary>A record goes to Kafka; one thread at a time.</summary>
    /// <param name="bytes">Of key and value.</param>
    public void RecordSize(int bytes)
    {
        if (++_sampled % SizeSample == 0)
        {
            RecordSizes.Record(bytes, _destination);
        }
    }

    public void DuplicatesSkipped(int rows) => Duplicates.Add(rows, _destination);

    public void RowsFiltered(int rows) => Filtered.Add(rows, _destination);

    public void RowsReturned(long rows) => Returned.Add(rows, _destination);

    public void DamagedValues(int values) => Damaged.Add(values, _destination);

    public void BatchMapped(int entries) => Entries.Record(entries, _destination);

    /// <summary>An entry of a kind that gives no record.</summary>
    public void EntryWithoutRows(string kind) => WithoutRows.Add(1, _destination, new("canal_bridge.kind", kind));

    /// <summary>A statement that changes tables.</summary>
    /// <param name="eventType">Canal's name for it.</param>
    public void DdlSeen(string eventType) => Ddl.Add(1, _destination, new("event_type", eventType));

    public void SessionOpened() => Sessions.Add(1, _destination);

    /// <summary>A Canal session ended by a failure.</summary>
    /// <param name="reason">connection, timeout, protocol, server or other_consumer.</param>
    /// <param name="code">Code of the server's refusal, or <c>protocol</c>; null if there was none.</param>
    public void SessionLost(string reason, string? code)
    {
        Reconnects.Add(1, _destination, new("reason", reason));
        SessionRefused(code);
    }

    /// <summary>A Canal server refused a session or ended it, or gave an answer that cannot be read.</summary>
    /// <param name="code">As of <see cref="SessionLost"/>.</param>
    public void SessionRefused(string? code)
    {
        if (code is not null)
        {
            CanalErrors.Add(1, _destination, new("code", code));
        }
    }

    public void EpochChanged() => Epochs.Add(1, _destination);

    /// <summary>A Kafka transaction ended.</summary>
    /// <param name="outcome">committed, aborted or unknown.</param>
    /// <param name="call">commit or abort, and what it took; null if neither was called.</param>
    public void TransactionEnded(string outcome, (string Name, TimeSpan Duration)? call)
    {
        Transactions.Add(1, _destination, new("outcome", outcome));
        if (call is { } made)
        {
            OperationDuration.Record(made.Duration.TotalSeconds, new TagList { _destination, Kafka, { "messaging.operation.name", made.Name }, { "outcome", outcome } });
        }
    }

    public void CommitRetried() => Retries.Add(1, _destination);

    /// <summary>Kafka failed.</summary>
    /// <param name="code">librdkafka's name for it.</param>
    /// <param name="step">What was attempted.</param>
    /// <param name="isFatal">librdkafka calls it fatal: the producer can do nothing more. Others end it too, by our choice.</param>
    public void KafkaFailed(string code, string step, bool isFatal) =>
        Errors.Add(1, new TagList { _destination, { "error.type", code }, { "canal_bridge.step", step }, { "fatal", isFatal ? "true" : "false" } });

    public void ProducerReplaced(string step) => Recycles.Add(1, _destination, new("canal_bridge.step", step));

    /// <summary>Rows were committed.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="lag">Age of the newest of them.</param>
    public void RowsCommitted(long rows, TimeSpan lag)
    {
        Committed.Add(rows, _destination);
        DeliveryDuration.Record(lag.TotalSeconds, _destination);
    }
}
