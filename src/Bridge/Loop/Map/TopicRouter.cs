using CanalBridge.Options;
using CanalBridge.Serialization.Tables;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CanalBridge.Loop.Map;

/// <summary>Table to topic: by the first route that names it, else <c>{prefix}.{schema}.{table}</c> with Debezium's replacements for what a topic name cannot hold.</summary>
internal sealed class TopicRouter : ITableTopics
{
    private readonly TopicOptions _options;
    private readonly ILogger _logger;
    private readonly (string Name, TopicRoute Route, int? Partitions)[] _routes;
    private readonly Dictionary<string, HashSet<string>> _tables = [];
    private readonly Dictionary<(string Schema, string Table), string> _topics = [];

    // Kept also when the tables of a topic are dropped: their last records may still be on their way.
    private readonly Dictionary<string, int> _partitions = [];
    private readonly IReadOnlyList<string> _ownTopics;

    /// <param name="options">Names and routes.</param>
    /// <param name="logger">Log.</param>
    /// <param name="ownTopics">Topics whose records are no rows: a table that would go to one ends the bridge.</param>
    public TopicRouter(TopicOptions options, ILogger logger, IReadOnlyList<string>? ownTopics = null)
    {
        _ownTopics = ownTopics ?? [];
        _options = options;
        _logger = logger;
        _routes = [.. options.RoutesInOrder.Select(static route => (route.Key, Parse(route.Key, route.Value), route.Value.Partitions))];
    }

    /// <inheritdoc />
    /// <exception cref="OptionsValidationException">The topic is one of the bridge's own.</exception>
    public string TopicOf(string schema, string table)
    {
        if (schema.Length == 0)
        {
            // What belongs to no table is not routed.
            return TopicNames.ForTable(_options.Prefix!, _options.Delimiter, schema, table);
        }

        string topic = Find(schema, table, out string? route);
        if (_ownTopics.Contains(topic))
        {
            string cause = route is null ? "by its name" : $"by Topics:Routes:{route}";
            throw new OptionsValidationException(nameof(TopicOptions), typeof(TopicOptions), [$"Table {schema}.{table} would go to {topic} {cause}, but that topic is the bridge's own and holds no rows. Choose another topic, or leave the table out with Source:TableExcludeList."]);
        }

        Remember(schema, table, topic, route);
        return topic;
    }

    /// <inheritdoc />
    public void Forget(string schema, string? table)
    {
        if (table is not null)
        {
            Forget((schema, table));
            return;
        }

        foreach ((string, string) known in _topics.Keys.Where(known => known.Schema == schema).ToList())
        {
            Forget(known);
        }
    }

    /// <summary>Partitions that a route wants for a topic; null for the usual.</summary>
    public int? PartitionsOf(string topic) => _partitions.TryGetValue(topic, out int partitions) ? partitions : null;

    private string Find(string schema, string table, out string? route)
    {
        foreach ((string name, TopicRoute candidate, int? partitions) in _routes)
        {
            if (candidate.TopicOf(_options.Prefix!, schema, table) is { Length: > 0 } topic)
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

    /// <summary>Tells where tables share a topic: of each table once, with one that was there before.</summary>
    private void Remember(string schema, string table, string topic, string? route)
    {
        if (!_topics.TryAdd((schema, table), topic))
        {
            return;
        }

        string name = $"{schema}.{table}";
        if (!_tables.TryGetValue(topic, out HashSet<string>? tables))
        {
            _tables.Add(topic, [name]);
        }
        else if (tables.Add(name))
        {
            string other = tables.First(known => known != name);
            if (route is null)
            {
                Log.TopicShared(_logger, other, name, topic);
            }
            else
            {
                Log.TopicSharedByRoute(_logger, route, other, name, topic);
            }
        }
    }

    private void Forget((string Schema, string Table) table)
    {
        if (_topics.Remove(table, out string? topic) && _tables.TryGetValue(topic, out HashSet<string>? tables))
        {
            tables.Remove($"{table.Schema}.{table.Table}");
            if (tables.Count == 0)
            {
                _tables.Remove(topic);
            }
        }
    }

    /// <summary>The options were validated at start.</summary>
    private static TopicRoute Parse(string name, RouteOptions options) =>
        TopicRoute.TryParse(options.Tables!, options.Topic, out TopicRoute? route, out string? mistake, $"Topics:Routes:{name}:Tables")
            ? route
            : throw new ArgumentException(mistake, nameof(options));
}
