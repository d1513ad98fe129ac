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
    /// <summary>Of an entry with its values. Canal repeats them as they were; with its table history types may have another spelling behind a restart.</summary>
    public static ulong Whole(in CanalEntry entry, bool withFile) => Of(entry, withFile, Content(entry));

    /// <summary>Of the values of a row, without names and types.</summary>
    /// <param name="row">The row.</param>
    /// <param name="before">Print of the rows before it; 0 for the first.</param>
    public static ulong Values(in RowData row, ulong before = 0)
    {
        ulong print = before;
        foreach (Column column in row.BeforeColumns)
        {
            print = Next(column, print);
        }

        print = ~print;
        foreach (Column column in row.AfterColumns)
        {
            print = Next(column, print);
        }

        return print;

        static ulong Next(in Column column, ulong print) => XxHash3.HashToUInt64(column.Value, (long)(column.IsNull ? ~print : print));
    }

    /// <summary>Of the binlog event alone: read again it may show other values, as after an ALTER TABLE without Canal's table history.</summary>
    public static ulong Event(in CanalEntry entry, bool withFile) => Of(entry, withFile, content: 0);

    private static ulong Content(in CanalEntry entry)
    {
        RowChange change = entry.Type == CanalEntryType.RowData ? entry.ReadRowChange() : default;
        ulong print = 0;
        bool hasRows = false;
        foreach (RowData row in change.Rows)
        {
            print = Values(row, print);
            hasRows = true;
        }

        return hasRows ? print : XxHash3.HashToUInt64(entry.StoreValue);
    }

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
