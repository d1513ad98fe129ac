using System.Text;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>The four headers that Debezium puts on every row record (its <c>extended.headers.enabled</c>), in its order.</summary>
internal static class ContextHeaders
{
    public static IReadOnlyList<KeyValuePair<string, byte[]>> Create(SerializationSettings settings) => settings.RunId is not { } runId
        ? []
        :
        [
            new("__debezium.context.connectorLogicalName", Encoding.UTF8.GetBytes(settings.TopicPrefix)),
            new("__debezium.context.taskId", "0"u8.ToArray()),
            new("__debezium.context.connectorName", Encoding.UTF8.GetBytes(settings.ConnectorName)),
            new("__debezium.context.runId", Encoding.UTF8.GetBytes(runId.ToString())),
        ];
}
