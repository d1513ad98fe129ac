using System.Text;
using CanalBridge.Options;
using CanalBridge.Serialization;
using Confluent.Kafka;

namespace CanalBridge.Publish;

/// <summary>The four headers that Debezium puts on every row record, in its order.</summary>
internal static class ContextHeaders
{
    /// <param name="options">Prefix and kind of the source.</param>
    /// <param name="runId">This run of the process.</param>
    public static Headers Create(BridgeOptions options, Guid runId) => new()
    {
        { "__debezium.context.connectorLogicalName", Encoding.UTF8.GetBytes(options.Topics.Prefix!) },
        { "__debezium.context.taskId", "0"u8.ToArray() },
        { "__debezium.context.connectorName", options.Source.Kind == SourceKind.MariaDb ? "mariadb"u8.ToArray() : "mysql"u8.ToArray() },
        { "__debezium.context.runId", Encoding.UTF8.GetBytes(runId.ToString()) },
    };
}
