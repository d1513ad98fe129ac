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

    /// <summary><c>table.include.list</c>: only these tables' rows become records; regular expressions for <c>schema.table</c>, separated by commas.</summary>
    public string? TableIncludeList { get; set; }

    /// <summary><c>table.exclude.list</c>: all but these.</summary>
    public string? TableExcludeList { get; set; }

    /// <summary><c>column.include.list</c>: only these columns stand in the records (keys hold theirs in any case); regular expressions for <c>schema.table.column</c>, separated by commas.</summary>
    public string? ColumnIncludeList { get; set; }

    /// <summary><c>column.exclude.list</c>: all but these.</summary>
    public string? ColumnExcludeList { get; set; }

    /// <summary>
    /// Where given, the source is asked for the definition of a table when its first row comes and no statement has told it, such as
    /// <c>Server=db;Port=3306;User ID=reader;Password=...</c>. The account needs SELECT on the tables. Prefer <see cref="ConnectionStringFile"/>.
    /// </summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>File whose content is the connection string.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>How long a source that does not answer is asked again. Nothing else is done meanwhile: keep it below Kafka:TransactionTimeout.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
