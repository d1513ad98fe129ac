using System.Text;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Loop.Map;

/// <summary>Step 2: a batch to records in entry order; what was published before is dropped here, what gives no record is counted and logged.</summary>
internal sealed class BatchMapper
{
    /// <summary>Tables that are named once for a damaged text, and for a value that fits no type; of further ones only the metric tells.</summary>
    private const int MostNamed = 1000;

    /// <summary>Kinds of entries that are counted, as they give no record of a row.</summary>
    public static IEnumerable<string> KindsWithoutRows => Enum.GetNames<EntryKind>().Where(static kind => kind != nameof(EntryKind.Rows));

    private readonly string _destination;
    private readonly Guid _owner;
    private readonly EntrySerializer _serializer;
    private readonly ReplayFilter _replay;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BridgeMetrics _metrics;
    private readonly HashSet<string> _damagedTables = [];
    private readonly HashSet<string> _unfitTables = [];
    private long _repeated;
    private bool _isTorn;
    private MappedRows _rows;

    /// <param name="destination">Canal destination.</param>
    /// <param name="owner">This process.</param>
    /// <param name="serializer">Writes the records.</param>
    /// <param name="replay">Knows what was taken before.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public BatchMapper(string destination, Guid owner, EntrySerializer serializer, ReplayFilter replay, BridgeMetrics metrics, TimeProvider time, ILogger logger)
    {
        _destination = destination;
        _owner = owner;
        _serializer = serializer;
        _replay = replay;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Place of the last entry taken, for messages.</summary>
    public string Position => _replay.Last?.ToString() ?? "Canal's own cursor";

    /// <summary>What was mapped last looks like a repetition that is not proven yet: see <see cref="SettleDoubt"/>.</summary>
    public bool IsInDoubt => _replay.IsInDoubt;

    /// <summary>Whether to map a batch may mean to wait for the source or the schema registry.</summary>
    public bool MayAsk(CanalBatch batch)
    {
        foreach (CanalEntry entry in batch.Entries)
        {
            if (_serializer.MayAsk(entry))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A new Canal session begins: batches may come again.</summary>
    public void BeginSession() => _replay.BeginSession();

    /// <inheritdoc cref="ReplayFilter.SettleDoubt"/>
    public bool SettleDoubt() => _replay.SettleDoubt();

    /// <summary>Appends the batch's records to the buffer, and gives what belongs to them.</summary>
    /// <param name="batch">The batch that follows the one mapped last.</param>
    /// <param name="records">Empty.</param>
    /// <param name="cancellationToken">Ends a wait for the source or the schema registry.</param>
    /// <exception cref="PositionNotComparableException">The batch comes from another binlog than what was published.</exception>
    /// <exception cref="PositionGapException">Canal has left changes out.</exception>
    /// <exception cref="RowRefusedException">A row cannot become a record.</exception>
    /// <exception cref="OperationCanceledException">By the token.</exception>
    public MappedBatch Map(CanalBatch batch, RecordBuffer records, CancellationToken cancellationToken = default)
    {
        _rows = default;
        _replay.BeginBatch();

        // One reading of the clock per batch: within it the envelope's time would differ by less than it says.
        long now = NowNanoseconds;
        foreach (CanalEntry entry in batch.Entries)
        {
            int firstRow = _replay.FirstNewRow(entry, batch.Id);
            ReportTorn(entry);
            if (entry.Type != CanalEntryType.RowData)
            {
                // A BEGIN or END may be a record of its own, which must not come twice; of an old one the envelope learns the thread alone.
                _serializer.Write(_replay.AtTruePlace(entry), new EntryContext(now, batch.Id, firstRow, cancellationToken), records);
                continue;
            }

            if (firstRow == ReplayFilter.AllRows)
            {
                CountRepeated(entry.ReadRowChange().CountRows());
                continue;
            }

            EntryResult result = Serialize(_replay.AtTruePlace(entry), new EntryContext(now, batch.Id, firstRow, cancellationToken), records);
            _replay.Advance(entry, result.Rows, firstRow);
            if (result.Rows > firstRow)
            {
                _rows = _rows with { NewestMilliseconds = Math.Max(_rows.NewestMilliseconds, entry.Header.ExecuteTimeMilliseconds) };
            }

            Report(entry, result, firstRow);
        }

        _metrics.BatchMapped(batch.Count);
        BatchProof proof = _replay.EndBatch();
        return new MappedBatch
        {
            Id = batch.Id,
            SizeBytes = batch.SizeBytes,
            Records = records,
            Position = _replay.Position(_destination, _owner) with { Transaction = _serializer.OpenTransaction },
            Definitions = _serializer.TakeChangedDefinitions(),
            Proof = proof,
            Rows = _rows,
        };
    }

    /// <summary>Appends a heartbeat, if the format has any.</summary>
    public void MapHeartbeat(string topic, RecordBuffer records) => _serializer.WriteHeartbeat(topic, NowNanoseconds, records);

    private long NowNanoseconds => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

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

    private void ReportTorn(in CanalEntry entry)
    {
        if (_replay.IsTorn && !_isTorn)
        {
            Log.TransactionTorn(_logger, _destination, entry.Header.Position.ToString());
        }

        _isTorn = _replay.IsTorn;
    }

    private void Report(in CanalEntry entry, EntryResult result, int firstRow)
    {
        CountRepeated(Math.Min(firstRow, result.Rows));
        if (_repeated > 0 && result.Rows > firstRow)
        {
            // One line for a whole replay, when the first new row ends it.
            Log.DuplicatesDropped(_logger, _repeated, _destination, Position);
            _repeated = 0;
        }

        switch (result.Kind)
        {
            case EntryKind.Rows:
                CountNew(result.Rows - firstRow);
                break;
            case EntryKind.ExcludedRows:
                CountNew(result.Rows - firstRow);
                _rows = _rows with { Filtered = _rows.Filtered + Math.Max(0, result.Rows - firstRow) };
                _metrics.RowsFiltered(Math.Max(0, result.Rows - firstRow));
                Count(result.Kind);
                break;
            case EntryKind.Ddl:
                Count(result.Kind);
                _metrics.DdlSeen(entry.Header.EventType.ToString());
                Log.DdlPassed(_logger, _destination, Position, TableOf(entry), entry.Header.EventType);
                break;
            case EntryKind.DdlRecord:
                Count(result.Kind);
                _metrics.DdlSeen(entry.Header.EventType.ToString());
                Log.DdlPublished(_logger, _destination, Position, TableOf(entry), entry.Header.EventType);
                break;
            case EntryKind.Truncate:
                Count(result.Kind);
                _metrics.DdlSeen(entry.Header.EventType.ToString());
                break;
            case EntryKind.StatementDml:
                Count(result.Kind);
                Log.StatementDml(_logger, _destination, Position, TableOf(entry));
                break;
            default:
                Count(result.Kind);
                break;
        }

        if (result.UnreadTable is { } unread)
        {
            Log.StatementUnread(_logger, _destination, Position, unread);
        }

        if (result.UndefinedTable is { } undefined)
        {
            Log.TableUndefined(_logger, _destination, undefined);
        }

        if (result.UnmaskedColumns is { } unmasked)
        {
            Log.ColumnsUnmasked(_logger, _destination, unmasked);
        }

        if (result.PutRightTable is { } putRight)
        {
            Log.ColumnsPutRight(_logger, _destination, putRight, Position);
        }

        if (result.UnfitValues > 0)
        {
            _metrics.DamagedValues(result.UnfitValues);
            string table = TableOf(entry);
            if (_unfitTables.Count < MostNamed && _unfitTables.Add(table))
            {
                Log.ValueUnfit(_logger, _destination, table, Position);
            }
        }

        if (result.DamagedValues > 0)
        {
            _metrics.DamagedValues(result.DamagedValues);
            string table = TableOf(entry);
            if (_damagedTables.Count < MostNamed && _damagedTables.Add(table))
            {
                Log.DamagedText(_logger, _destination, table, Position);
            }
        }
    }

    private void CountRepeated(int rows)
    {
        if (rows > 0)
        {
            _metrics.RowsReceived(rows);
            _metrics.DuplicatesSkipped(rows);
            _rows = _rows with { Received = _rows.Received + rows, Duplicates = _rows.Duplicates + rows };
            _repeated += rows;
        }
    }

    private void CountNew(int rows)
    {
        if (rows > 0)
        {
            _metrics.RowsReceived(rows);
            _rows = _rows with { Received = _rows.Received + rows };
        }
    }

    private void Count(EntryKind kind) => _metrics.EntryWithoutRows(kind.ToString());

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
