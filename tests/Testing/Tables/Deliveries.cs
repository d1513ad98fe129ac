using CanalBridge.Testing.Peers;

namespace CanalBridge.Testing.Tables;

/// <summary>What must hold for records, whatever has failed in between: each change once, in order.</summary>
internal static class Deliveries
{
    /// <summary>Says what is lost, doubled or out of order; empty when nothing is.</summary>
    /// <param name="records">All records of the topics, of each partition in order of offset.</param>
    /// <param name="expected">The changes made to the source, by topic.</param>
    public static IReadOnlyList<string> Check(IReadOnlyList<CommittedRecord> records, IReadOnlyDictionary<string, ChangeCounts> expected)
    {
        var complaints = new List<string>();
        foreach (IGrouping<string, CommittedRecord> topic in records.GroupBy(r => r.Topic, StringComparer.Ordinal))
        {
            CheckOnce(topic, complaints);
            CheckTombstones(topic, complaints);
            CheckOrder(topic, complaints);
        }

        Dictionary<string, ChangeCounts> found = records.GroupBy(r => r.Topic, StringComparer.Ordinal).ToDictionary(
            t => t.Key, t => new ChangeCounts(t.LongCount(r => r.Operation == "c"), t.LongCount(r => r.Operation == "u"), t.LongCount(r => r.Operation == "d")), StringComparer.Ordinal);
        foreach (string topic in found.Keys.Union(expected.Keys, StringComparer.Ordinal))
        {
            ChangeCounts wanted = expected.GetValueOrDefault(topic) ?? ChangeCounts.None;
            ChangeCounts got = found.GetValueOrDefault(topic) ?? ChangeCounts.None;
            if (wanted != got)
            {
                complaints.Add($"{topic}: expected {wanted}, found {got}");
            }
        }

        return complaints;
    }

    private static void CheckOnce(IGrouping<string, CommittedRecord> topic, List<string> complaints)
    {
        var seen = new Dictionary<((long, long, int), string), CommittedRecord>();
        foreach (CommittedRecord record in topic.Where(r => !r.IsTombstone))
        {
            if (!seen.TryAdd((record.Position, record.Operation!), record))
            {
                complaints.Add($"{Name(record)}: the same change as {Name(seen[(record.Position, record.Operation!)])}");
            }
        }
    }

    /// <summary>Each delete is followed at once by one tombstone of its key, and there are no others.</summary>
    private static void CheckTombstones(IGrouping<string, CommittedRecord> topic, List<string> complaints)
    {
        foreach (IGrouping<int, CommittedRecord> partition in topic.GroupBy(r => r.Partition))
        {
            CommittedRecord? last = null;
            foreach (CommittedRecord record in partition)
            {
                bool due = last?.Operation == "d";
                if (due != record.IsTombstone || (due && record.Key != last!.Key))
                {
                    complaints.Add($"{Name(record)}: {(due ? $"expected the tombstone of {Name(last!)}" : "a tombstone without a delete before it")}");
                }

                last = record;
            }

            if (last?.Operation == "d")
            {
                complaints.Add($"{Name(last)}: its tombstone is missing");
            }
        }
    }

    private static void CheckOrder(IGrouping<string, CommittedRecord> topic, List<string> complaints)
    {
        var last = new Dictionary<(int Partition, string Key), CommittedRecord>();
        foreach (CommittedRecord record in topic.Where(r => !r.IsTombstone))
        {
            (int, string) key = (record.Partition, record.Key ?? "");
            if (last.TryGetValue(key, out CommittedRecord? before) && before.Position.CompareTo(record.Position) >= 0)
            {
                complaints.Add($"{Name(record)}: not after {Name(before)}");
            }

            last[key] = record;
        }
    }

    private static string Name(CommittedRecord record) => RebuiltTables.Name(record);
}
