using Canal.Client.Protocol;
using Google.Protobuf;

namespace CanalBridge.Testing;

/// <summary>Entries and batches as a test wants them, through the generated classes.</summary>
internal static class EntryBuilder
{
    /// <summary>An insert of rows with one INT primary key <c>id</c> and one VARCHAR <c>name</c>.</summary>
    public static byte[] Insert(string file, long offset, params int[] ids)
    {
        var change = new RowChange { TableId = 1, EventType = EventType.Insert, IsDdl = false };
        foreach (int id in ids)
        {
            change.RowDatas.Add(new RowData
            {
                AfterColumns =
                {
                    new Column { Index = 0, SqlType = 4, Name = "id", IsKey = true, Updated = true, IsNull = false, Value = $"{id}", MysqlType = "int(11)" },
                    new Column { Index = 1, SqlType = 12, Name = "name", IsKey = false, Updated = true, IsNull = false, Value = $"n{id}", MysqlType = "varchar(20)" },
                },
            });
        }

        return Entry(file, offset, EntryType.Rowdata, change.ToByteString(), EventType.Insert);
    }

    /// <summary>A DDL statement of database <c>shop</c>.</summary>
    public static byte[] Ddl(string file, long offset, string sql, EventType type = EventType.Create) =>
        Entry(file, offset, EntryType.Rowdata, new RowChange { EventType = type, IsDdl = true, Sql = sql, DdlSchemaName = "shop" }.ToByteString(), type);

    /// <summary>Any entry.</summary>
    public static byte[] Entry(string file, long offset, EntryType type, ByteString storeValue, EventType? eventType = null, long executeTime = 1_700_000_000_000, long serverId = 1)
    {
        var header = new Header
        {
            Version = 1,
            LogfileName = file,
            LogfileOffset = offset,
            ServerId = serverId,
            ServerenCode = "UTF-8",
            ExecuteTime = executeTime,
            SourceType = Canal.Client.Protocol.Type.Mysql,
            SchemaName = type == EntryType.Rowdata ? "shop" : "",
            TableName = type == EntryType.Rowdata ? "items" : "",
            EventLength = 50,
        };
        if (eventType is { } kind)
        {
            header.EventType = kind;
        }

        return new Entry { Header = header, EntryType = type, StoreValue = storeValue }.ToByteArray();
    }

    /// <summary>The body of a MESSAGES packet.</summary>
    public static byte[] Messages(long batchId, params byte[][] entries)
    {
        var messages = new Messages { BatchId = batchId };
        messages.Messages_.AddRange(entries.Select(e => ByteString.CopyFrom(e)));
        return messages.ToByteArray();
    }
}
