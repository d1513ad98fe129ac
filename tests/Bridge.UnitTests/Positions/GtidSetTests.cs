using CanalBridge.Positions;

namespace CanalBridge.UnitTests.Positions;

public sealed class GtidSetTests
{
    private const string A = "aaaaaaaa-0000-0000-0000-000000000001", B = "bbbbbbbb-0000-0000-0000-000000000002";

    [Theory]
    [InlineData($"{A}:1-5:7", $"{A}:1-5:7")]
    [InlineData($"{A}:7:1-5:6", $"{A}:1-7")]
    [InlineData($" {A}:1-3, {B}:2 ", $"{A}:1-3,{B}:2")]
    [InlineData($"{A}:1-3:tag_x:1-2:5", $"{A}:1-3,{A}:tag_x:1-2:5")]
    [InlineData("0-1-21,1-2-5", "0-1-21,1-2-5")]
    public void Set_is_read_and_written(string text, string expected) => Assert.Equal(expected, GtidSet.Parse(text).ToString());

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0-1")]
    [InlineData($"{A}:1-y")]
    public void What_is_no_set_is_refused(string text) => Assert.Throws<FormatException>(() => GtidSet.Parse(text));

    [Theory]
    [InlineData($"{A}:1-5:9", $"{A}:5", true)]
    [InlineData($"{A}:1-5:9", $"{A}:6", false)]
    [InlineData($"{A}:1-5:9", $"{B}:1", false)]
    [InlineData($"{A}:1-5:t:9", $"{A}:t:9", true)]
    [InlineData($"{A}:1-5:t:9", $"{A}:9", false)]
    [InlineData("0-1-21", "0-2-20", true)]
    [InlineData("0-1-21", "0-2-22", false)]
    [InlineData("0-1-21", "1-1-1", false)]
    public void Set_knows_its_transactions(string set, string gtid, bool contained) => Assert.Equal(contained, GtidSet.Parse(set).Contains(gtid));

    [Fact]
    public void Added_transactions_close_gaps_in_any_order()
    {
        GtidSet set = GtidSet.Parse($"{A}:1");
        foreach (int number in (int[])[5, 3, 2, 9, 4, 7, 8, 6])
        {
            set.Add($"{A}:{number}");
        }

        Assert.Equal($"{A}:1-9", set.ToString());
    }

    [Fact]
    public void Random_sets_behave_as_sets_of_numbers()
    {
        var random = new Random(7);
        for (int run = 0; run < 500; run++)
        {
            HashSet<int> first = Some(random), second = Some(random);
            GtidSet set = Of(first);
            set.Add(Of(second));
            Assert.Equal(Of([.. first, .. second]).ToString(), set.ToString());
            int own = random.Next(1, 40);
            string[] missing = [.. second.Where(n => n != own && !first.Contains(n)).Order().Select(n => $"{n}")];
            Assert.Equal(missing.Length == 0 ? null : Of([.. missing.Select(int.Parse)]).ToString(), Of(first).Missing(Of(second), $"{A}:{own}"));
        }

        static HashSet<int> Some(Random random) => [.. Enumerable.Range(0, random.Next(0, 25)).Select(_ => random.Next(1, 40))];

        static GtidSet Of(HashSet<int> numbers)
        {
            GtidSet set = new MySqlGtidSet("");
            foreach (int number in numbers)
            {
                set.Add($"{A}:{number}");
            }

            return set;
        }
    }

    [Theory]
    [InlineData("0-1-20", "0-1-21", "0-1-21", null)]
    [InlineData("0-1-20", "0-1-24", "0-1-24", "0-1-21 to 0-1-23")]
    [InlineData("0-1-20,1-1-4", "0-1-21,1-1-5", "0-1-21", "1-1-5")]
    [InlineData("0-1-20", "0-2-22", "0-2-22", "0-2-21")]
    public void Missing_transactions_of_mariadb_are_named(string known, string executed, string own, string? missing) =>
        Assert.Equal(missing, GtidSet.Parse(known).Missing(GtidSet.Parse(executed), own));
}
