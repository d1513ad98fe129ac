using Xunit;

namespace CanalBridge.Testing.Peers;

/// <summary>What a read-committed consumer must see: each change once, in order for each key.</summary>
internal static class Delivery
{
    public static void AssertExactlyOnceAndInOrder(IEnumerable<CommittedRecord> records)
    {
        var seen = new HashSet<(string, (long, long, int), string)>();
        var last = new Dictionary<(string, int, string?), (long, long, int)>();
        long deletes = 0, tombstones = 0;
        foreach (CommittedRecord record in records)
        {
            if (record.IsTombstone)
            {
                tombstones++;
                continue;
            }

            deletes += record.Operation == "d" ? 1 : 0;
            Assert.True(seen.Add((record.Topic, record.Position, record.Operation!)), $"{record.Topic} {record.Position} {record.Operation} came twice");
            if (record.Key is not null)
            {
                var key = (record.Topic, record.Partition, record.Key);
                Assert.True(!last.TryGetValue(key, out var before) || before.CompareTo(record.Position) <= 0, $"{record.Topic} {record.Key}: {record.Position} after {before}");
                last[key] = record.Position;
            }
        }

        Assert.Equal(deletes, tombstones);
    }
}
