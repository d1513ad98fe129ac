using System.Text;
using Canal.Client;
using CanalBridge.Positions;

namespace CanalBridge.UnitTests.Positions;

public sealed class StoredPositionTests
{
    private static readonly StoredPosition Position = new()
    {
        Destination = "example",
        Owner = Guid.NewGuid(),
        Epoch = 2,
        Binlog = new BinlogPosition("mysql-bin.000007", 4_294_967_296),
        Row = 3,
        Gtid = "0-1-5",
        ServerId = 4_294_967_295,
        MaxExecuteTimeMilliseconds = 1_700_000_000_000,
        BatchId = 17,
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    [Fact]
    public void What_is_written_is_read_back() => AssertReadBack(Position);

    [Fact]
    public void State_without_gtids_is_read_back() => AssertReadBack(Position with
    {
        Seen = new SeenLabel(new BinlogPosition("mysql-bin.000006", 70), 31, "mysql-bin.000007"),
        Content = new ContentState { Last = new LastEntry(ulong.MaxValue, 2, 5, default), End = 1, First = 2, FirstOffset = 3, AnchorOfFirst = 4, Anchor = 5, Points = [1, 2], BoundariesBehindLast = [3] },
        Transaction = "{\"id\":\"a\",\"tables\":{}}",
    });

    [Fact]
    public void State_with_gtids_is_read_back() => AssertReadBack(Position with
    {
        Gtids = new GtidState { Done = "0-1-4", Open = "0-1-5", OpenUnits = 7, OpenIsStatement = true, Marks = [1, 2, 3], SparseMarks = [5], Points = [4], Newest = "0-1-5", NewestOffset = 6 },
    });

    [Fact]
    public void Position_of_version_1_is_read_as_a_place_without_a_print()
    {
        StoredPosition read = StoredPosition.Parse("""
            {"version":1,"destination":"example","owner":"00000000-0000-0000-0000-000000000001","epoch":2,"file":"mysql-bin.000007","offset":100,"row":3,"gtid":"0-1-5",
            "server_id":1,"max_execute_time_ms":1000,"batch_id":17,"time":"2026-01-02T03:04:05+00:00"}
            """u8.ToArray());

        Assert.Equal(new LastEntry(null, 0, null, new BinlogPosition("mysql-bin.000007", 100)), read.Content!.Last);
        Assert.Equal(("mysql-bin.000007:100 row 3 (server id 1, epoch 2)", 17), (read.ToString(), read.BatchId));
        AssertReadBack(read);
    }

    [Fact]
    public void Older_bridge_finds_all_that_it_reads_when_the_version_is_set_back()
    {
        using var json = System.Text.Json.JsonDocument.Parse(Position.Serialize());

        Assert.All(
            (string[])["destination", "owner", "epoch", "file", "offset", "row", "gtid", "server_id", "max_execute_time_ms", "batch_id", "boundary_file", "boundary_offset", "transaction", "time"],
            name => Assert.True(json.RootElement.TryGetProperty(name, out _), name));
    }

    [Fact]
    public void A_claim_without_a_position_is_read_back()
    {
        StoredPosition claim = Position with { Binlog = null, Gtid = null };

        AssertReadBack(claim);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"version\":\"1\"}")]
    public void Other_bytes_are_refused(string text) =>
        Assert.Throws<FormatException>(() => StoredPosition.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_newer_version_is_refused_by_its_number()
    {
        string newer = Encoding.UTF8.GetString(Position.Serialize()).Replace("\"version\":2", "\"version\":3", StringComparison.Ordinal);

        var refusal = Assert.Throws<FormatException>(() => StoredPosition.Parse(Encoding.UTF8.GetBytes(newer)));

        Assert.Contains("version 1 or 2, got 3", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Records compare their arrays by reference.</summary>
    private static void AssertReadBack(StoredPosition position) => Assert.Equivalent(position, StoredPosition.Parse(position.Serialize()), strict: true);
}
