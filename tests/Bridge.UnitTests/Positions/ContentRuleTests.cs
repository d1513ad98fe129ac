using Canal.Client;
using CanalBridge.Positions;
using CanalBridge.Serialization;

namespace CanalBridge.UnitTests.Positions;

public sealed class ContentRuleTests
{
    private const string F1 = "bin.000001", F2 = "bin.000002", F3 = "bin.000003";

    private readonly BinlogStream _mysql = new(SourceKind.MySql);
    private readonly BinlogStream _mariaDb = new(SourceKind.MariaDb);

    private static IEnumerable<string> Rows(BinlogStream stream) => stream.Published.Where(static name => !name.Contains(' ', StringComparison.Ordinal) && !name.Contains('@', StringComparison.Ordinal));

    [Fact]
    public void Rotation_of_mariadb_under_a_stale_label_is_read_on()
    {
        _mariaDb.Read(Event.Row(F1, 9000, "a"), Event.End(F1, 9100, 1));

        BatchProof proof = _mariaDb.Read(Event.Row(F1, 384, "b"), Event.End(F1, 470, 2), Event.Row(F1, 600, "c"));

        Assert.Equal(BatchProof.Whole, proof);
        Assert.Equal(["a", "b", "c"], Rows(_mariaDb));
        Assert.Equal(new BinlogPosition(F2, 600), _mariaDb.Filter.Last);
    }

    [Fact]
    public void Rotations_are_counted_until_the_label_is_right_again()
    {
        _mariaDb.Read(Event.Row(F1, 9000, "a"), Event.Row(F1, 384, "b"), Event.Row(F1, 384, "c"), Event.Row(F3, 500, "d"));
        Assert.Equal(new BinlogPosition(F3, 500), _mariaDb.Filter.Last);

        _mariaDb.Read(Event.Row(F3, 384, "e"));

        Assert.Equal(new BinlogPosition("bin.000004", 384), _mariaDb.Filter.Last);
    }

    [Fact]
    public void Rotation_while_the_bridge_is_down_is_read_on()
    {
        _mariaDb.Read(Event.Row(F1, 9000, "a"), Event.End(F1, 9100, 1));
        _mariaDb.RestartBridge();
        _mariaDb.Reconnect();

        _mariaDb.Read(Event.Row(F1, 384, "b"));

        Assert.Equal(["a", "b"], Rows(_mariaDb));
        Assert.Equal(new BinlogPosition(F2, 384), _mariaDb.Filter.Last);
    }

    [Fact]
    public void Lost_connection_repeats_the_last_end_and_the_open_transaction()
    {
        _mariaDb.Read(Event.Row(F1, 1000, "a"), Event.End(F1, 1100, 1), Event.Row(F1, 1200, "b"), Event.Row(F1, 1300, "c"));

        BatchProof proof = _mariaDb.Read(Event.End(F1, 1100, 1), Event.Row(F1, 1200, "b"), Event.Row(F1, 1300, "c"), Event.Row(F1, 1400, "d"));

        Assert.Equal(BatchProof.Whole, proof);
        Assert.Equal(["a", "b", "c", "d"], Rows(_mariaDb));
    }

