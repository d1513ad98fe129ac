using System.Text.Json;
using System.Text.Json.Serialization;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>A line of oracle-regressions.jsonl: statements that a server logged, and what it then told of a table.</summary>
/// <param name="Server">Which kind.</param>
/// <param name="Schema">The session's database.</param>
/// <param name="Statements">What it logged, in its order.</param>
/// <param name="Table">The table.</param>
/// <param name="Expected">What the server told.</param>
internal sealed record DefinitionCase(
    [property: JsonPropertyName("server")] string Server,
    [property: JsonPropertyName("schema")] string Schema,
    [property: JsonPropertyName("statements")] IReadOnlyList<string> Statements,
    [property: JsonPropertyName("table")] string Table,
    [property: JsonPropertyName("expected")] ServerTable Expected)
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Kind of the server.</summary>
    [JsonIgnore]
    public SourceKind Kind => Server == "mysql" ? SourceKind.MySql : SourceKind.MariaDb;

    /// <summary>Reads a line.</summary>
    public static DefinitionCase Parse(string line) => JsonSerializer.Deserialize<DefinitionCase>(line, Options)!;

    /// <summary>The line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, Options);
}
