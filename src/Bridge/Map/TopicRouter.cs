using CanalBridge.Options;
using CanalBridge.Serialization.Tables;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Map;

/// <summary>Table to topic: <c>{prefix}.{schema}.{table}</c> with Debezium's replacements for what a topic name cannot hold.</summary>
internal sealed class TopicRouter : ITableTopics
{
    private readonly TopicOptions _options;
    private readonly ILogger _logger;
    private readonly Dictionary<string, string> _tables = [];

    public TopicRouter(TopicOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
    }

    /// <inheritdoc />
    public string TopicOf(string schema, string table)
    {
        string topic = TopicNames.ForTable(_options.Prefix!, _options.Delimiter, schema, table);
        string name = $"{schema}.{table}";
        if (!_tables.TryAdd(topic, name) && _tables[topic] != name)
        {
            Log.TopicShared(_logger, _tables[topic], name, topic);
        }

        return topic;
    }
}
