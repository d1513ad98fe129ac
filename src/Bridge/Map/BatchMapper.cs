using System.Text;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Map;

/// <summary>Step 2: a batch to records in entry order; what was published before is dropped here, what gives no record is counted and logged.</summary>
internal sealed class BatchMapper
{
    /// <summary>Kinds of entries that are counted, as they give no record of a row.</summary>
    public static IEnumerable<string> KindsWithoutRows => Enum.GetNames<EntryKind>().Where(static kind => kind != nameof(EntryKind.Rows));

    private readonly string _destination;
    private readonly EntrySerializer _serializer;
    private readonly ReplayFilter _replay;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BridgeMetrics _metrics;
    private readonly HashSet<string> _damagedTables = [];
    private long _duplicates;
    private MappedBatch _batch;

    public BatchMapper(string destination, EntrySerializer serializer, ReplayFilter replay, BridgeMetrics metrics, TimeProvider time, ILogger logger)
    {
        _destination = destination;
        _serializer = serializer;
        _replay = replay;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Appends the batch's records to the buffer, and says what became of its rows.</summary>
    /// <exception cref="PositionNotComparableException">The batch comes from another binlog than what was published.</exception>
    /// <exception cref="PositionGapException">Canal has left changes out.</exception>
    /// <exception cref="RowRefusedException">A row cannot become a record.</exception>
    /// <exception cref="OperationCanceledException">By the token, while the source or the registry was asked.</exception>
    public MappedBatch Map(CanalBatch batch, RecordBuffer records, CancellationToken cancellationToken = default)
    {
        _batch = default;

        // One reading of the clock per batch: within it the envelope's time would differ by less than it says.
        long now = NowNanoseconds;
        foreach (CanalEntry entry in batch.Entries)
        {
            _replay.Observe(entry, batch.Id);
            if (entry.Type != CanalEntryType.RowData)
            {
                MapBoundary(entry, new EntryContext(now, batch.Id, Stop: cancellationToken), records);
                continue;
            }

            _batch = _batch with { NewestMilliseconds = Math.Max(_batch.NewestMilliseconds, entry.Header.ExecuteTimeMilliseconds) };
            int firstRow = _replay.FirstNewRow(entry);
            if (firstRow == ReplayFilter.AllRows)
            {
                CountDuplicates(entry.ReadRowChange().CountRows());
                continue;
            }

            EntryResult result = Serialize(entry, new EntryContext(now, batch.Id, firstRow, cancellationToken), records);
            _replay.Advance(entry, result.Rows);
            Report(entry, result, firstRow);
        }

        _metrics.BatchMapped(batch.Count);
        return _batch;
    }

    /// <summary>Appends a heartbeat, if the format has any.</summary>
    public void MapHeartbeat(string topic, RecordBuffer records) => _serializer.WriteHeartbeat(topic, NowNanoseconds, records);

    private long NowNanoseconds => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>A BEGIN or END: it may be a record of its own, which must not come twice.</summary>
    private void MapBoundary(in CanalEntry entry, in EntryContext context, RecordBuffer records)
    {
        int count = records.Count;
        _serializer.Write(entry, context with { FirstRow = _replay.IsNewBoundary(entry) ? 0 : 1 }, records);
        if (records.Count > count)
        {
            _replay.AdvanceBoundary(entry);
        }
    }

    private EntryResult Serialize(in CanalEntry entry, in EntryContext context, RecordBuffer records)
    {
        try
        {
            return _serializer.Write(entry, context, records);
        }
        catch (RowException e)
        {
            throw new RowRefusedException(entry.Header.Position, e.Row, e);
        }
    }

    private void Report(in CanalEntry entry, EntryResult result, int firstRow)
    {
        CountDuplicates(Math.Min(firstRow, result.Rows));
        if (_duplicates > 0 && result.Rows > firstRow)
        {
            // One line for a whole replay, when the first new row ends it.
            Log.DuplicatesDropped(_logger, _duplicates, _destination, Position());
            _duplicates = 0;
        }

        switch (result.Kind)
        {
            case EntryKind.Rows:
                CountNew(result.Rows - firstRow);
                break;
            case EntryKind.ExcludedRows:
                CountNew(result.Rows - firstRow);
                _batch = _batch with { Filtered = _batch.Filtered + Math.Max(0, result.Rows - firstRow) };
                _metrics.RowsFiltered(Math.Max(0, result.Rows - firstRow));
                Count(result.Kind);
                break;
            case EntryKind.Ddl:
                Count(result.Kind);
                _metrics.DdlSeen(entry.Header.EventType.ToString());
                Log.DdlPassed(_logger, _destination, Position(), TableOf(entry), entry.Header.EventType);
                break;
            case EntryKind.DdlRecord:
                Count(result.Kind);
                _metrics.DdlSeen(entry.Header.EventType.ToString());
                Log.DdlPublished(_logger, _destination, Position(), TableOf(entry), entry.Header.EventType);
                break;
            case EntryKind.Truncate:
                Count(result.Kind);
                _metrics.DdlSeen(entry.Header.EventType.ToString());
                break;
            case EntryKind.StatementDml:
                Count(result.Kind);
                Log.StatementDml(_logger, _destination, Position(), TableOf(entry));
                break;
            default:
                Count(result.Kind);
                break;
        }

        if (result.UnreadTable is { } unread)
        {
            Log.StatementUnread(_logger, _destination, Position(), unread);
        }

        if (result.UndefinedTable is { } undefined)
        {
            Log.TableUndefined(_logger, _destination, undefined);
        }

        if (result.UnmaskedColumns is { } unmasked)
        {
            Log.ColumnsUnmasked(_logger, _destination, unmasked);
        }

        if (result.DamagedValues > 0)
        {
            _metrics.DamagedValues(result.DamagedValues);
            string table = TableOf(entry);
            if (_damagedTables.Add(table))
            {
                Log.DamagedText(_logger, _destination, table, Position());
            }
        }
    }

    private void CountDuplicates(int rows)
    {
        if (rows > 0)
        {
            _metrics.RowsReceived(rows);
            _metrics.DuplicatesSkipped(rows);
            _batch = _batch with { Rows = _batch.Rows + rows, Duplicates = _batch.Duplicates + rows };
            _duplicates += rows;
        }
    }

    private void CountNew(int rows)
    {
        if (rows > 0)
        {
            _metrics.RowsReceived(rows);
            _batch = _batch with { Rows = _batch.Rows + rows };
        }
    }

    private void Count(EntryKind kind) => _metrics.EntryWithoutRows(kind.ToString());

    private string Position() => _replay.Last?.ToString() ?? "the start";

    private static string TableOf(in CanalEntry entry)
    {
        string schema = Encoding.UTF8.GetString(entry.Header.SchemaName), table = Encoding.UTF8.GetString(entry.Header.TableName);
        return (schema.Length, table.Length) switch
        {
            (0, 0) => "no table",
            (_, 0) => $"database {schema}",
            _ => $"{schema}.{table}",
        };
    }
}
