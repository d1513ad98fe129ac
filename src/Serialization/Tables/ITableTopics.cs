namespace CanalBridge.Serialization.Tables;

/// <summary>Chooses topics: asked when a table's first row is met, and again where the table was forgotten meanwhile.</summary>
public interface ITableTopics
{
    /// <summary>The topic of a table's records.</summary>
    string TopicOf(string schema, string table);

    /// <summary>A table was dropped; one of its name may be made anew.</summary>
    /// <param name="schema">Database.</param>
    /// <param name="table">Table; null for all of the database.</param>
    void Forget(string schema, string? table)
    {
    }
}
