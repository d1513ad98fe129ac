using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>A source that knows one statement, and keeps what it was asked and told.</summary>
internal sealed class SourceStandIn : ITableStatements
{
    public string? Statement { get; set; }

    public List<string> Asked { get; } = [];

    public List<string> Shapes { get; } = [];

    /// <summary>What was taken back, as schema.table; a star for all.</summary>
    public List<string> Forgotten { get; } = [];

    public string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.Add($"{schema}.{table}");
        Shapes.Add(shape);
        return Statement;
    }

    public string? DatabaseCharset(string schema, CancellationToken cancellationToken = default) => "utf8mb4";

    public void Forget(string? schema = null, string? table = null) => Forgotten.Add($"{schema ?? "*"}.{table ?? "*"}");
}
