namespace CanalBridge.Serialization.UnitTests.Avro;

/// <summary>Numbers schemas from 1 and keeps them.</summary>
internal sealed class KeptSchemas : ISchemaIds
{
    /// <summary>Subject and schema of each question, in order.</summary>
    public List<(string Subject, string Schema)> Asked { get; } = [];

    public string this[int id] => Asked[id - 1].Schema;

    public int IdOf(string subject, string schema, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.Add((subject, schema));
        return Asked.Count;
    }
}
