using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Positions;
using CanalBridge.Testing;
using Google.Protobuf;

namespace CanalBridge.UnitTests.Positions;

public sealed class ReplayFilterTests
{
    private const long Then = 1_700_000_000_000;

    [Fact]
    public void Without_a_position_everything_is_new() =>
        Assert.Equal(0, First(new ReplayFilter(null, 0, false), At("mysql-bin.000001", 4)));

    [Theory]
    [InlineData("mysql-bin.000007", 99, ReplayFilter.AllRows)]
    [InlineData("mysql-bin.000007", 100, 3)]
    [InlineData("mysql-bin.000007", 101, 0)]
    [InlineData("mysql-bin.000008", 4, 0)]
    [InlineData("mysql-bin.000006", 5000, ReplayFilter.AllRows)]
    [InlineData("mysql-bin.1000000", 4, 0)]
    public void Entry_at_or_before_the_position_is_old(string file, long offset, int firstNewRow) =>
        Assert.Equal(firstNewRow, First(Filter(), At(file, offset)));

    [Fact]
    public void Begin_before_any_row_is_known_again_after_a_restart()
    {
        var filter = new ReplayFilter(Stored with { Binlog = null, Boundary = new BinlogPosition("mysql-bin.000007", 50) }, 0, serverIdMayChange: false);

        Assert.False(filter.IsNewBoundary(CanalEntry.Parse(At("mysql-bin.000007", 50))));
        Assert.True(filter.IsNewBoundary(CanalEntry.Parse(At("mysql-bin.000007", 51))));
        Assert.True(filter.IsNewBoundary(CanalEntry.Parse(At("mysql-bin.000008", 4))));
    }

    [Fact]
    public void Redelivery_inside_a_running_stream_is_dropped()
    {
        ReplayFilter filter = Filter();
        Take(filter, At("mysql-bin.000007", 200), rows: 2);
        Take(filter, At("mysql-bin.000007", 300), rows: 1);

        Assert.Equal(ReplayFilter.AllRows, First(filter, At("mysql-bin.000007", 200)));
        Assert.Equal(1, First(filter, At("mysql-bin.000007", 300)));
    }

