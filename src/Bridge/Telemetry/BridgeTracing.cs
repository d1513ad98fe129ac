using System.Diagnostics;

namespace CanalBridge.Telemetry;

/// <summary>Span names and attributes: one span per Kafka transaction.</summary>
internal static class BridgeTracing
{
    public const string SourceName = "CanalBridge";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? StartTransaction(string destination)
    {
        Activity? activity = Source.StartActivity("kafka transaction", ActivityKind.Producer);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.name", "send");
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("canal_bridge.destination", destination);
        return activity;
    }
}
