using Canal.Client.Entries;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;

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

    /// <summary>What it did to tables and databases; null for the text of row changes, and for a TRUNCATE that becomes a record.</summary>
    public StatementEffect? Effect { get; init; }

    /// <summary>Index within its entry of the row written last before it, in the same binlog file; 0 if there was none.</summary>
    public int LastRow { get; init; }
}
