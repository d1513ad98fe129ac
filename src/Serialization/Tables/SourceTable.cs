namespace CanalBridge.Serialization.Tables;

/// <summary>A source table and the topic of its records.</summary>
/// <remarks>One object per table, until it is dropped or forgotten for tables used later: the same object is the same table, not the reverse.</remarks>
public sealed class SourceTable
{
    /// <param name="schema">Database as the server reports it.</param>
    /// <param name="name">Table as the server reports it.</param>
    /// <param name="topic">Topic of its records.</param>
    public SourceTable(string schema, string name, string topic)
    {
        Schema = schema;
        Name = name;
        Topic = topic;
    }

    /// <summary>Database.</summary>
    public string Schema { get; }

    /// <summary>Table.</summary>
    public string Name { get; }

    /// <summary>Topic of its records.</summary>
    public string Topic { get; }

    /// <inheritdoc />
    public override string ToString() => $"{Schema}.{Name}";
}
