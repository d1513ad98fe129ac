using CanalBridge.Serialization.Tables;

namespace CanalBridge.Benchmarks;

/// <summary>Topics by Debezium's names.</summary>
internal sealed class DefaultTopics : ITableTopics
{
    public string TopicOf(string schema, string table) => TopicNames.ForTable("bridge", ".", schema, table);
}
