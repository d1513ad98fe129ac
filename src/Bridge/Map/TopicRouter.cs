using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Map;

/// <summary>Table to topic: <c>{prefix}.{schema}.{table}</c> with Debezium's replacements for what a topic name cannot hold.</summary>
internal sealed class TopicRouter
{
    private readonly TopicOptions _options;
    private readonly ILogger _logger;
    private readonly Dictionary<SourceTable, string> _topics = [];
    private readonly Dictionary<string, SourceTable> _tables = [];

    public TopicRouter(TopicOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
    }

    /// <summary>The topic of a table; the same string for the same table.</summary>
    public string TopicOf(SourceTable table)
    {
        if (_topics.TryGetValue(table, out string? topic))
        {
            return topic;
        }

        topic = TopicNames.ForTable(_options.Prefix!, _options.Delimiter, table.Schema, table.Name);
        if (!_tables.TryAdd(topic, table))
        {
            Log.TopicShared(_logger, _tables[topic].ToString(), table.ToString(), topic);
        }

        return _topics[table] = topic;
    }
}
