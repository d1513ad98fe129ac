using CanalBridge.Positions;
using CanalBridge.Serialization;

namespace CanalBridge.UnitTests.Positions;

public sealed class GtidRuleTests
{
    private const string F = "mysql-bin.000003", U = "aaaaaaaa-0000-0000-0000-000000000001";

    private readonly BinlogStream _mysql = new(SourceKind.MySql);
    private readonly BinlogStream _mariaDb = new(SourceKind.MariaDb);

    [Fact]
    public void Transactions_that_come_again_are_dropped_after_any_restart()
    {
        _mysql.Read([.. Transaction(1, 1000), .. Transaction(2, 2000)]);
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        BatchProof proof = _mysql.Read([.. Transaction(2, 2000), .. Transaction(3, 3000)]);

        Assert.Equal(BatchProof.UpToIt, proof);
        Assert.Equal(["BEGIN@1000", "row1", "END 1", "BEGIN@2000", "row2", "END 2", "BEGIN@3000", "row3", "END 3"], _mysql.Published);
    }

    [Fact]
    public void Open_transaction_goes_on_at_its_next_row_though_another_server_cuts_its_rows_otherwise()
    {
        _mysql.Read(Begin(7, 1000), Row(7, 1100, "a", rows: 2), Row(7, 1200, "b", rows: 3));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read(
            Event.Begin("other.000001", 400, gtid: $"{U}:1-7", own: $"{U}:7"),
            Event.Row("other.000001", 500, "a", 4, $"{U}:1-7", $"{U}:7"),
            Event.Row("other.000001", 600, "b", 3, $"{U}:1-7", $"{U}:7"),
            Event.End("other.000001", 700, 9, $"{U}:1-7", $"{U}:7"));

        Assert.Equal(["BEGIN@1000", "a", "b", "b+1", "END 9"], _mysql.Published);
    }

