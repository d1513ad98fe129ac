using Canal.Client.Entries;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization;

/// <summary>An entry without row changes: a statement.</summary>
internal readonly ref struct SourceStatement
{
    /// <summary>Header of its entry.</summary>
    public required EntryHeader Header { get; init; }

    /// <summary>Its text, its kind.</summary>
    public required RowChange Change { get; init; }

    /// <summary>What it turned out to be.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>The table that a TRUNCATE empties; null for other statements, and where truncates become no records.</summary>
    public KnownTable? Truncated { get; init; }
}
