namespace Canal.Client.UnitTests;

public sealed class BinlogPositionTests
{
    [Theory]
    [InlineData("mysql-bin.000001", 4, "mysql-bin.000001", 4, BinlogOrder.Same)]
    [InlineData("mysql-bin.000001", 4, "mysql-bin.000001", 5, BinlogOrder.Before)]
    [InlineData("mysql-bin.000002", 4, "mysql-bin.000001", 900, BinlogOrder.After)]
    [InlineData("mysql-bin.999999", 4, "mysql-bin.1000000", 4, BinlogOrder.Before)]
    [InlineData("mysql-bin.000001", 4, "other-bin.000002", 4, BinlogOrder.NotComparable)]
    [InlineData("mysql-bin", 4, "mysql-bin.000002", 4, BinlogOrder.NotComparable)]
    public void Files_compare_by_number_and_only_under_one_name(string file, long offset, string otherFile, long otherOffset, BinlogOrder order) =>
        Assert.Equal(order, new BinlogPosition(file, offset).CompareTo(new BinlogPosition(otherFile, otherOffset)));
}
