using System.Text;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Loop.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;
using CanalBridge.Testing;
using Google.Protobuf;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Wire = Canal.Client.Protocol;

namespace CanalBridge.UnitTests.Loop.Map;

public sealed class BatchMapperTests : IDisposable
{
    private const long AnotherInstance = 1000;
    private const string File = "mysql-bin.000007";
    private const int DuplicatesDropped = 2003, DdlPassed = 3001, StatementDml = 3002, DamagedText = 3003;

    // Other tests record into the same meter at the same time.
    private readonly string _destination = $"mapper-{Guid.NewGuid()}";
    private readonly MetricCollector<long> _received = Collect("messaging.client.consumed.messages");
    private readonly MetricCollector<long> _duplicates = Collect("canal_bridge.rows.duplicates");
    private readonly MetricCollector<long> _withoutRows = Collect("canal_bridge.entries_without_rows");
    private readonly MetricCollector<long> _damaged = Collect("canal_bridge.damaged_values");
    private readonly MetricCollector<long> _batchEntries = Collect("canal_bridge.batch.entries");
    private readonly FakeLogCollector _logs = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordBuffer _records = new();
    private readonly EntrySerializer _serializer =
        Serializer(new EnvelopeOptions { IncludeSchemaChanges = false });

    private long _batchId;

    public void Dispose()
    {
        _received.Dispose();
        _duplicates.Dispose();
        _withoutRows.Dispose();
        _damaged.Dispose();
        _batchEntries.Dispose();
        _serializer.Dispose();
        _records.Dispose();
    }

    [Fact]
    public void Rows_are_appended_in_entry_order()
    {
        Map(Mapper(), EntryBuilder.Insert(File, 100, 1, 2), EntryBuilder.Insert(File, 200, 3));

        Assert.Equal(["{\"id\":1}", "{\"id\":2}", "{\"id\":3}"], Keys());
    }

    [Fact]
    public void Rows_of_a_batch_are_told_by_what_became_of_them()
    {
        MappedBatch mapped = Map(Mapper(storedOffset: 100, storedRow: 1), EntryBuilder.Insert(File, 100, 1, 2), EntryBuilder.Insert(File, 200, 3));

        Assert.Equal((3, 0, 2, 1), (mapped.Rows.Received, mapped.Rows.Filtered, mapped.Rows.Duplicates, mapped.Rows.Published));
    }

    [Fact]
    public void Old_entry_counts_as_many_duplicates_as_it_has_rows()
    {
        Map(Mapper(storedOffset: 100), EntryBuilder.Insert(File, 50, 1, 2, 3));

        Assert.Equal(0, _records.Count);
        Assert.Equal(3, Sum(_duplicates));
    }

    [Fact]
    public void Partly_old_entry_counts_its_old_rows_and_publishes_the_others()
    {
        BatchMapper mapper = Mapper(gtids: new GtidState { Done = "0-1-4", Open = "0-1-5", OpenUnits = 2 });
        Wire.Entry entry = Wire.Entry.Parser.ParseFrom(EntryBuilder.Insert(File, 100, 1, 2, 3));
        entry.Header.Gtid = "0-1-5";

        Map(mapper, entry.ToByteArray());

        Assert.Equal(["{\"id\":3}"], Keys());
        Assert.Equal(2, Sum(_duplicates));
    }

    [Fact]
    public void Received_rows_include_the_repeated_ones()
    {
        Map(Mapper(storedOffset: 100, storedRow: 1), EntryBuilder.Insert(File, 50, 1, 2, 3), EntryBuilder.Insert(File, 100, 4, 5, 6), EntryBuilder.Insert(File, 200, 7));

        Assert.Equal(7, Sum(_received));
    }

