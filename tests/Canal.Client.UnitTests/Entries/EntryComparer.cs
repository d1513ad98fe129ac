using System.Text;
using Canal.Client.Entries;
using Canal.Client.Protocol;

namespace Canal.Client.UnitTests.Entries;

/// <summary>Reads the same bytes with the span readers and with the generated classes.</summary>
internal static class EntryComparer
{
    /// <returns>Number of rows compared.</returns>
    public static int AssertSame(ReadOnlySpan<byte> bytes)
    {
        Entry expected = Entry.Parser.ParseFrom(bytes);
        CanalEntry actual = CanalEntry.Parse(bytes);
        Header header = expected.Header ?? new Header();

        // An unset type means row data; so does 0.
        Assert.Equal(expected.HasEntryType && expected.EntryType != 0 ? (int)expected.EntryType : 2, (int)actual.Type);
        Assert.Equal(header.LogfileName, Text(actual.Header.LogfileName));
        Assert.Equal(header.SchemaName, Text(actual.Header.SchemaName));
        Assert.Equal(header.TableName, Text(actual.Header.TableName));
        Assert.Equal(header.Gtid, Text(actual.Header.Gtid));
        Assert.Equal(
            (header.LogfileOffset, header.ServerId, header.ExecuteTime, header.EventLength, (int)header.EventType),
            (actual.Header.LogfileOffset, actual.Header.ServerId, actual.Header.ExecuteTimeMilliseconds, actual.Header.EventLength, (int)actual.Header.EventType));
        foreach (Pair pair in header.Props)
        {
            Assert.Equal(header.Props.First(p => p.Key == pair.Key).Value, Text(actual.Header.FindProperty(Encoding.UTF8.GetBytes(pair.Key))));
        }

        Assert.True(expected.StoreValue.Span.SequenceEqual(actual.StoreValue));
        if (actual.Type == CanalEntryType.TransactionBegin)
        {
            Assert.Equal(TransactionBegin.Parser.ParseFrom(expected.StoreValue).ThreadId, actual.ReadThreadId());
        }

        return actual.Type == CanalEntryType.RowData ? AssertSameChange(Protocol.RowChange.Parser.ParseFrom(expected.StoreValue), actual.ReadRowChange()) : 0;
    }

    /// <summary>Touches every field that the readers can reach.</summary>
    public static void Walk(CanalBatch batch)
    {
        foreach (CanalEntry entry in batch.Entries)
        {
            entry.Header.FindProperty("no such key"u8);
            entry.ReadThreadId();
            Client.Entries.RowChange change = entry.ReadRowChange();
            change.FindProperty("no such key"u8);
            foreach (Client.Entries.RowData row in change.Rows)
            {
                foreach (Client.Entries.Column _ in row.BeforeColumns)
                {
                }

                foreach (Client.Entries.Column _ in row.AfterColumns)
                {
                }
            }
        }
    }

    private static int AssertSameChange(Protocol.RowChange expected, Client.Entries.RowChange actual)
    {
        Assert.Equal(((int)expected.EventType, expected.IsDdl, expected.Sql, expected.DdlSchemaName), ((int)actual.EventType, actual.IsDdl, Text(actual.Sql), Text(actual.DdlSchemaName)));
        foreach (Pair pair in expected.Props)
        {
            Assert.Equal(expected.Props.First(p => p.Key == pair.Key).Value, Text(actual.FindProperty(Encoding.UTF8.GetBytes(pair.Key))));
        }

        int rows = 0;
        foreach (Client.Entries.RowData row in actual.Rows)
        {
            Protocol.RowData expectedRow = expected.RowDatas[rows++];
            AssertSameColumns(expectedRow.BeforeColumns, row.BeforeColumns);
            AssertSameColumns(expectedRow.AfterColumns, row.AfterColumns);
        }

        Assert.Equal(expected.RowDatas.Count, rows);
        return rows;
    }

    private static void AssertSameColumns(Google.Protobuf.Collections.RepeatedField<Protocol.Column> expected, Client.Entries.RowData.ColumnEnumerable actual)
    {
        int count = 0;
        foreach (Client.Entries.Column column in actual)
        {
            Protocol.Column wanted = expected[count++];
            Assert.Equal((wanted.Index, wanted.SqlType, wanted.IsKey, wanted.Updated, wanted.IsNull), (column.Index, column.SqlType, column.IsKey, column.Updated, column.IsNull));
            Assert.Equal((wanted.Name, wanted.Value, wanted.MysqlType), (Text(column.Name), Text(column.Value), Text(column.MysqlType)));
        }

        Assert.Equal(expected.Count, count);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
