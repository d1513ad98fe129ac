using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>One of <c>Topics:Routes</c>: which tables go to which topic.</summary>
internal sealed class RouteOptions
{
    /// <summary>The tables: regular expressions for <c>schema.table</c>, separated by commas.</summary>
    [Required]
    public string? Tables { get; set; }

    /// <summary>
    /// Their topic: a text with <c>{prefix}</c>, <c>{schema}</c>, <c>{table}</c>, and <c>{1}</c>, <c>{2}</c> for the groups of the expression
    /// that matched.
    /// </summary>
    [Required]
    public string Topic { get; set; } = "{prefix}.{schema}.{table}";

    /// <summary>Partitions of the topic, where the bridge creates it; Topics:Partitions if it is left out.</summary>
    [Range(1, 10_000)]
    public int? Partitions { get; set; }
}
