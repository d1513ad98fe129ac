namespace CanalBridge.Kafka;

/// <summary>What a topic must be like that holds the position or the table definitions: compacted, and nothing else.</summary>
internal static class OwnTopicRules
{
    /// <summary>The right value of cleanup.policy.</summary>
    public const string Policy = "compact";

    private const string Unbounded = "-1";

    /// <summary>What follows from a topic's settings.</summary>
    /// <param name="holds">What is in it, as in "loses its …".</param>
    /// <param name="policy">Its cleanup.policy.</param>
    /// <param name="retentionMilliseconds">Its retention.ms; null if it is not known.</param>
    /// <param name="retentionBytes">Its retention.bytes; null if it is not known.</param>
    /// <returns>Null for a topic that is as it must be.</returns>
    public static string? Consequence(string holds, string policy, string? retentionMilliseconds, string? retentionBytes)
    {
        string[] policies = policy.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!policies.Contains("delete", StringComparer.Ordinal))
        {
            return policies.Contains(Policy, StringComparer.Ordinal) ? null : "it grows without end";
        }

        string? deleted = retentionMilliseconds is not Unbounded ? $"retention.ms={retentionMilliseconds ?? "unknown"}"
            : retentionBytes is not Unbounded ? $"retention.bytes={retentionBytes ?? "unknown"}" : null;
        return deleted is not null
            ? $"its records are deleted ({deleted}), and a destination that is quiet for so long loses its {holds}"
            : policies.Contains(Policy, StringComparer.Ordinal) ? null : "it grows without end";
    }
}
