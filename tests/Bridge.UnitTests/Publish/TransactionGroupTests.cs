using CanalBridge.Options;
using CanalBridge.Publish;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Publish;

public sealed class TransactionGroupTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeliveryOptions _options = new() { GroupInterval = TimeSpan.FromMilliseconds(50), GroupMaxBytes = 1000, GroupMaxRecords = 3, GroupMaxPartitions = 4 };

    [Fact]
    public void Empty_group_is_never_due()
    {
        var group = new TransactionGroup(_options, _time);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.False(group.IsDue);
    }

    [Fact]
    public void Group_is_due_by_its_age()
    {
        var group = new TransactionGroup(_options, _time);
        group.AddBatch(1, 10, rows: 1);
        group.AddRecords("a", 1, 1);
        _time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(group.IsDue);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(group.IsDue);
    }

    [Fact]
    public void Batch_without_records_waits_for_nothing()
    {
        var group = new TransactionGroup(_options, _time);

        group.AddBatch(1, 0, rows: 1);

        Assert.True(group.IsDue);
    }

    [Fact]
    public void Group_is_due_by_its_bytes()
    {
        var group = new TransactionGroup(_options, _time);

        group.AddBatch(1, 1000, rows: 1);
        group.AddRecords("a", 1, 1);

        Assert.True(group.IsDue);
    }

    [Fact]
    public void Group_is_due_by_its_records()
    {
        var group = new TransactionGroup(_options, _time);
        group.AddBatch(1, 1, rows: 1);

        group.AddRecords("a", 2, 1);
        group.AddRecords("a", 1, 1);

        Assert.True(group.IsDue);
    }

    [Fact]
    public void Partitions_of_a_topic_count_at_most_once_per_record()
    {
        var group = new TransactionGroup(new DeliveryOptions { GroupMaxPartitions = 4 }, _time);
        group.AddBatch(1, 1, rows: 1);
        group.AddRecords("a", 1, 2);
        group.AddRecords("a", 2, 2);
        Assert.Equal(2, group.Partitions);

        group.AddRecords("b", 1, 1);
        group.AddRecords("c", 1, 1);

        Assert.True(group.IsDue);
    }
}
