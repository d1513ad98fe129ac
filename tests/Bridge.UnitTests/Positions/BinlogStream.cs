using Canal.Client.Entries;
using Canal.Client.Protocol;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Testing;
using Google.Protobuf;

namespace CanalBridge.UnitTests.Positions;

/// <summary>Entries as Canal sends them, and a filter that reads them: what was published, what may be acknowledged.</summary>
internal sealed class BinlogStream
{
    private readonly SourceKind _kind;
    private readonly bool _serverIdMayChange;
    private StoredPosition? _stored;
    private ReplayFilter _filter;
    private long _batchId = 1;

    public BinlogStream(SourceKind kind, bool serverIdMayChange = false)
    {
        _kind = kind;
        _serverIdMayChange = serverIdMayChange;
        _filter = new ReplayFilter(null, 0, kind, serverIdMayChange);
        _filter.BeginSession();
    }

    /// <summary>Texts of the entries that were new, in order.</summary>
    public List<string> Published { get; } = [];

    /// <summary>The filter.</summary>
    public ReplayFilter Filter => _filter;

    /// <summary>A new process goes on from what was stored.</summary>
    public void RestartBridge(int epoch = 0) => _filter = new ReplayFilter(StoredPosition.Parse(_stored!.Serialize()), epoch, _kind, _serverIdMayChange);

    /// <summary>A process goes on from another position.</summary>
    public void StartFrom(StoredPosition stored)
    {
        _batchId = stored.BatchId;
        _filter = new ReplayFilter(stored, 0, _kind, _serverIdMayChange);
    }

    /// <summary>Canal's instance is started anew: its batches are numbered from 1.</summary>
    public void RestartCanal()
    {
        _batchId = 1;
        _filter.BeginSession();
    }

    /// <summary>The same instance, a new connection.</summary>
    public void Reconnect()
    {
        _batchId += 2;
        _filter.BeginSession();
    }

    /// <summary>Reads a batch; the position behind it is stored.</summary>
    public BatchProof Read(params Event[] events)
    {
        _filter.BeginBatch();
        _batchId++;
        foreach (Event it in events)
        {
            CanalEntry entry = CanalEntry.Parse(it.Bytes);
            int first = _filter.FirstNewRow(entry, _batchId);
            if (first == ReplayFilter.AllRows)
            {
                continue;
            }

            Published.Add(first == 0 ? it.Name : $"{it.Name}+{first}");
            if (entry.Type == CanalEntryType.RowData)
            {
                _filter.Advance(entry, it.Rows, first);
            }
        }

        BatchProof proof = _filter.EndBatch();
        _stored = _filter.Position("example", Guid.Empty);
        return proof;
    }
}

/// <summary>One binlog event.</summary>
/// <param name="Name">For the test.</param>
/// <param name="Bytes">The entry.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record Event(string Name, byte[] Bytes, int Rows)
{
    public const long Length = 50;

    public static Event Row(string file, long offset, string value, int rows = 1, string? gtid = null, string? own = null, long second = 1, long serverId = 1, string type = "varchar(20)")
    {
        var change = new Canal.Client.Protocol.RowChange { TableId = 1, EventType = EventType.Insert, IsDdl = false };
        for (int i = 0; i < rows; i++)
        {
            change.RowDatas.Add(new Canal.Client.Protocol.RowData { AfterColumns = { new Canal.Client.Protocol.Column { Name = "id", IsKey = true, Value = $"{value}-{i}", MysqlType = type } } });
        }

        return new Event(value, Entry(file, offset, EntryType.Rowdata, change.ToByteString(), EventType.Insert, gtid, own, second, serverId), rows);
    }

    /// <summary>The text of a statement, which MariaDB writes before its rows.</summary>
    public static Event Text(string file, long offset, string gtid) => new(
        $"text@{offset}", Entry(file, offset, EntryType.Rowdata, new Canal.Client.Protocol.RowChange { EventType = EventType.Query, IsDdl = false, Sql = "INSERT" }.ToByteString(), EventType.Query, gtid, null, 1, 1), 0);

    public static Event Begin(string file, long offset, long thread = 7, string? gtid = null, string? own = null, long second = 1, long serverId = 1) => new(
        $"BEGIN@{offset}", Entry(file, offset, EntryType.Transactionbegin, new TransactionBegin { ThreadId = thread }.ToByteString(), null, gtid, own, second, serverId), 0);

    public static Event End(string file, long offset, long xid, string? gtid = null, string? own = null, long second = 1, long serverId = 1) => new(
        $"END {xid}", Entry(file, offset, EntryType.Transactionend, new TransactionEnd { TransactionId = $"{xid}" }.ToByteString(), null, gtid, own, second, serverId), 0);

    public static Event Ddl(string file, long offset, string sql, string? gtid = null, string? own = null) => new(
        sql, Entry(file, offset, EntryType.Rowdata, new Canal.Client.Protocol.RowChange { EventType = EventType.Create, IsDdl = true, Sql = sql }.ToByteString(), EventType.Create, gtid, own, 1, 1), 0);

    private static byte[] Entry(string file, long offset, EntryType type, ByteString value, EventType? eventType, string? gtid, string? own, long second, long serverId)
    {
        var entry = Canal.Client.Protocol.Entry.Parser.ParseFrom(EntryBuilder.Entry(file, offset, type, value, eventType, second * 1000, serverId));
        if (gtid is not null)
        {
            entry.Header.Gtid = gtid;
        }

        if (own is not null)
        {
            entry.Header.Props.Add(new Pair { Key = "curtGtid", Value = own });
        }

        return entry.ToByteArray();
    }
}
