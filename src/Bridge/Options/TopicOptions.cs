using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Topics</c>: names and shape of the table topics.</summary>
internal sealed class TopicOptions
{
    /// <summary>Debezium's <c>topic.prefix</c>: first part of every topic name, and <c>source.name</c>.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,200}")]
    public string? Prefix { get; set; }

    /// <summary>Stands between prefix, schema and table.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,10}")]
    public string Delimiter { get; set; } = ".";

    /// <summary>
    /// Tables that go elsewhere than Debezium would send them, each route under a name of your own; tried in the order of the names, the first
    /// that matches decides.
    /// </summary>
    public Dictionary<string, RouteOptions> Routes { get; set; } = [];

    /// <summary>The routes as they are tried.</summary>
    public IEnumerable<KeyValuePair<string, RouteOptions>> RoutesInOrder => Routes.OrderBy(static route => route.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether missing topics are created.</summary>
    public bool Create { get; set; } = true;

    /// <summary>Partitions of a created table topic; -1 is the broker's default.</summary>
    [Range(-1, 10_000)]
    public int Partitions { get; set; } = -1;

    /// <summary>Copies of a created topic; -1 is the broker's default.</summary>
    [Range(-1, 100)]
    public int ReplicationFactor { get; set; } = -1;

    /// <summary>Topic settings of created table topics, by Kafka's names, such as <c>retention.ms</c>.</summary>
    public Dictionary<string, string> Settings { get; set; } = [];
}
