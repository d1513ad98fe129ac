namespace CanalBridge.Serialization;

/// <summary>placeholder until serialization lands</summary>
public static class TopicNames
{
    /// <summary>x</summary>
    public static string ForTable(string prefix, string delimiter, string schema, string table) => $"{prefix}{delimiter}{schema}{delimiter}{table}";
}