    [Fact]
    public void Statement_that_comes_again_is_no_duplicate_row_and_is_not_logged_again()
    {
        Map(Mapper(storedOffset: 100), Ddl(50, "shop", "items"));

        Assert.Equal(0, Sum(_duplicates));
        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void One_line_tells_of_a_whole_replay_over_several_batches()
    {
        BatchMapper mapper = Mapper(storedOffset: 100, storedRow: 1);

        Map(mapper, EntryBuilder.Insert(File, 50, 1, 2, 3));
        Map(mapper, EntryBuilder.Insert(File, 60, 4), EntryBuilder.Insert(File, 100, 5, 6));
        Map(mapper, EntryBuilder.Insert(File, 200, 7));

        FakeLogRecord line = Assert.Single(Logged(DuplicatesDropped));
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal($"Dropped 6 rows of destination {_destination} that were already published: Canal delivered them again. New rows go on at {File}:200", line.Message);
    }

    [Fact]
    public void Replay_that_has_not_ended_is_not_logged_yet()
    {
        Map(Mapper(storedOffset: 100), EntryBuilder.Insert(File, 50, 1, 2, 3));

        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void A_second_replay_has_a_line_of_its_own_with_its_own_count()
    {
        BatchMapper mapper = Mapper(storedOffset: 100);
        Map(mapper, EntryBuilder.Insert(File, 50, 1, 2, 3), EntryBuilder.Insert(File, 200, 4));

        Map(mapper, EntryBuilder.Insert(File, 200, 4), EntryBuilder.Insert(File, 300, 6));

        Assert.Equal(["3", "1"], Logged(DuplicatesDropped).Select(line => line.GetStructuredStateValue("Rows")));
    }

    [Fact]
    public void Rows_without_a_replay_tell_of_none()
    {
        Map(Mapper(), EntryBuilder.Insert(File, 100, 1), EntryBuilder.Insert(File, 200, 2));

        Assert.Empty(Logged(DuplicatesDropped));
    }

    [Theory]
    [InlineData("shop", "items", "shop.items")]
    [InlineData("shop", "", "database shop")]
    [InlineData("", "", "no table")]
    public void Ddl_is_logged_with_its_table_and_position(string schema, string table, string expected)
    {
        Map(Mapper(), Ddl(100, schema, table));

        FakeLogRecord line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((DdlPassed, LogLevel.Information), (line.Id.Id, line.Level));
        Assert.Contains($"{File}:100 on {expected} (Alter)", line.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("debezium", CanalEventType.Alter, 1)]
    [InlineData("debezium", CanalEventType.Truncate, 0)]
    [InlineData("canal-flat", CanalEventType.Alter, 1)]
    [InlineData("canal-flat", CanalEventType.Truncate, 1)]
    [InlineData("maxwell", CanalEventType.Truncate, 0)]
    public void Ddl_that_becomes_a_record_is_not_logged_as_passed(string format, CanalEventType type, int records)
    {
        using EntrySerializer serializer = Serializer(new EnvelopeOptions { Format = format });

        Map(Mapper(serializer: serializer), Statement(100, type, isDdl: true, "shop", "items", type == CanalEventType.Truncate ? "TRUNCATE items" : "ALTER TABLE items ADD x INT"));

        Assert.Equal(records, _records.Count);
        Assert.Equal(records == 0 ? 1 : 0, Logged(DdlPassed).Length);
        Assert.Equal(type == CanalEventType.Truncate ? 0 : records, Logged(3014).Length);
    }

    [Fact]
    public void Strict_statement_is_published_once()
    {
        using EntrySerializer serializer = Serializer(new EnvelopeOptions { Format = "canal-flat", Strict = true });
        byte[] statement = Statement(100, CanalEventType.Update, isDdl: false, "shop", "items", "UPDATE items SET name = 'x'");
        BatchMapper mapper = Mapper(serializer: serializer);
        Map(mapper, statement);

        mapper = Mapper(storedOffset: 100, serializer: serializer);
        Map(mapper, statement);

        Assert.Equal(1, _records.Count);
    }

    [Fact]
    public void Ddl_moves_the_position()
    {
        BatchMapper mapper = Mapper();
        Map(mapper, Ddl(100, "shop", "items"));
        _records.Clear();

        Map(mapper, EntryBuilder.Insert(File, 90, 1));

        Assert.Equal(0, _records.Count);
        Assert.Equal(1, Sum(_duplicates));
    }

    [Fact]
    public void Ddl_is_a_record_once_however_often_it_comes()
    {
        using EntrySerializer serializer = Serializer(new EnvelopeOptions());
        BatchMapper mapper = Mapper(serializer: serializer);

        Map(mapper, Ddl(100, "shop", "items"), Ddl(100, "shop", "items"));

        Assert.Equal(1, _records.Count);
    }

    [Fact]
    public void Statement_format_change_is_an_error_with_its_table_and_the_remedy()
    {
        Map(Mapper(), Statement(100, CanalEventType.Update, isDdl: false, "shop", "items", "UPDATE items SET name = 'x'"));

        FakeLogRecord line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((StatementDml, LogLevel.Error), (line.Id.Id, line.Level));
        Assert.Contains($"{File}:100 on shop.items", line.Message, StringComparison.Ordinal);
        Assert.Contains("binlog_format=ROW", line.Message, StringComparison.Ordinal);
        Assert.Equal(0, _records.Count);
    }

    [Theory]
    [InlineData(CanalEventType.Alter, true, "Ddl")]
    [InlineData(CanalEventType.Insert, false, "StatementDml")]
    [InlineData(CanalEventType.Query, false, "Query")]
    [InlineData(CanalEventType.XaCommit, false, "Xa")]
    public void Entry_without_rows_is_counted_by_its_kind(CanalEventType type, bool isDdl, string kind)
    {
        Map(Mapper(), Statement(100, type, isDdl, "shop", "items", "any text"));

        CollectedMeasurement<long> measurement = Assert.Single(Of(_withoutRows));
        Assert.Equal((1, kind), (measurement.Value, measurement.Tags["canal_bridge.kind"]));
    }

    [Fact]
    public void Transaction_boundaries_are_counted_only_as_entries()
    {
        Map(Mapper(), EntryBuilder.Entry(File, 100, Wire.EntryType.Transactionbegin, ByteString.Empty), EntryBuilder.Entry(File, 110, Wire.EntryType.Transactionend, ByteString.Empty));

        Assert.Empty(Of(_withoutRows));
        Assert.Equal(2, Sum(_batchEntries));
    }

    [Fact]
    public void Begin_and_end_are_published_once_and_the_rows_between_are_counted_once()
    {
        using EntrySerializer serializer = Serializer(new EnvelopeOptions { ProvideTransactionMetadata = true });
        BatchMapper mapper = Mapper(serializer: serializer);
        byte[][] transaction =
        [
            EntryBuilder.Entry(File, 100, Wire.EntryType.Transactionbegin, ByteString.Empty),
            EntryBuilder.Insert(File, 110, 1),
            EntryBuilder.Insert(File, 120, 2),
            EntryBuilder.Entry(File, 130, Wire.EntryType.Transactionend, ByteString.Empty),
        ];

        Map(mapper, transaction[..2]);
        Map(mapper, transaction);
        Map(mapper, transaction);

        Assert.Equal(4, _records.Count);
        Assert.Contains("\"BEGIN\"", Encoding.UTF8.GetString(_records[0].Value), StringComparison.Ordinal);
        Assert.Contains("\"total_order\":2", Encoding.UTF8.GetString(_records[2].Value), StringComparison.Ordinal);
        Assert.Contains("\"END\",\"id\":\"file=mysql-bin.000007,pos=100\",\"event_count\":2", Encoding.UTF8.GetString(_records[3].Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Masked_columns_that_hold_no_text_are_reported()
    {
        using EntrySerializer serializer = Serializer(new EnvelopeOptions { ColumnMaskWithChars = { ["3"] = @"shop\.items\.(name|price)" } });
        BatchMapper mapper = Mapper(serializer: serializer);
        byte[] row = Change(EntryBuilder.Insert(File, 100, 1), change => change.RowDatas[0].AfterColumns.Add(
            new Wire.Column { Index = 2, SqlType = 4, Name = "price", IsKey = false, Updated = true, IsNull = false, Value = "9", MysqlType = "int(11)" }));

        Map(mapper, row);

        Assert.Contains("shop.items.price,", Assert.Single(Logged(3012)).Message, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"***\",\"price\":9", Encoding.UTF8.GetString(_records[0].Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_that_fits_no_type_and_passes_is_counted_and_reported_once_per_table()
    {
        var delivery = new DeliveryOptions { UnfitValue = { ["Other"] = "null" } };
        using EntrySerializer serializer = Serializer(new EnvelopeOptions(), delivery);
        BatchMapper mapper = Mapper(serializer: serializer);
        byte[] Row(long offset) => Change(EntryBuilder.Insert(File, offset, 1), change => change.RowDatas[0].AfterColumns.Add(
            new Wire.Column { Index = 2, SqlType = 4, Name = "price", IsKey = false, Updated = true, IsNull = false, Value = "no number", MysqlType = "int(11)" }));

        Map(mapper, Row(100), Row(200));

        Assert.Equal($"{File}:100", Assert.Single(Logged(3015)).GetStructuredStateValue("Position"));
        Assert.Equal(2, Sum(_damaged));
        Assert.Contains("\"price\":null", Encoding.UTF8.GetString(_records[0].Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_under_later_names_are_reported()
    {
        BatchMapper mapper = Mapper();
        byte[] create = Statement(50, CanalEventType.Create, isDdl: true, "shop", "items", "CREATE TABLE shop.items (number INT, name VARCHAR(20))");

        Map(mapper, create, On("shop", "items", Change(EntryBuilder.Insert(File, 100, 1), change => change.RowDatas[0].AfterColumns[1].SqlType = 12)));

        Assert.Equal("shop.items", Assert.Single(Logged(3016)).GetStructuredStateValue("Table"));
        Assert.Contains("\"number\":1", Encoding.UTF8.GetString(_records[^1].Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_text_is_reported_once_per_table()
    {
        BatchMapper mapper = Mapper();

        Map(mapper, Insert(100, "items", 1, "caf\uFFFD"), Insert(200, "items", 2, "caf\uFFFD"), Insert(300, "orders", 3, "caf\uFFFD"));
        Map(mapper, Insert(400, "items", 4, "caf\uFFFD"));

        FakeLogRecord[] lines = Logged(DamagedText);
        Assert.All(lines, line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.Equal(
            [("shop.items", $"{File}:100"), ("shop.orders", $"{File}:300")],
            lines.Select(line => (line.GetStructuredStateValue("Table")!, line.GetStructuredStateValue("Position")!)));
    }

    [Fact]
    public void Damaged_values_are_all_counted()
    {
        Map(Mapper(), Insert(100, "items", 1, "caf\uFFFD"), Insert(200, "items", 2, "caf\uFFFD"), Insert(300, "items", 3, "café"));

        Assert.Equal(2, Sum(_damaged));
    }

    [Fact]
    public void Value_that_fits_no_type_refuses_the_row_with_its_position_and_without_the_value()
    {
        byte[] damaged = Change(Insert(200, "items", 2, "b"), change => change.RowDatas[0].AfterColumns[0].Value = "no number");

        var refusal = Assert.Throws<RowRefusedException>(() => Map(Mapper(), Insert(100, "items", 1, "a"), damaged));

        Assert.IsType<UnmappableValueException>(refusal.InnerException);
        Assert.Contains($"Stopped at {File}:200", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no number", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partial_row_image_refuses_the_row_with_its_position_and_the_remedy()
    {
        byte[] partial = Change(Insert(200, "items", 2, "b"), change => change.RowDatas[0].AfterColumns.RemoveAt(1));

        var refusal = Assert.Throws<RowRefusedException>(() => Map(Mapper(), Insert(100, "items", 1, "a"), partial));

        Assert.IsType<IncompleteRowImageException>(refusal.InnerException);
        Assert.Contains($"Stopped at {File}:200", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("binlog_row_image=FULL", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_row_takes_the_other_rows_of_its_entry_with_it()
    {
        byte[] damaged = Change(EntryBuilder.Insert(File, 200, 2, 3), change => change.RowDatas[1].AfterColumns[0].Value = "no number");

        Assert.Throws<RowRefusedException>(() => Map(Mapper(), EntryBuilder.Insert(File, 100, 1), damaged));

        Assert.Equal(["{\"id\":1}"], Keys());
    }

    [Fact]
    public void Time_of_the_envelope_is_the_clock_at_the_batch()
    {
        _time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_012_345));

        Map(Mapper(), EntryBuilder.Insert(File, 100, 1));

        Assert.Contains("\"ts_ms\":1700000012345,", Encoding.UTF8.GetString(_records[0].Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_of_two_destinations_are_kept_apart()
    {
        string other = $"mapper-{Guid.NewGuid()}";
        Map(Mapper(), EntryBuilder.Insert(File, 100, 1, 2));

        Map(Mapper(destination: other), EntryBuilder.Insert(File, 100, 1, 2, 3));

        Assert.Equal((2, 3), (Sum(_received), Sum(_received, other)));
    }

    private static MetricCollector<long> Collect(string instrument) => new(meterScope: null, BridgeMetrics.MeterName, instrument);

    private static EntrySerializer Serializer(EnvelopeOptions envelope, DeliveryOptions? delivery = null)
    {
        var options = new BridgeOptions { Topics = { Prefix = "p" }, Envelope = envelope, Delivery = delivery ?? new DeliveryOptions() };
        return SerializerFactory.Create(options, Guid.NewGuid(), new TopicRouter(options.Topics, new FakeLogger()), source: null);
    }

    private static byte[] Ddl(long offset, string schema, string table) =>
        Statement(offset, CanalEventType.Alter, isDdl: true, schema, table, "ALTER TABLE items ADD COLUMN price INT");

    private static byte[] Statement(long offset, CanalEventType type, bool isDdl, string schema, string table, string sql)
    {
        var wireType = (Wire.EventType)type;
        var change = new Wire.RowChange { EventType = wireType, IsDdl = isDdl, Sql = sql };
        return On(schema, table, EntryBuilder.Entry(File, offset, Wire.EntryType.Rowdata, change.ToByteString(), wireType));
    }

    private static byte[] Insert(long offset, string table, int id, string name) =>
        On("shop", table, Change(EntryBuilder.Insert(File, offset, id), change => change.RowDatas[0].AfterColumns[1].Value = name));

    private static byte[] Change(byte[] entry, Action<Wire.RowChange> edit)
    {
        Wire.Entry parsed = Wire.Entry.Parser.ParseFrom(entry);
        Wire.RowChange change = Wire.RowChange.Parser.ParseFrom(parsed.StoreValue);
        edit(change);
        parsed.StoreValue = change.ToByteString();
        return parsed.ToByteArray();
    }

    private static byte[] On(string schema, string table, byte[] entry)
    {
        Wire.Entry parsed = Wire.Entry.Parser.ParseFrom(entry);
        parsed.Header.SchemaName = schema;
        parsed.Header.TableName = table;
        return parsed.ToByteArray();
    }

    /// <summary>A mapper that knows of rows published up to a position, or of none.</summary>
    private BatchMapper Mapper(long? storedOffset = null, int storedRow = 0, string? destination = null, EntrySerializer? serializer = null, GtidState? gtids = null)
    {
        StoredPosition? stored = gtids is not null ? new StoredPosition { Destination = _destination, Owner = Guid.NewGuid(), BatchId = AnotherInstance, Gtids = gtids } : storedOffset is not { } offset ? null : new StoredPosition
        {
            Destination = _destination,
            Owner = Guid.NewGuid(),
            Binlog = new BinlogPosition(File, offset),
            Row = storedRow,
            ServerId = 1,
            Seen = new SeenLabel(new BinlogPosition(File, offset), 0, File),
            Content = new ContentState { Last = new LastEntry(null, 0, null, new BinlogPosition(File, offset)) },
        };
        var replay = new ReplayFilter(stored, 0, SourceKind.MySql, serverIdMayChange: false);
        replay.BeginSession();
        return new BatchMapper(destination ?? _destination, Guid.Empty, serializer ?? _serializer, replay, new BridgeMetrics(destination ?? _destination), _time, new FakeLogger(_logs));
    }

    private MappedBatch Map(BatchMapper mapper, params byte[][] entries)
    {
        using var batch = new CanalBatch(EntryBuilder.Messages(++_batchId, entries));
        return mapper.Map(batch, _records);
    }

    private IEnumerable<string> Keys() => Enumerable.Range(0, _records.Count).Select(i => Encoding.UTF8.GetString(_records[i].Key));

    private FakeLogRecord[] Logged(int id) => [.. _logs.GetSnapshot().Where(r => r.Id.Id == id)];

    private IEnumerable<CollectedMeasurement<long>> Of(MetricCollector<long> collector, string? destination = null) =>
        collector.GetMeasurementSnapshot().Where(m => (string?)m.Tags["canal_bridge.destination"] == (destination ?? _destination));

    private long Sum(MetricCollector<long> collector, string? destination = null) => Of(collector, destination).Sum(m => m.Value);
}
