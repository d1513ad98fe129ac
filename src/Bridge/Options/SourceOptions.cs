using System.ComponentModel.DataAnnotations;
using CanalBridge.Serialization;

namespace CanalBridge.Options;

/// <summary>Section <c>Source</c>: the database behind Canal.</summary>
internal sealed class SourceOptions
{
    /// <summary><c>mysql</c> or <c>mariadb</c>: which of Debezium's two connectors the records imitate.</summary>
    public SourceKind Kind { get; set; } = SourceKind.MySql;

    /// <summary>Time zone of the Canal server's JVM: TIMESTAMP values arrive as text in it. Only a fixed offset, best UTC, is lossless.</summary>
    [Required]
    public string CanalTimeZone { get; set; } = "UTC";

    /// <summary>
    /// Set it where one binlog holds events of several servers (chained replication, Galera). Otherwise another server id means
    /// that Canal now reads another server, whose positions cannot be compared, and the bridge stops.
    /// </summary>
    public bool ServerIdMayChange { get; set; }
}
