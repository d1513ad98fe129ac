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
    public void What_is_written_is_read_back() => Assert.Equal(Position, StoredPosition.Parse(Position.Serialize()));

    [Fact]
    public void Open_transaction_and_last_boundary_are_read_back()
    {
        StoredPosition position = Position with { Boundary = new BinlogPosition("mysql-bin.000008", 4), Transaction = "{\"id\":\"a\",\"tables\":{}}" };

        Assert.Equal(position, StoredPosition.Parse(position.Serialize()));
    }

    [Fact]
    public void Position_of_a_version_that_knew_no_transactions_is_read()
    {
        string older = Encoding.UTF8.GetString(Position.Serialize()).Replace("\"boundary_file\":null,\"boundary_offset\":0,\"transaction\":null,", "", StringComparison.Ordinal);

        Assert.DoesNotContain("boundary", older, StringComparison.Ordinal);
        Assert.Equal(Position, StoredPosition.Parse(Encoding.UTF8.GetBytes(older)));
    }

    [Fact]
    public void A_claim_without_a_position_is_read_back()
    {
        StoredPosition claim = Position with { Binlog = null, Gtid = null };

        Assert.Equal(claim, StoredPosition.Parse(claim.Serialize()));
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
        string newer = Encoding.UTF8.GetString(Position.Serialize()).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal);

        var refusal = Assert.Throws<FormatException>(() => StoredPosition.Parse(Encoding.UTF8.GetBytes(newer)));

        Assert.Contains("version 1, got 2", refusal.Message, StringComparison.Ordinal);
    }
}
