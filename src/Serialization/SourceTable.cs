namespace CanalBridge.Serialization;

/// <summary>Name of a source table. One object per table for the life of a serializer: compare by reference.</summary>
public sealed class SourceTable
{
    /// <param name="schema">Database as the server reports it.</param>
    /// <param name="name">Table as the server reports it.</param>
    public SourceTable(string schema, string name)
    {
        Schema = schema;
        Name = name;
    }

    /// <summary>Database.</summary>
    public string Schema { get; }

    /// <summary>Table.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override string ToString() => $"{Schema}.{Name}";
}