    [Fact]
    public void Lost_connection_repeats_the_open_transaction_though_canal_leaves_out_the_end()
    {
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.Read(Event.Row(F1, 1000, "a"), Event.End(F1, 1100, 1), Event.Row(F1, 1200, "b"), Event.Row(F1, 1300, "c"));

            stream.Read(Event.Row(F1, 1200, "b"), Event.Row(F1, 1300, "c"), Event.Row(F1, 1400, "d"));

            Assert.Equal(["a", "b", "c", "d"], Rows(stream));
        }
    }

    /// <summary>As with Canal's table history, which spells types otherwise than the statement did.</summary>
    [Fact]
    public void Lost_connection_repeats_the_open_transaction_with_types_spelled_otherwise()
    {
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.Read(Event.Row(F1, 1000, "a"), Event.End(F1, 1100, 1), Event.Row(F1, 1200, "b", type: "VARCHAR(20)"), Event.Row(F1, 1300, "c", type: "VARCHAR(20)"));

            stream.Read(Event.Row(F1, 1200, "b"), Event.Row(F1, 1300, "c"), Event.Row(F1, 1400, "d"));

            Assert.Equal(["a", "b", "c", "d"], Rows(stream));
        }
    }

    [Fact]
    public void Lost_connection_repeats_from_a_statement_too()
    {
        _mariaDb.Read(Event.End(F1, 900, 1), Event.Ddl(F1, 1000, "CREATE TABLE t"), Event.Ddl(F1, 1100, "CREATE TABLE u"), Event.Row(F1, 1200, "a"));

        _mariaDb.Read(Event.Ddl(F1, 1100, "CREATE TABLE u"), Event.Row(F1, 1200, "a"), Event.Row(F1, 1300, "b"));

        Assert.Equal(["END 1", "CREATE TABLE t", "CREATE TABLE u", "a", "b"], _mariaDb.Published);
    }

    [Fact]
    public void Old_file_that_comes_again_inside_the_stream_is_dropped_to_its_end()
    {
        Event[] first = [.. Enumerable.Range(0, 20).SelectMany(i => Transaction(F1, 1000 + (200 * i), i))];
        Event[] second = [.. Enumerable.Range(0, 5).SelectMany(i => Transaction(F1, 1000 + (200 * i), 100 + i))];
        _mariaDb.Read([.. first, .. second]);

        // Its cursor is the END at offset 1900 of the second file under the first file's name.
        BatchProof proof = _mariaDb.Read([.. first.AsSpan(9), .. second, .. Transaction(F1, 2000, 200)]);

        Assert.Equal(BatchProof.Whole, proof);
        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"row{i}"), .. Enumerable.Range(100, 5).Select(i => $"row{i}"), "row200"], Rows(_mariaDb));
    }

    [Fact]
    public void Old_file_that_comes_again_without_the_end_is_dropped_and_proven_by_the_next_one()
    {
        Event[] first = [.. Enumerable.Range(0, 20).SelectMany(i => Transaction(F1, 1000 + (200 * i), i))];
        Event[] second = [.. Enumerable.Range(0, 5).SelectMany(i => Transaction(F1, 1000 + (200 * i), 100 + i))];
        _mariaDb.Read([.. first, .. second]);

        Assert.Equal(BatchProof.None, _mariaDb.Read(first[10]));
        Assert.Equal(BatchProof.Whole, _mariaDb.Read(first[11]));
        _mariaDb.Read([.. first.AsSpan(12), .. second, .. Transaction(F1, 2000, 200)]);

        Assert.Equal("row200", Rows(_mariaDb).Last());
        Assert.Equal(26, Rows(_mariaDb).Count());
    }

    [Fact]
    public void Twin_in_another_file_is_held_and_then_taken_in_a_new_session()
    {
        Event[] twin = [Event.Row(F1, 500, "same"), Event.End(F1, 600, 1)];
        _mariaDb.Read(Event.End(F1, 100, 9), twin[0], twin[1], Event.Row(F1, 700, "x"), Event.End(F1, 800, 2));

        Event[] other = [Event.Row(F1, 500, "same"), Event.End(F1, 600, 3)];
        Assert.Equal(BatchProof.None, _mariaDb.Read(other));
        Assert.True(_mariaDb.Filter.IsInDoubt);
        Assert.True(_mariaDb.Filter.SettleDoubt());
        _mariaDb.Reconnect();

        Assert.Equal(BatchProof.Whole, _mariaDb.Read(other));
        Assert.Equal(["same", "x", "same"], Rows(_mariaDb));
    }

    [Fact]
    public void Batch_without_its_ack_comes_again_after_a_reconnect()
    {
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.Read(Event.Row(F1, 1000, "a"));
            stream.Read(Event.Row(F1, 1100, "b"), Event.Row(F1, 1200, "c"));
            stream.RestartBridge();
            stream.Reconnect();

            stream.Read(Event.Row(F1, 1100, "b"), Event.Row(F1, 1200, "c"), Event.Row(F1, 1300, "d"));

            Assert.Equal(["a", "b", "c", "d"], Rows(stream));
        }
    }

    [Fact]
    public void New_instance_begins_at_its_cursor_and_repeats()
    {
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.Read(Transaction(F1, 1000, 1));
            stream.Read(Transaction(F1, 1200, 2));
            stream.RestartBridge();
            stream.RestartCanal();

            BatchProof proof = stream.Read([Transaction(F1, 1000, 1)[^1], .. Transaction(F1, 1200, 2), .. Transaction(F1, 1400, 3)]);

            Assert.Equal(BatchProof.Whole, proof);
            Assert.Equal(["row1", "row2", "row3"], Rows(stream));
        }
    }

    [Fact]
    public void New_instance_at_an_older_cursor_is_proven_when_it_passes_a_known_end()
    {
        _mariaDb.Read([.. Transaction(F1, 600, 0), .. Transaction(F1, 800, 1)]);
        _mariaDb.Read(Transaction(F1, 1000, 2));
        _mariaDb.RestartBridge();
        _mariaDb.RestartCanal();

        Assert.Equal(BatchProof.None, _mariaDb.Read(Transaction(F1, 600, 0)[^1]));
        Assert.Equal(BatchProof.Whole, _mariaDb.Read([.. Transaction(F1, 800, 1), .. Transaction(F1, 1000, 2), .. Transaction(F1, 1200, 3)]));

        Assert.Equal(["row0", "row1", "row2", "row3"], Rows(_mariaDb));
    }

    [Fact]
    public void New_instance_that_begins_behind_everything_has_lost_its_cursor_though_it_begins_with_a_begin()
    {
        _mysql.Read(Transaction(F1, 1000, 1));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        var gap = Assert.Throws<PositionGapException>(() => _mysql.Read(Event.Begin(F1, 9000)));

        Assert.Contains($"{F1}:9000", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_instance_of_mariadb_at_an_unknown_place_stays_in_doubt_and_stops()
    {
        _mariaDb.Read(Transaction(F1, 1000, 1));
        _mariaDb.RestartBridge();
        _mariaDb.RestartCanal();

        Assert.Equal(BatchProof.None, _mariaDb.Read(Transaction(F1, 5000, 9)));

        Assert.Throws<PositionNotComparableException>(() => _mariaDb.Filter.SettleDoubt());
        Assert.Equal(["row1"], Rows(_mariaDb));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_147_483)]
    public void Reset_source_stops_whatever_the_clock_says(long second)
    {
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.Read(Event.Row(F3, 5000, "a", second: second), Event.End(F3, 5100, 1, second: second));
            stream.RestartBridge();
            stream.RestartCanal();

            Assert.Equal(BatchProof.None, stream.Read(Event.Row(F1, 400, "new"), Event.End(F1, 500, 2)));
            Assert.Throws<PositionNotComparableException>(() => stream.Filter.SettleDoubt());
            Assert.Equal(["a"], Rows(stream));
        }
    }

    [Fact]
    public void Label_that_falls_back_on_mysql_is_never_taken_for_new()
    {
        _mysql.Read(Event.Row(F2, 5000, "a"));

        Assert.Equal(BatchProof.None, _mysql.Read(Event.Row(F2, 400, "x")));

        Assert.Equal(["a"], Rows(_mysql));
    }

    [Fact]
    public void Offset_behind_4_gib_starts_again_and_is_no_old_one()
    {
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.Read(Event.Row(F1, 4_294_967_000, "a"), Event.Row(F1, 4_294_967_250, "b"), Event.Row(F1, 500, "c"), Event.End(F1, 600, 1));

            Assert.Equal(["a", "b", "c"], Rows(stream));
            Assert.Equal(new BinlogPosition(F1, 4_294_967_796), stream.Filter.Last);
            stream.Read(Event.Row(F2, 384, "d"));
            Assert.Equal(new BinlogPosition(F2, 384), stream.Filter.Last);
        }
    }

    [Fact]
    public void Compressed_transaction_is_told_apart_by_the_number_of_its_entries()
    {
        _mysql.Read(Event.Begin(F1, 1000), Event.Row(F1, 1000, "same"), Event.Row(F1, 1000, "other"), Event.Row(F1, 1000, "same"));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read(
            Event.Begin(F1, 1000), Event.Row(F1, 1000, "same"), Event.Row(F1, 1000, "other"), Event.Row(F1, 1000, "same"), Event.Row(F1, 1000, "same"), Event.End(F1, 1000, 5));

        Assert.Equal(["same", "other", "same", "same"], Rows(_mysql));
    }

    [Fact]
    public void Compressed_transaction_that_goes_on_at_an_entry_that_stands_in_it_twice_stops()
    {
        _mysql.Read(Event.Begin(F1, 1000), Event.Row(F1, 1000, "x"));
        _mysql.Read(Event.Row(F1, 1000, "same"));
        _mysql.Read(Event.Row(F1, 1000, "same"));
        _mysql.RestartBridge();
        _mysql.Reconnect();

        Assert.Throws<AmbiguousPositionException>(() => _mysql.Read(Event.Row(F1, 1000, "same")));
    }

    [Theory]
    [InlineData(SourceKind.MySql)]
    [InlineData(SourceKind.MariaDb)]
    public void Batches_that_another_client_rolled_back_come_again_without_a_new_session(SourceKind kind)
    {
        var stream = new BinlogStream(kind);
        Event[] second = [Event.Row(F1, 2100, "c"), Event.Row(F1, 2200, "d"), Event.End(F1, 2300, 2)], third = [Event.Row(F1, 3000, "e"), Event.End(F1, 3100, 3)];
        stream.Read(Event.Row(F1, 1000, "a"), Event.End(F1, 1100, 1), Event.Row(F1, 2000, "b"));
        stream.Read(second);
        stream.Read(third);

        BatchProof proof = stream.Read([.. second, .. third, Event.Row(F1, 4000, "f")]);

        Assert.Equal(BatchProof.Whole, proof);
        Assert.Equal(["a", "b", "c", "d", "e", "f"], Rows(stream));
        Assert.Equal(new BinlogPosition(F1, 4000), stream.Filter.Last);
    }

    [Fact]
    public void Rest_of_a_transaction_without_its_begin_is_left_until_all_of_it_comes()
    {
        _mysql.Read(Event.Begin(F1, 1000), Event.Row(F1, 1100, "a"), Event.End(F1, 1200, 1));

        BatchProof torn = _mysql.Read(Event.Row(F1, 1500, "c"), Event.Row(F1, 1600, "d")), still = _mysql.Read(Event.Row(F1, 1700, "e"));
        BatchProof whole = _mysql.Read(
            Event.Begin(F1, 1300), Event.Row(F1, 1400, "b"), Event.Row(F1, 1500, "c"), Event.Row(F1, 1600, "d"), Event.Row(F1, 1700, "e"), Event.End(F1, 1800, 2));

        Assert.Equal((BatchProof.UpToIt, BatchProof.None, BatchProof.Whole), (torn, still, whole));
        Assert.Equal(["a", "b", "c", "d", "e"], Rows(_mysql));
    }

    [Fact]
    public void Rest_of_a_transaction_behind_the_end_that_is_told_again_is_left_too()
    {
        _mysql.Read(Event.Begin(F1, 1000), Event.Row(F1, 1100, "a"), Event.End(F1, 1200, 1), Event.Row(F1, 1500, "c"));

        _mysql.Read(Event.End(F1, 1200, 1), Event.Begin(F1, 1300), Event.Row(F1, 1400, "b"), Event.Row(F1, 1500, "c"), Event.End(F1, 1800, 2));

        Assert.Equal(["a", "b", "c"], Rows(_mysql));
    }

    [Fact]
    public void Transaction_that_ends_without_its_begin_stops_until_a_new_instance_sends_all_of_it()
    {
        _mysql.Read(Event.Begin(F1, 1000), Event.Row(F1, 1100, "a"), Event.End(F1, 1200, 1));
        Event[] rest = [Event.Row(F1, 1500, "c"), Event.End(F1, 1800, 2)];
        Assert.Contains("parallel=false", Assert.Throws<PositionGapException>(() => _mysql.Read(rest)).Message, StringComparison.Ordinal);

        // The same instance sends it again as it is; a new one begins at its cursor.
        _mysql.RestartBridge();
        _mysql.Reconnect();
        Assert.Throws<PositionGapException>(() => _mysql.Read(rest));
        _mysql.RestartBridge();
        _mysql.RestartCanal();
        _mysql.Read([Event.Begin(F1, 1000), Event.Row(F1, 1100, "a"), Event.End(F1, 1200, 1), Event.Begin(F1, 1300), Event.Row(F1, 1400, "b"), .. rest]);

        Assert.Equal(["a", "b", "c"], Rows(_mysql));
    }

    [Fact]
    public void Rows_without_a_begin_are_ordinary_where_canal_tells_none()
    {
        _mysql.Read(Event.Row(F1, 1000, "a"), Event.End(F1, 1100, 1), Event.Row(F1, 1200, "b"), Event.Ddl(F1, 1300, "create"), Event.Row(F1, 1400, "c"));
        _mariaDb.Read(Event.Row(F1, 1000, "a"), Event.End(F1, 1100, 1), Event.Row(F1, 1200, "b"));

        Assert.Equal(["a", "b", "create", "c"], Rows(_mysql));
        Assert.Equal(["a", "b"], Rows(_mariaDb));
    }

    [Fact]
    public void Begins_that_canal_tells_no_more_after_its_restart_are_not_missed()
    {
        _mysql.Read(Event.Begin(F1, 1000), Event.Row(F1, 1100, "a"), Event.End(F1, 1200, 1));
        _mysql.RestartCanal();

        _mysql.Read(Event.End(F1, 1200, 1), Event.Row(F1, 1500, "b"));

        Assert.Equal(["a", "b"], Rows(_mysql));
    }

    [Fact]
    public void Another_server_id_stops_and_passes_where_it_may_change()
    {
        _mysql.Read(Event.Row(F1, 1000, "a"));
        Assert.Throws<PositionNotComparableException>(() => _mysql.Read(Event.Row(F1, 1100, "b", serverId: 2)));

        var several = new BinlogStream(SourceKind.MySql, serverIdMayChange: true);
        several.Read(Event.Row(F1, 1000, "a"));
        several.Read(Event.Row(F1, 1100, "b", serverId: 2));
        Assert.Equal(["a", "b"], Rows(several));
    }

    [Fact]
    public void Another_base_name_stops()
    {
        _mysql.Read(Event.Row(F1, 1000, "a"));

        Assert.Throws<PositionNotComparableException>(() => _mysql.Read(Event.Row("binlog.000009", 500, "b")));
    }

    [Fact]
    public void Position_of_version_1_is_gone_on_from()
    {
        var stored = StoredPosition.Parse("""
            {"version":1,"destination":"example","owner":"00000000-0000-0000-0000-000000000001","epoch":0,"file":"bin.000001","offset":1000,"row":0,"gtid":null,
            "server_id":1,"max_execute_time_ms":1000,"batch_id":50,"boundary_file":null,"boundary_offset":0,"transaction":null,"time":"2026-01-01T00:00:00+00:00"}
            """u8.ToArray());
        foreach (BinlogStream stream in (BinlogStream[])[_mariaDb, _mysql])
        {
            stream.StartFrom(stored);
            stream.Reconnect();

            stream.Read(Event.Row(F1, 900, "old"), Event.Row(F1, 1000, "last"), Event.Row(F1, 1100, "new"));

            Assert.Equal(["new"], Rows(stream));
            stream.RestartBridge();
            stream.Reconnect();
            stream.Read(Event.Row(F1, 1200, "newer"));
            Assert.Equal(["new", "newer"], Rows(stream));
        }
    }

    [Fact]
    public void A_new_epoch_forgets_the_position()
    {
        _mysql.Read(Event.Row(F3, 1000, "a"));
        _mysql.RestartBridge(epoch: 1);
        _mysql.RestartCanal();

        _mysql.Read(Event.Row(F1, 400, "b"));

        Assert.Equal(["a", "b"], Rows(_mysql));
    }

    private static Event[] Transaction(string file, long offset, int number) => [Event.Row(file, offset, $"row{number}"), Event.End(file, offset + 100, number)];
}
