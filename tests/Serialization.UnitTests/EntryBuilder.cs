using Canal.Client.Entries;
using Google.Protobuf;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>A column as Canal would send it.</summary>
internal sealed record Cell(string Name, string Type, string? Value, bool IsKey = false, int? Index = null, int? SqlType = null);

/// <summary>A row: the images before and after; null where there is none.</summary>
internal sealed record Row(Cell[]? Before, Cell[]? After);

/// <summary>Entries as a test wants them, written field by field.</summary>
internal static class EntryBuilder
{
    public static byte[] Insert(params Cell[] after) => Rows(CanalEventType.Insert, "shop", "orders", new Row(null, after));

    public static byte[] Delete(params Cell[] before) => Rows(CanalEventType.Delete, "shop", "orders", new Row(before, null));

    public static byte[] Update(Cell[] before, Cell[] after) => Rows(CanalEventType.Update, "shop", "orders", new Row(before, after));

    public static byte[] Rows(CanalEventType type, string schema, string table, params Row[] rows) => RowsOf("", type, schema, table, rows);

    /// <summary>Rows of a transaction, as Canal sends them in GTID mode.</summary>
    public static byte[] RowsOf(string gtid, CanalEventType type, string schema, string table, params Row[] rows) =>
        Entry(CanalEntryType.RowData, type, schema, table, gtid: gtid, storeValue: Message(change =>
        {
            Number(change, 0x10, (long)type);
            foreach (Row row in rows)
            {
                Bytes(change, 0x62, Message(output =>
                {
                    WriteImage(output, 0x0a, row.Before, null);
                    WriteImage(output, 0x12, row.After, row.Before);
                }));
            }
        }));

    public static byte[] Statement(CanalEventType type, bool isDdl, string sql, string table = "orders") =>
        Entry(CanalEntryType.RowData, type, "shop", table, Message(change =>
        {
            Number(change, 0x10, (long)type);
            Number(change, 0x50, isDdl ? 1 : 0);
            Text(change, 0x5a, sql);
            Text(change, 0x72, "shop");
        }));

    public static byte[] Begin(long threadId) => Entry(CanalEntryType.TransactionBegin, CanalEventType.None, "", "", Message(begin => Number(begin, 0x20, threadId)));

    public static byte[] End() => Entry(CanalEntryType.TransactionEnd, CanalEventType.None, "", "", []);

    public static byte[] Entry(CanalEntryType entryType, CanalEventType eventType, string schema, string table, byte[] storeValue, string gtid = "") => Message(entry =>
    {
        Bytes(entry, 0x0a, Message(header =>
        {
            Text(header, 0x12, "mysql-bin.000004");
            Number(header, 0x18, 4711);
            Number(header, 0x20, 1);
            Number(header, 0x30, 1_700_000_000_000);
            Text(header, 0x42, schema);
            Text(header, 0x4a, table);
            Number(header, 0x58, (long)eventType);
            Text(header, 0x6a, gtid);
        }));
        Number(entry, 0x10, (long)entryType);
        Bytes(entry, 0x1a, storeValue);
    });

    public static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }

    private static void WriteImage(CodedOutputStream output, uint tag, Cell[]? cells, Cell[]? before)
    {
        for (int i = 0; i < cells?.Length; i++)
        {
            Cell cell = cells[i];
            int index = cell.Index ?? i;
            bool updated = tag == 0x12 && before?.ElementAtOrDefault(i)?.Value != cell.Value;
            Bytes(output, tag, Message(column =>
            {
                Number(column, 0x08, index);
                Number(column, 0x10, cell.SqlType ?? (cell.Value?.Length > 3 ? -5 : 12));
                Text(column, 0x1a, cell.Name);
                Number(column, 0x20, cell.IsKey ? 1 : 0);
                Number(column, 0x28, updated ? 1 : 0);
                Number(column, 0x30, cell.Value is null ? 1 : 0);
                if (cell.Value is not null)
                {
                    Text(column, 0x42, cell.Value);
                }

                Text(column, 0x52, cell.Type);
            }));
        }
    }

    private static void Number(CodedOutputStream output, uint tag, long value)
    {
        output.WriteTag(tag);
        output.WriteInt64(value);
    }

    private static void Text(CodedOutputStream output, uint tag, string text)
    {
        output.WriteTag(tag);
        output.WriteString(text);
    }

    private static void Bytes(CodedOutputStream output, uint tag, byte[] bytes)
    {
        output.WriteTag(tag);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }
}
