using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.CanalFlat;

/// <summary>The members of a flat message that are the same for all rows of an entry, encoded once for each entry.</summary>
internal sealed class FlatMembers : IDisposable
{
    private readonly bool _strict;
    private readonly RecordBuffer _text = new();
    private ByteRange _untilMysqlType;
    private ByteRange _untilType;
    private ByteRange _untilRow;
    private ByteRange _end;

    /// <param name="strict">Whether they are Canal's own, without what a bridge adds.</param>
    public FlatMembers(bool strict) => _strict = strict;

    /// <summary>Encodes them.</summary>
    public void Begin(in EntryHeader header, bool isDdl, in EntryContext context)
    {
        _text.Clear();
        var output = new RecordOutput(_text);
        output.Write(",\"database\":"u8);
        JsonText.WriteQuoted<FastjsonRule>(ref output, header.SchemaName);
        output.Write(",\"es\":"u8);
        output.WriteNumber(header.ExecuteTimeMilliseconds);
        output.Write(",\"gtid\":"u8);
        JsonText.WriteQuoted<FastjsonRule>(ref output, _strict ? header.Gtid : header.TransactionGtid);
        output.Write(",\"id\":"u8);
        output.WriteNumber(context.BatchId);
        output.Write(isDdl ? ",\"isDdl\":true,\"mysqlType\":"u8 : ",\"isDdl\":false,\"mysqlType\":"u8);
        _untilMysqlType = output.RangeFrom(0);

        int start = output.Position;
        output.Write(",\"table\":"u8);
        JsonText.WriteQuoted<FastjsonRule>(ref output, header.TableName);
        output.Write(",\"ts\":"u8);
        output.WriteNumber(context.NowNanoseconds / 1_000_000);
        output.Write(",\"type\":\""u8);
        _untilType = output.RangeFrom(start);
        BeginPosition(ref output, header);
        output.Flush();
    }

    /// <summary>Writes what stands between <c>data</c> and the content of <c>mysqlType</c>.</summary>
    public void WriteUntilMysqlType(ref RecordOutput output) => output.Write(_text.Slice(_untilMysqlType));

    /// <summary>Writes what stands behind <c>sqlType</c>.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="type">What happened.</param>
    /// <param name="rowIndex">Index of the row within its entry; 0 for a statement.</param>
    public void WriteEnd(ref RecordOutput output, CanalEventType type, int rowIndex)
    {
        output.Write(_text.Slice(_untilType));
        output.Write(NameOf(type));
        if (_strict)
        {
            output.Write("\"}"u8);
            return;
        }

        output.Write(_text.Slice(_untilRow));
        output.WriteNumber(rowIndex);
        output.Write(_text.Slice(_end));
    }

    /// <summary>Writes a whole message without rows.</summary>
    public void WriteStatement(ref RecordOutput output, CanalEventType type, scoped ReadOnlySpan<byte> sql)
    {
        output.Write("{\"data\":null"u8);
        WriteUntilMysqlType(ref output);
        output.Write("null,\"old\":null,\"pkNames\":null,\"sql\":"u8);
        JsonText.WriteQuoted<FastjsonRule>(ref output, sql);
        output.Write(",\"sqlType\":null"u8);
        WriteEnd(ref output, type, rowIndex: 0);
    }

    /// <inheritdoc />
    public void Dispose() => _text.Dispose();

    private void BeginPosition(ref RecordOutput output, in EntryHeader header)
    {
        int start = output.Position;
        output.Write("\",\"file\":"u8);
        JsonText.WriteQuoted<FastjsonRule>(ref output, header.LogfileName);
        output.Write(",\"pos\":"u8);
        output.WriteNumber(header.LogfileOffset);
        output.Write(",\"row\":"u8);
        _untilRow = output.RangeFrom(start);

        start = output.Position;
        output.Write(",\"serverId\":"u8);
        output.WriteNumber(header.ServerId);
        output.Write((byte)'}');
        _end = output.RangeFrom(start);
    }

    /// <summary>Canal's kind of a row change.</summary>
    public static CanalEventType TypeOf(Operation operation) => operation switch
    {
        Operation.Create => CanalEventType.Insert,
        Operation.Update => CanalEventType.Update,
        _ => CanalEventType.Delete,
    };

    /// <summary>Canal's words; those of kinds that it does not send are the ones of its protocol.</summary>
    private static ReadOnlySpan<byte> NameOf(CanalEventType type) => type switch
    {
        CanalEventType.Insert => "INSERT"u8,
        CanalEventType.Update => "UPDATE"u8,
        CanalEventType.Delete => "DELETE"u8,
        CanalEventType.Create => "CREATE"u8,
        CanalEventType.Alter => "ALTER"u8,
        CanalEventType.Erase => "ERASE"u8,
        CanalEventType.Query => "QUERY"u8,
        CanalEventType.Truncate => "TRUNCATE"u8,
        CanalEventType.Rename => "RENAME"u8,
        CanalEventType.CreateIndex => "CINDEX"u8,
        CanalEventType.DropIndex => "DINDEX"u8,
        CanalEventType.Gtid => "GTID"u8,
        CanalEventType.XaCommit => "XACOMMIT"u8,
        CanalEventType.XaRollback => "XAROLLBACK"u8,
        CanalEventType.MHeartbeat => "MHEARTBEAT"u8,
        _ => "UNRECOGNIZED"u8,
    };
}
