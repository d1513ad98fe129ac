namespace CanalBridge.Kafka;

/// <summary>What a topic takes at most in one batch: its max.message.bytes.</summary>
/// <param name="Bytes">Bytes; <see cref="int.MaxValue"/> where it is not known.</param>
/// <param name="Topic">Whose limit it is; null where none is known.</param>
internal readonly record struct RecordLimit(int Bytes, string? Topic)
{
    /// <summary>No topic's limit is known.</summary>
    public static readonly RecordLimit None = new(int.MaxValue, null);
}
