using CanalBridge.Options;
using CanalBridge.Serialization.Tables;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Map;

/// <summary>Table to topic: by the first route that names it, else <c>{prefix}.{schema}.{table}</c> with Debezium's replacements for what a topic name cannot hold.</summary>
internal sealed class TopicRouter : ITableTopics
{
    private readonly TopicOptions _options;
    private readonly ILogger _logger;
    private readonly (string Name, TopicRoute Route, int? Partitions)[] _routes;
    private readonly Dictionary<string, string> _tables = [];
    private readonly Dictionary<string, int> _partitions = [];

    public TopicRouter(TopicOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _routes = [.. options.RoutesInOrder.Select(static route => (route.Key, Parse(route.Value), route.Value.Partitions))];
    }

    /// <inheritdoc />
    public string TopicOf(string schema, string table)
    {
        string topic = Find(schema, table, out string? route);
        string name = $"{schema}.{table}";
        if (!_tables.TryAdd(topic, name) && _tables[topic] != name)
        {
            if (route is null)
            {
                Log.TopicShared(_logger, _tables[topic], name, topic);
            }
            else
            {
                Log.TopicSharedByRoute(_logger, route, _tables[topic], name, topic);
            }
        }

        return topic;
    }

    /// <summary>Partitions that a route wants for a topic; null for the usual.</summary>
    public int? PartitionsOf(string topic) => _partitions.TryGetValue(topic, out int partitions) ? partitions : null;

    private string Find(string schema, string table, out string? route)
    {
        foreach ((string name, TopicRoute candidate, int? partitions) in _routes)
        {
            if (candidate.TopicOf(_options.Prefix!, schema, table) is { } topic)
            {
                route = name;
                if (partitions is { } wanted)
                {
                    _partitions.TryAdd(topic, wanted);
                }

                return topic;
            }
        }

        route = null;
        return TopicNames.ForTable(_options.Prefix!, _options.Delimiter, schema, table);
    }

    /// <summary>The options were validated at start.</summary>
    private static TopicRoute Parse(RouteOptions options) =>
        TopicRoute.TryParse(options.Tables!, options.Topic, out TopicRoute? route, out string? mistake) ? route : throw new ArgumentException(mistake, nameof(options));
}
