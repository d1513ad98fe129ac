using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization.Output;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Loop.Publish;

public sealed class OpenTransactionTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordBuffer _records = new();
    private readonly DeliveryOptions _options = new() { GroupInterval = TimeSpan.FromMilliseconds(50), AckInterval = TimeSpan.FromSeconds(1), GroupMaxBytes = 1000, GroupMaxRecords = 3, GroupMaxPartitions = 4 };

    public void Dispose() => _records.Dispose();

    [Fact]
    public void Empty_transaction_is_never_due()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.False(transaction.IsDue);
    }

    [Fact]
    public void Transaction_with_records_is_due_by_its_age()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        transaction.AddRecords("a", 1, 10, 1);
        transaction.Add(Batch(1));
        _time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(transaction.IsDue);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(transaction.IsDue);
    }

    [Fact]
    public void Batch_without_records_waits_for_the_ack_interval()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        transaction.Add(Batch(1));
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(transaction.IsDue);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(transaction.IsDue);
    }

    [Fact]
    public void Batches_without_records_do_not_fill_the_ring_of_canal()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        transaction.Add(Batch(1, bytes: 2 * 1024 * 1024));
        Assert.False(transaction.IsDue);

        transaction.Add(Batch(2, bytes: 2 * 1024 * 1024));

        Assert.True(transaction.IsDue);
    }

    [Fact]
    public void Transaction_is_due_by_its_bytes_and_by_its_records()
    {
        var bytes = new OpenTransaction(_options, _time, position: null);
        bytes.AddRecords("a", 1, 1000, 1);
        Assert.True(bytes.IsDue);

        var records = new OpenTransaction(_options, _time, position: null);
        records.AddRecords("a", 2, 1, 1);
        Assert.False(records.IsDue);
        records.AddRecords("a", 1, 1, 1);
        Assert.True(records.IsDue);
    }

    [Fact]
    public void Transaction_is_due_before_a_position_forgets_the_first_of_its_batches()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        for (int i = 1; i <= 47; i++)
        {
            transaction.Add(Batch(i));
        }

        Assert.False(transaction.IsDue);
        transaction.Add(Batch(48));
        Assert.True(transaction.IsDue);
    }

    [Fact]
    public void Partitions_of_a_topic_count_at_most_once_per_record()
    {
        var transaction = new OpenTransaction(new DeliveryOptions { GroupMaxPartitions = 4 }, _time, position: null);
        transaction.AddRecords("a", 1, 1, 2);
        transaction.AddRecords("a", 2, 1, 2);
        Assert.Equal(2, transaction.Partitions);

        transaction.AddRecords("b", 1, 1, 1);
        transaction.AddRecords("c", 1, 1, 1);

        Assert.True(transaction.IsDue);
    }

    [Fact]
    public void Closed_transaction_names_its_batches_and_what_it_held()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        transaction.AddRecords("a", 2, 10, 1);
        transaction.Add(Batch(7, new MappedRows(5, 1, 2, 1000)));
        transaction.Add(Batch(8, new MappedRows(1, 0, 0, 900)));

        PendingCommit commit = transaction.Close();

        Assert.Equal([7, 8], commit.Batches);
        Assert.Equal((2, 3, 1000), (commit.Records, commit.Rows, commit.NewestMilliseconds));
        Assert.True(transaction.IsEmpty);
    }

    [Fact]
    public void Batch_in_doubt_is_not_acknowledged_until_a_later_one_proves_it()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        transaction.Add(Batch(1));
        transaction.Add(Batch(2, proof: BatchProof.None));
        Assert.Equal([1], transaction.Close().Batches);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(transaction.IsDue);

        transaction.Add(Batch(3, proof: BatchProof.UpToIt));
        Assert.Equal([2], transaction.Close().Batches);

        transaction.Add(Batch(4));
        Assert.Equal([3, 4], transaction.Close().Batches);
    }

    [Fact]
    public void Batch_that_keeps_its_ack_is_committed_in_time_and_acknowledged_with_the_next()
    {
        var transaction = new OpenTransaction(_options, _time, position: null);
        transaction.Add(Batch(1, proof: BatchProof.UpToIt));
        _time.Advance(_options.AckInterval);
        Assert.True(transaction.IsDue);
        Assert.Equal(1, transaction.Position!.BatchId);
        Assert.Empty(transaction.Close().Batches);
        Assert.True(transaction.IsEmpty);

        transaction.Add(Batch(2, proof: BatchProof.UpToIt));

        Assert.Equal([1], transaction.Close().Batches);
    }

    private MappedBatch Batch(long id, MappedRows rows = default, int bytes = 100, BatchProof proof = BatchProof.Whole) => new()
    {
        Id = id,
        SizeBytes = bytes,
        Records = _records,
        Position = new StoredPosition { Destination = "example", Owner = Guid.Empty, BatchId = id },
        Definitions = [],
        Proof = proof,
        Rows = rows,
    };
}
