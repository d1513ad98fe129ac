namespace CanalBridge.Serialization.Tables;

/// <summary>Topic names as Debezium's default naming strategy makes them.</summary>
public static class TopicNames
{
    private const int MostCharacters = 249;

    /// <summary>Whether a topic may have this name.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= MostCharacters && name.All(IsAllowed);

    /// <summary>The topic of a table's records. Different tables may share one: the caller must look.</summary>
    /// <param name="prefix">Debezium's <c>topic.prefix</c>.</param>
    /// <param name="delimiter">Debezium's <c>topic.delimiter</c>, a dot by default.</param>
    /// <param name="schema">Database; left out when blank.</param>
    /// <param name="table">Table; left out when blank.</param>
    public static string ForTable(string prefix, string delimiter, string schema, string table)
    {
        string joined = string.Join(delimiter, new[] { prefix, schema, table }.Where(static part => !string.IsNullOrWhiteSpace(part)));
        return Allowed(joined);
    }

    /// <summary>A name in which what a topic name cannot hold is replaced, and cut where it is too long.</summary>
    public static string Allowed(string joined)
    {
        string name = string.Create(joined.Length, joined, static (target, text) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = IsAllowed(text[i]) ? text[i] : '_';
            }
        });
        return name switch
        {
            "." => "_",
            ".." => "__",
            _ => name.Length > MostCharacters ? name[..MostCharacters] : name,
        };
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
