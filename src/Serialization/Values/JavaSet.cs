namespace CanalBridge.Serialization.Values;

/// <summary>The order in which Java's HashSet gives back what was put in: Debezium lists the tables of a statement so.</summary>
internal static class JavaSet
{
    private const int FirstBuckets = 16;

    /// <summary>Orders things by the hash code of a text.</summary>
    /// <param name="items">Different ones, in the order in which they are put in.</param>
    /// <param name="text">The text whose hash code is the thing's.</param>
    public static IEnumerable<T> Order<T>(IEnumerable<T> items, Func<T, string> text)
    {
        List<T> all = [.. items];

        // The table doubles when it is three quarters full; a bucket keeps the order of putting in.
        int buckets = FirstBuckets;
        while (all.Count > buckets / 4 * 3)
        {
            buckets *= 2;
        }

        return all.OrderBy(item => Bucket(text(item), buckets));
    }

    /// <summary>java.util.HashMap's spreading of java.lang.String's hash code.</summary>
    private static int Bucket(string text, int buckets)
    {
        uint hash = 0;
        foreach (char c in text)
        {
            hash = unchecked((31 * hash) + c);
        }

        return (int)((hash ^ (hash >> 16)) & (uint)(buckets - 1));
    }
}
