namespace CanalBridge.Serialization.Tables;

/// <summary>Chooses topics: asked once for each table, when its first row is met.</summary>
public interface ITableTopics
{
    /// <summary>The topic of a table's records.</summary>
    string TopicOf(string schema, string table);
}
