using System.Diagnostics;

namespace CanalBridge.Telemetry;

/// <summary>Span names and attributes: one span per Canal batch, and one per Kafka transaction with a link to each of its batches.</summary>
/// <remarks>A transaction takes several batches, and begins and ends within others: so its span is a root of its own, not their child.</remarks>
internal static class BridgeTracing
{
    public const string SourceName = "CanalBridge";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>From a batch's receipt until its records are handed to Kafka; null while nobody listens.</summary>
    /// <param name="destination">Canal destination.</param>
    /// <param name="batchId">Canal's number.</param>
    /// <param name="entries">Entries in it.</param>
    public static Activity? StartBatch(string destination, long batchId, int entries)
    {
        Activity? activity = Source.StartActivity("canal batch", ActivityKind.Consumer);
        activity?.SetTag("messaging.system", "canal");
        activity?.SetTag("messaging.operation.name", "fetch");
        activity?.SetTag("messaging.operation.type", "receive");
        activity?.SetTag("messaging.batch.message_count", entries);
        activity?.SetTag("canal_bridge.destination", destination);
        activity?.SetTag("canal_bridge.batch_id", batchId);
        return activity;
    }

    /// <summary>From the begin of a Kafka transaction to its end; null while nobody listens.</summary>
    /// <param name="destination">Canal destination.</param>
    public static Activity? StartTransaction(string destination)
    {
        Activity? around = Activity.Current;
        Activity.Current = null;
        Activity? activity = Source.StartActivity("kafka transaction", ActivityKind.Producer);
        Activity.Current = around;
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.name", "send");
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("canal_bridge.destination", destination);
        return activity;
    }
}
