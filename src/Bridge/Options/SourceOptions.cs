namespace CanalBridge.Options;

/// <summary>Section <c>Source</c>: the database behind Canal.</summary>
internal sealed class SourceOptions
{
    /// <summary><c>mysql</c> or <c>mariadb</c>: which of Debezium's two connectors the records imitate.</summary>
    public CanalBridge.Serialization.SourceKind Kind { get; set; } = CanalBridge.Serialization.SourceKind.MySql;

    /// <summary>
    /// Set it where one binlog holds events of several servers (chained replication, Galera). Otherwise another server id means
    /// that Canal now reads another server, whose positions cannot be compared, and the bridge stops.
    /// </summary>
    public bool ServerIdMayChange { get; set; }
}
