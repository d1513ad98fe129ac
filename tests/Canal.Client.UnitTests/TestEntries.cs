using Canal.Client.Entries;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.UnitTests;

/// <summary>Serialized entries as a test wants them.</summary>
internal static class TestEntries
{
    /// <summary>An insert of one row, its binlog offset being its number.</summary>
    public static byte[] Insert(int number, int padBytes = 0)
    {
        var row = new Protocol.RowData();
        row.AfterColumns.Add(new Protocol.Column { Index = 0, SqlType = -5, Name = "id", IsKey = true, Updated = true, IsNull = false, Value = $"{number}", MysqlType = "bigint(20)" });
        row.AfterColumns.Add(new Protocol.Column { Index = 1, SqlType = 12, Name = "pad", Updated = true, IsNull = false, Value = new string('x', padBytes), MysqlType = "text" });
        var change = new Protocol.RowChange { EventType = EventType.Insert, IsDdl = false };
        change.RowDatas.Add(row);
        return new Entry
        {
            Header = new Header
            {
                Version = 1,
                LogfileName = "mysql-bin.000001",
                LogfileOffset = number,
                ServerId = 1,
                ServerenCode = "UTF-8",
                SchemaName = "shop",
                TableName = "orders",
                EventType = EventType.Insert,
                SourceType = Protocol.Type.Mysql,
            },
            EntryType = EntryType.Rowdata,
            StoreValue = change.ToByteString(),
        }.ToByteArray();
    }

    public static IReadOnlyList<long> Offsets(CanalBatch batch)
    {
        var offsets = new List<long>();
        foreach (CanalEntry entry in batch.Entries)
        {
            offsets.Add(entry.Header.LogfileOffset);
        }

        return offsets;
    }

    public static string FramePath(string name) => Path.Combine(AppContext.BaseDirectory, "Frames", name);
}