    [Fact]
    public void Reset_master_stops_and_names_both_positions_and_the_remedy()
    {
        var refusal = Assert.Throws<PositionNotComparableException>(() => First(Filter(), At("mysql-bin.000001", 500, Then + 60_000)));

        Assert.Contains("mysql-bin.000007:100 row 2 (server id 1, epoch 0)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("mysql-bin.000001:500 (server id 1)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Delivery:Epoch=1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_base_name_stops() =>
        Assert.Throws<PositionNotComparableException>(() => First(Filter(), At("binlog.000009", 500)));

    [Fact]
    public void Another_server_id_stops() =>
        Assert.Throws<PositionNotComparableException>(() => First(Filter(), At("mysql-bin.000009", 500, serverId: 2)));

    [Fact]
    public void Another_server_id_passes_where_several_servers_write_one_binlog()
    {
        var filter = new ReplayFilter(Stored, 0, serverIdMayChange: true);

        Assert.Equal(0, First(filter, At("mysql-bin.000009", 500, serverId: 2)));
    }

    [Fact]
    public void A_new_epoch_forgets_the_stored_position() =>
        Assert.Equal(0, First(new ReplayFilter(Stored, epoch: 1, false), At("binlog.000001", 4)));

    [Fact]
    public void Two_entries_at_one_position_stop_instead_of_losing_the_second()
    {
        ReplayFilter filter = Filter();
        Take(filter, At("mysql-bin.000007", 200), rows: 1);

        var refusal = Assert.Throws<AmbiguousPositionException>(() => First(filter, At("mysql-bin.000007", 200)));

        Assert.Contains("binlog_transaction_compression", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_entry_may_come_again_in_a_new_session()
    {
        ReplayFilter filter = Filter();
        Take(filter, At("mysql-bin.000007", 200), rows: 1);

        filter.BeginSession();

        Assert.Equal(1, First(filter, At("mysql-bin.000007", 200)));
    }

    [Fact]
    public void Instance_that_starts_anew_behind_what_it_delivered_has_lost_changes()
    {
        ReplayFilter filter = Filter();
        filter.BeginSession();
        filter.Observe(CanalEntry.Parse(At("mysql-bin.000007", 150)), batchId: 50);
        filter.BeginSession();

        var gap = Assert.Throws<PositionGapException>(() => filter.Observe(CanalEntry.Parse(At("mysql-bin.000007", 900)), batchId: 2));

        Assert.Contains("mysql-bin.000007:150", gap.Message, StringComparison.Ordinal);
        Assert.Contains("mysql-bin.000007:900", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Instance_that_starts_anew_at_its_cursor_is_read_on()
    {
        ReplayFilter filter = Filter();
        filter.BeginSession();
        filter.Observe(CanalEntry.Parse(At("mysql-bin.000007", 150)), batchId: 50);

        filter.BeginSession();
        filter.Observe(CanalEntry.Parse(At("mysql-bin.000007", 150)), batchId: 2);
    }

    [Fact]
    public void New_session_with_the_same_instance_may_begin_anywhere()
    {
        ReplayFilter filter = Filter();
        filter.BeginSession();
        filter.Observe(CanalEntry.Parse(At("mysql-bin.000007", 150)), batchId: 50);

        filter.BeginSession();
        filter.Observe(CanalEntry.Parse(At("mysql-bin.000007", 900)), batchId: 52);
    }

    [Fact]
    public void After_our_own_restart_a_row_behind_the_stored_position_is_a_gap_and_an_end_is_not()
    {
        byte[] end = EntryBuilder.Entry("mysql-bin.000007", 900, Canal.Client.Protocol.EntryType.Transactionend, ByteString.Empty);
        ReplayFilter filter = Filter();
        filter.BeginSession();
        filter.Observe(CanalEntry.Parse(end), batchId: 2);

        ReplayFilter other = Filter();
        other.BeginSession();
        Assert.Throws<PositionGapException>(() => other.Observe(CanalEntry.Parse(At("mysql-bin.000007", 900)), batchId: 2));
    }

    [Fact]
    public void Before_the_first_event_there_is_no_lag() =>
        Assert.Equal(TimeSpan.Zero, new ReplayFilter(stored: null, 0, serverIdMayChange: false).Lag(DateTimeOffset.UnixEpoch.AddYears(50)));

    [Fact]
    public void Lag_is_the_age_of_the_latest_event() =>
        Assert.Equal(TimeSpan.FromSeconds(3), Filter().Lag(DateTimeOffset.FromUnixTimeMilliseconds(Then).AddSeconds(3)));

    private static StoredPosition Stored => new()
    {
        Destination = "example",
        Owner = Guid.NewGuid(),
        Binlog = new BinlogPosition("mysql-bin.000007", 100),
        Row = 2,
        ServerId = 1,
        MaxExecuteTimeMilliseconds = Then,
        BatchId = 40,
    };

    private static ReplayFilter Filter() => new(Stored, 0, serverIdMayChange: false);

    private static byte[] At(string file, long offset, long time = Then, long serverId = 1) =>
        EntryBuilder.Entry(file, offset, Canal.Client.Protocol.EntryType.Rowdata, ByteString.Empty, Canal.Client.Protocol.EventType.Insert, time, serverId);

    private static int First(ReplayFilter filter, byte[] entry) => filter.FirstNewRow(CanalEntry.Parse(entry));

    private static void Take(ReplayFilter filter, byte[] bytes, int rows)
    {
        CanalEntry entry = CanalEntry.Parse(bytes);
        Assert.Equal(0, filter.FirstNewRow(entry));
        filter.Advance(entry, rows);
    }
}
