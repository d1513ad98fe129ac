using CanalBridge.Positions;

namespace CanalBridge.UnitTests.Positions;

/// <summary>A bounded memory of prints with numbers.</summary>
public sealed class RecentPrintsTests
{
    [Fact]
    public void Oldest_print_leaves_when_there_is_no_room()
    {
        var prints = new RecentPrints(3);

        Add(prints, 1, 2, 3, 4);

        Assert.Equal([false, true, true, true], new ulong[] { 1, 2, 3, 4 }.Select(prints.Contains));
        Assert.Equal(3, prints.Count);
    }

    [Fact]
    public void Newest_prints_are_given_in_their_order_also_behind_many_rounds()
    {
        var prints = new RecentPrints(20);
        Add(prints, [.. Enumerable.Range(1, 130).Select(static i => (ulong)i)]);

        var copy = new RecentPrints(20);
        copy.Add(prints.Newest(5));
        Add(copy, [.. Enumerable.Range(131, 17).Select(static i => (ulong)i)]);

        // Had the order been another one, one of the newest five would have left.
        Assert.Equal([false, false, true, true, true], new ulong[] { 126, 127, 128, 129, 130 }.Select(copy.Contains));
    }

    [Fact]
    public void More_than_there_are_gives_all()
    {
        var prints = new RecentPrints(100);
        Add(prints, 7, 8);

        var copy = new RecentPrints(100);
        copy.Add(prints.Newest(50));

        Assert.Equal((2, true, true), (copy.Count, copy.Contains(7), copy.Contains(8)));
    }

    [Fact]
    public void Number_comes_back_and_two_numbers_are_ambiguous()
    {
        var prints = new RecentPrints(10);

        prints.Add(1, 5);
        prints.Add(1, 5);
        prints.Add(2, 5);
        prints.Add(2, 6);

        Assert.Equal([5, RecentPrints.Ambiguous, null], new[] { prints.Find(1), prints.Find(2), prints.Find(3) });
        Assert.Equal(2, prints.Count);
    }

    [Fact]
    public void Cleared_memory_is_filled_anew()
    {
        var prints = new RecentPrints(2);
        Add(prints, 1, 2, 3);

        prints.Clear();
        Add(prints, 4, 5, 6);

        Assert.Equal([false, false, true, true], new ulong[] { 3, 4, 5, 6 }.Select(prints.Contains));
    }

    [Fact]
    public void Memory_without_room_keeps_nothing()
    {
        var prints = new RecentPrints(0);

        prints.Add(1);

        Assert.Equal((0, false), (prints.Count, prints.Contains(1)));
    }

    private static void Add(RecentPrints prints, params ulong[] values)
    {
        foreach (ulong value in values)
        {
            prints.Add(value);
        }
    }
}