    [Fact]
    public void Mariadb_transaction_that_begins_again_in_the_stream_is_passed_over_up_to_what_was_taken()
    {
        _mariaDb.Read(Event.Row(F, 1000, "a", gtid: "0-1-5"), Event.Row(F, 1100, "b", gtid: "0-1-5"));

        _mariaDb.Read(
            Event.Row(F, 1000, "a", gtid: "0-1-5"), Event.Row(F, 1100, "b", gtid: "0-1-5"), Event.Row(F, 1200, "c", gtid: "0-1-5"), Event.End(F, 1300, 1, "0-1-5"));

        Assert.Equal(["a", "b", "c", "END 1"], _mariaDb.Published);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rest_of_a_transaction_without_its_begin_is_left_until_all_of_it_comes(bool isBridgeRestarted)
    {
        _mysql.Read([.. Transaction(1, 1000)]);
        Event[] rest = [Row(2, 2500, "y"), Row(2, 2600, "z")];
        BatchProof torn = _mysql.Read(rest[0]), still = _mysql.Read(rest[1]);
        if (isBridgeRestarted)
        {
            _mysql.RestartBridge();
            _mysql.Reconnect();
            _mysql.Read(rest);
        }

        BatchProof whole = _mysql.Read([Begin(2, 2000), Row(2, 2100, "x"), .. rest, Event.End(F, 2900, 2, $"{U}:1-2", $"{U}:2")]);

        Assert.Equal((BatchProof.UpToIt, BatchProof.None, BatchProof.UpToIt), (torn, still, whole));
        Assert.Equal(["BEGIN@1000", "row1", "END 1", "BEGIN@2000", "x", "y", "z", "END 2"], _mysql.Published);
    }

    [Fact]
    public void Transaction_that_ends_without_its_begin_stops_until_a_new_instance_sends_all_of_it()
    {
        _mysql.Read([.. Transaction(1, 1000)]);
        Event[] rest = [Row(2, 2500, "y"), Event.End(F, 2900, 2, $"{U}:1-2", $"{U}:2")];
        Assert.Throws<PositionGapException>(() => _mysql.Read(rest));

        _mysql.RestartBridge();
        _mysql.RestartCanal();
        _mysql.Read([.. Transaction(1, 1000), Begin(2, 2000), Row(2, 2100, "x"), .. rest]);

        Assert.Equal(["BEGIN@1000", "row1", "END 1", "BEGIN@2000", "x", "y", "END 2"], _mysql.Published);
    }

    [Fact]
    public void Transaction_that_follows_a_rest_without_its_begin_stops()
    {
        _mysql.Read([.. Transaction(1, 1000)]);
        _mysql.Read(Row(2, 2500, "y"));

        Assert.Throws<PositionGapException>(() => _mysql.Read([.. Transaction(3, 3000)]));
    }

    [Fact]
    public void Mariadb_transaction_that_begins_again_with_other_rows_than_were_taken_stops()
    {
        _mariaDb.Read(Event.Row(F, 1300, "c", gtid: "0-1-5"), Event.Row(F, 1400, "d", gtid: "0-1-5"));

        PositionGapException stop = Assert.Throws<PositionGapException>(() => _mariaDb.Read(Event.Row(F, 1100, "a", gtid: "0-1-5")));

        Assert.Contains("raise Delivery:Epoch", stop.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SourceKind.MySql)]
    [InlineData(SourceKind.MariaDb)]
    public void Batch_inside_a_transaction_that_another_client_rolled_back_comes_again_without_a_new_session(SourceKind kind)
    {
        var stream = new BinlogStream(kind);
        string gtid = kind == SourceKind.MySql ? $"{U}:1-7" : "0-1-7";
        string? own = kind == SourceKind.MySql ? $"{U}:7" : null;
        Event[] rows = [.. Enumerable.Range(0, 5).Select(i => Event.Row(F, 1000 + (100 * i), $"r{i}", 2, gtid, own))];
        stream.Read(rows[0]);
        stream.Read(rows[1], rows[2]);

        stream.Read(rows[1..]);

        Assert.Equal(["r0", "r1", "r2", "r3", "r4"], stream.Published);
    }

    [Fact]
    public void Mariadb_transaction_without_entries_but_its_end_is_ordinary()
    {
        _mariaDb.Read(Event.Row(F, 1000, "a", gtid: "0-1-5"), Event.End(F, 1100, 1, "0-1-5"));

        _mariaDb.Read(Event.End(F, 1500, 2, "0-1-6"), Event.Row(F, 1700, "b", gtid: "0-1-7"));

        Assert.Equal(["a", "END 1", "END 2", "b"], _mariaDb.Published);
    }

    [Fact]
    public void Begin_and_rows_in_two_batches_are_one_transaction_after_any_restart()
    {
        _mysql.Read([.. Transaction(1, 1000)]);
        _mysql.Read(Begin(2, 2000));
        _mysql.RestartBridge();
        _mysql.Reconnect();

        _mysql.Read(Row(2, 2100, "x"));

        Assert.Equal(["BEGIN@1000", "row1", "END 1", "BEGIN@2000", "x"], _mysql.Published);
    }

    [Theory]
    [InlineData(SourceKind.MySql)]
    [InlineData(SourceKind.MariaDb)]
    public void Same_instance_goes_on_inside_a_transaction_at_a_batch_without_ack_or_behind_all_that_was_taken(SourceKind kind)
    {
        foreach (int again in (int[])[1, 2, 3])
        {
            var stream = new BinlogStream(kind);
            string gtid = kind == SourceKind.MySql ? $"{U}:1-7" : "0-1-7";
            string? own = kind == SourceKind.MySql ? $"{U}:7" : null;
            Event[] rows = [.. Enumerable.Range(0, 5).Select(i => Event.Row(F, 1000 + (100 * i), $"r{i}", 2, gtid, own))];
            stream.Read(rows[0]);
            stream.Read(rows[1]);
            stream.Read(rows[2]);
            stream.RestartBridge();
            stream.Reconnect();

            Assert.Equal(BatchProof.UpToIt, stream.Read(rows[again..]));

            Assert.Equal(["r0", "r1", "r2", "r3", "r4"], stream.Published);
        }
    }

    [Fact]
    public void Batch_that_begins_inside_a_transaction_that_is_done_is_known_when_it_comes_again()
    {
        _mariaDb.Read(Event.Row(F, 5000, "a", gtid: "0-1-5"));
        Event[] last = [Event.Row(F, 5100, "b", gtid: "0-1-5"), Event.End(F, 5200, 1, "0-1-5")];
        _mariaDb.Read(last);
        _mariaDb.RestartBridge();
        _mariaDb.Reconnect();

        _mariaDb.Read(last);
        _mariaDb.Read(Event.Row(F, 6000, "c", gtid: "0-1-6"));

        Assert.Equal(["a", "b", "END 1", "c"], _mariaDb.Published);
    }

    [Fact]
    public void Rotation_is_counted_from_new_transactions_alone()
    {
        _mariaDb.Read(Event.Row(F, 5000, "a", gtid: "0-1-5"), Event.End(F, 5100, 1, "0-1-5"), Event.Row(F, 6000, "b", gtid: "0-1-6"), Event.End(F, 6100, 2, "0-1-6"));
        _mariaDb.RestartCanal();

        _mariaDb.Read(Event.Row(F, 5000, "a", gtid: "0-1-5"), Event.End(F, 5100, 1, "0-1-5"), Event.Row(F, 6000, "b", gtid: "0-1-6"), Event.End(F, 6100, 2, "0-1-6"), Event.Row(F, 7000, "c", gtid: "0-1-7"));

        Assert.Equal("mysql-bin.000003:7000", _mariaDb.Filter.Last.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Text_of_a_statement_that_comes_again_is_no_rotation(bool isNewInstance)
    {
        _mariaDb.Read(Event.Row(F, 5000, "a", gtid: "0-1-5"), Event.End(F, 5100, 1, "0-1-5"), Event.Text(F, 6000, "0-1-6"));
        _mariaDb.RestartBridge();
        if (isNewInstance)
        {
            _mariaDb.RestartCanal();
        }
        else
        {
            _mariaDb.Reconnect();
        }

        _mariaDb.Read(Event.Text(F, 6000, "0-1-6"), Event.Row(F, 6100, "b", gtid: "0-1-6"));

        Assert.Equal("mysql-bin.000003:6100", _mariaDb.Filter.Last.ToString());
    }

    [Theory]
    [InlineData("mysql-bin.000003")]
    [InlineData("mysql-bin.000001")]
    [InlineData("replica-bin.000001")]
    public void Place_on_a_promoted_mariadb_is_that_of_its_own_label(string file)
    {
        _mariaDb.Read(Event.Row(F, 5000, "a", gtid: "0-1-5"), Event.End(F, 5100, 1, "0-1-5"), Event.Row(F, 6000, "b", gtid: "0-1-6"));
        _mariaDb.RestartBridge();
        _mariaDb.RestartCanal();

        _mariaDb.Read(Event.Row(file, 700, "b", gtid: "0-1-6"), Event.End(file, 800, 1, "0-1-6"), Event.Row(file, 900, "c", gtid: "0-2-7"));

        Assert.Equal($"{file}:900", _mariaDb.Filter.Last.ToString());
    }

    [Fact]
    public void Mysql_transaction_that_begins_again_in_the_stream_is_passed_over_up_to_what_was_taken()
    {
        _mysql.Read(Begin(7, 1000), Row(7, 1100, "a"));

        _mysql.Read(Begin(7, 1000), Row(7, 1100, "a"), Row(7, 1200, "b"));

        Assert.Equal(["BEGIN@1000", "a", "b"], _mysql.Published);
    }

    [Fact]
    public void Rows_of_a_compressed_transaction_share_a_place_and_are_told_apart_by_number()
    {
        _mysql.Read(Begin(7, 1000), Row(7, 1000, "same"), Row(7, 1000, "same"));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read(Begin(7, 1000), Row(7, 1000, "same"), Row(7, 1000, "same"), Row(7, 1000, "same"), Event.End(F, 1000, 3, $"{U}:1-7", $"{U}:7"));

        Assert.Equal(["BEGIN@1000", "same", "same", "same", "END 3"], _mysql.Published);
    }

    /// <summary>As with Canal's table history: from the statement before its restart, from the history behind it.</summary>
    [Fact]
    public void Transaction_that_comes_again_with_types_spelled_otherwise_is_known()
    {
        _mariaDb.Read(Event.Row(F, 1000, "a", gtid: "0-1-5", type: "VARCHAR(20)"), Event.End(F, 1100, 1, "0-1-5"));
        _mariaDb.RestartCanal();

        BatchProof proof = _mariaDb.Read(Event.Row(F, 1000, "a", gtid: "0-1-5"), Event.End(F, 1100, 1, "0-1-5"));

        Assert.Equal(BatchProof.UpToIt, proof);
        Assert.False(_mariaDb.Filter.IsInDoubt);
    }

    [Fact]
    public void Other_server_other_files_and_smaller_offsets_are_followed()
    {
        _mysql.Read([.. Transaction(1, 1000), .. Transaction(2, 2000)]);
        _mysql.RestartCanal();

        _mysql.Read(Event.Begin("replica.000001", 300, gtid: $"{U}:1-3", own: $"{U}:3"), Event.Row("replica.000001", 400, "x", 1, $"{U}:1-3", $"{U}:3", serverId: 2));

        Assert.Equal(["BEGIN@300", "x"], _mysql.Published.TakeLast(2));
    }

    [Fact]
    public void Instance_that_begins_behind_missing_transactions_stops_and_names_them()
    {
        _mysql.Read(Transaction(1, 1000));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        var gap = Assert.Throws<PositionGapException>(() => _mysql.Read(Transaction(5, 5000)));

        Assert.Contains($"{U}:2-4", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_transactions_of_a_promoted_replica_without_entries_are_no_gap_before_a_known_one()
    {
        const string Replica = "bbbbbbbb-0000-0000-0000-000000000002";
        _mysql.Read([.. Transaction(1, 1000), .. Transaction(2, 2000)]);
        _mysql.RestartCanal();

        _mysql.Read(Event.Begin("replica.000001", 300, gtid: $"{U}:1-2,{Replica}:1-3", own: $"{U}:2"));
        _mysql.Read(Event.Begin("replica.000001", 600, gtid: $"{U}:1-3,{Replica}:1-3", own: $"{U}:3"));

        Assert.Equal("BEGIN@600", _mysql.Published[^1]);
    }

    [Fact]
    public void Transactions_that_canal_passes_over_in_silence_are_no_gap()
    {
        _mysql.Read(Transaction(1, 1000));
        _mysql.Read(Transaction(5, 5000));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read([.. Transaction(5, 5000), .. Transaction(6, 6000)]);

        Assert.Equal(["row1", "row5", "row6"], _mysql.Published.Where(static name => name.StartsWith("row", StringComparison.Ordinal)));
    }

    /// <summary>Canal's ring may hold fewer transactions than lie between its cursor and the last one.</summary>
    [Fact]
    public void Repetition_from_far_back_is_proven_by_one_of_64_transactions()
    {
        for (int i = 1; i <= 1000; i++)
        {
            _mysql.Read(Transaction(i, 100 * i));
        }

        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read([.. Enumerable.Range(300, 64).SelectMany(static i => Transaction(i, 100 * i))]);

        Assert.False(_mysql.Filter.IsInDoubt);
    }

    [Fact]
    public void Gtids_that_start_again_stop_before_anything_is_acknowledged()
    {
        _mysql.Read([.. Transaction(1, 1000), .. Transaction(2, 2000), .. Transaction(3, 3000)]);
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        BatchProof proof = _mysql.Read(
            Event.Begin("mysql-bin.000001", 200, gtid: $"{U}:1", own: $"{U}:1"), Event.Row("mysql-bin.000001", 300, "other", 1, $"{U}:1", $"{U}:1"),
            Event.End("mysql-bin.000001", 400, 77, $"{U}:1", $"{U}:1"));

        Assert.Equal(BatchProof.None, proof);
        Assert.True(_mysql.Filter.IsInDoubt);
        Assert.Throws<PositionNotComparableException>(() => _mysql.Filter.SettleDoubt());
    }

    [Fact]
    public void Gtids_that_start_again_and_go_on_stop_at_the_first_new_one()
    {
        _mysql.Read(Transaction(1, 1000));
        _mysql.RestartCanal();
        _mysql.Read(Event.Row("mysql-bin.000001", 300, "other", 1, $"{U}:1", $"{U}:1"));

        Assert.Throws<PositionNotComparableException>(() => _mysql.Read(Event.Row("mysql-bin.000001", 400, "more", 1, $"{U}:1-2", $"{U}:2")));
    }

    [Fact]
    public void Rows_of_a_tagged_transaction_look_like_the_one_before_and_stop()
    {
        _mysql.Read(Transaction(21, 5000));

        Assert.Throws<PositionNotComparableException>(() => _mysql.Read(Begin(21, 5757), Row(21, 5800, "tagged")));
        Assert.Throws<PositionNotComparableException>(() => new BinlogStream(SourceKind.MySql).Read(Event.Row(F, 100, "x", 1, gtid: $"{U}:1-23")));
    }

    [Fact]
    public void Statement_alone_is_a_unit_and_rows_behind_it_are_not_lost()
    {
        _mysql.Read(Begin(7, 1000), Event.Ddl(F, 1100, "CREATE TABLE t", $"{U}:1-7", $"{U}:7"));
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read(Begin(7, 1000), Event.Ddl(F, 1100, "CREATE TABLE t", $"{U}:1-7", $"{U}:7"), Row(7, 1200, "selected"));

        Assert.Equal(["BEGIN@1000", "CREATE TABLE t", "selected"], _mysql.Published);
    }

    [Fact]
    public void Cursor_behind_a_statement_is_no_gap()
    {
        _mysql.Read([.. Transaction(1, 1000), Event.Ddl(F, 2000, "CREATE TABLE t", $"{U}:1-2", $"{U}:2")]);
        _mysql.RestartBridge();
        _mysql.RestartCanal();

        _mysql.Read(Transaction(3, 3000));

        Assert.Equal("row3", _mysql.Published[^2]);
    }

    [Fact]
    public void Two_domains_of_mariadb_are_followed()
    {
        _mariaDb.Read(Event.Row(F, 1000, "a", gtid: "0-1-8"), Event.End(F, 1100, 1, "0-1-8"), Event.Row(F, 1200, "b", gtid: "0-1-8,1-1-1"), Event.End(F, 1300, 2, "0-1-8,1-1-1"));
        _mariaDb.RestartBridge();
        _mariaDb.RestartCanal();

        _mariaDb.Read(Event.Row(F, 1200, "b", gtid: "0-1-8,1-1-1"), Event.End(F, 1300, 2, "0-1-8,1-1-1"), Event.Row(F, 1400, "c", gtid: "0-1-9,1-1-1"));

        Assert.Equal(["a", "END 1", "b", "END 2", "c"], _mariaDb.Published);
    }

    private static Event Begin(int number, long offset) => Event.Begin(F, offset, gtid: $"{U}:1-{number}", own: $"{U}:{number}");

    private static Event Row(int number, long offset, string value, int rows = 1) => Event.Row(F, offset, value, rows, $"{U}:1-{number}", $"{U}:{number}");

    private static Event[] Transaction(int number, long offset) =>
        [Begin(number, offset), Row(number, offset + 100, $"row{number}"), Event.End(F, offset + 200, number, $"{U}:1-{number}", $"{U}:{number}")];
}
