using System.IO.Hashing;
using System.Runtime.InteropServices;
using Canal.Client.Entries;

namespace CanalBridge.Positions;

/// <summary>Fingerprints of entries, by which an entry that comes again is recognised.</summary>
/// <remarks>
/// A print holds the label's file only where labels can be trusted: MariaDB's name another file after a rotation. Never part of a print: the GTID set
/// and the properties of a header, which depend on Canal's mode.
/// </remarks>
internal static class EntryPrint
{
    /// <summary>Of the whole entry. The same Canal server repeats the same bytes; END and DDL are the same from any.</summary>
    public static ulong Whole(in CanalEntry entry, bool withFile) => Of(entry, withFile, XxHash3.HashToUInt64(entry.StoreValue));

    /// <summary>Of the binlog event alone: read again it may show other values, as after an ALTER TABLE without Canal's table history.</summary>
    public static ulong Event(in CanalEntry entry, bool withFile) => Of(entry, withFile, content: 0);

    private static ulong Of(in CanalEntry entry, bool withFile, ulong content)
    {
        EntryHeader header = entry.Header;
        Span<long> parts =
        [
            header.LogfileOffset,
            header.EventLength,
            header.ServerId,
            header.ExecuteTimeMilliseconds,
            ((long)entry.Type << 32) | (uint)header.EventType,
            (long)XxHash3.HashToUInt64(header.SchemaName),
            (long)XxHash3.HashToUInt64(header.TableName),
            withFile ? (long)XxHash3.HashToUInt64(header.LogfileName) : 0,
            (long)content,
        ];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(parts));
    }
}
