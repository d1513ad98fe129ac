using Xunit;

namespace CanalBridge.Testing.Peers;

/// <summary>What a read-committed consumer must see: each change once, in order for each key.</summary>
internal static class Delivery
{
    /// <param name="records">In order of arrival.</param>
    /// <param name="byPosition">Also by the position that each record names; not where a position stands for several rows or servers.</param>
    public static void AssertExactlyOnceAndInOrder(IEnumerable<CommittedRecord> records, bool byPosition = true)
    {
        var seen = new HashSet<(string, (long, long, int), string)>();
        var last = new Dictionary<(string, string?), (long, long, int)>();
        var deleted = new Dictionary<(string, int), CommittedRecord>();
        foreach (CommittedRecord record in records)
        {
            var partition = (record.Topic, record.Partition);
            if (record.IsTombstone)
            {
                Assert.True(deleted.Remove(partition, out CommittedRecord? delete) && delete.Key == record.Key, $"{record.Topic}: a tombstone of {record.Key} that follows no delete of it");
                continue;
            }

            Assert.False(deleted.ContainsKey(partition), $"{record.Topic}: a delete without its tombstone before {record.Position}");
            if (record.Operation == "d")
            {
                deleted[partition] = record;
            }

            if (!byPosition)
            {
                continue;
            }

            Assert.True(seen.Add((record.Topic, record.Position, record.Operation!)), $"{record.Topic} {record.Position} {record.Operation} came twice");
            if (record.Key is not null)
            {
                var key = (record.Topic, record.Key);
                Assert.True(!last.TryGetValue(key, out var before) || before.CompareTo(record.Position) < 0, $"{record.Topic} {record.Key}: {record.Position} after {before}");
                last[key] = record.Position;
            }
        }

        Assert.Empty(deleted);
    }
}
