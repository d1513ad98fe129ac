namespace Canal.Client.UnitTests;

public sealed class AdaptiveFetchSizeTests
{
    [Fact]
    public void It_is_halved_down_to_one_and_no_further()
    {
        var size = new AdaptiveFetchSize(10);

        var seen = new List<int>();
        while (size.Shrink())
        {
            seen.Add(size.Current);
        }

        Assert.Equal([5, 2, 1], seen);
        Assert.Equal(1, size.Current);
    }

    [Fact]
    public void It_grows_back_with_good_batches_to_what_is_configured_and_not_beyond()
    {
        var size = new AdaptiveFetchSize(10);
        Shrink(size, 3);

        var seen = new List<int>();
        for (int batch = 1; batch <= 200; batch++)
        {
            if (size.Succeed())
            {
                seen.Add(size.Current);
            }
        }

        Assert.Equal([2, 4, 8, 10], seen);
    }

    [Fact]
    public void Good_batches_begin_anew_after_each_bad_one()
    {
        var size = new AdaptiveFetchSize(8);
        size.Shrink();
        Succeed(size, AdaptiveFetchSize.FirstRun - 1);

        size.Shrink();

        Assert.Equal(AdaptiveFetchSize.FirstRun, Succeed(size, 1000, untilGrown: true));
    }

    [Fact]
    public void Each_growth_that_was_too_much_doubles_the_next_run_up_to_a_limit()
    {
        var size = new AdaptiveFetchSize(8);
        var runs = new List<int>();
        for (int i = 0; i < 10; i++)
        {
            size.Shrink();
            runs.Add(Succeed(size, 10_000, untilGrown: true));
        }

        Assert.Equal([16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4096], runs);
    }

    [Fact]
    public void Configured_size_that_held_for_a_run_forgets_the_past()
    {
        var size = new AdaptiveFetchSize(8);
        for (int i = 0; i < 4; i++)
        {
            size.Shrink();
            Succeed(size, 10_000, untilGrown: true);
        }

        Succeed(size, 10_000);
        size.Shrink();

        Assert.Equal(AdaptiveFetchSize.FirstRun, Succeed(size, 1000, untilGrown: true));
    }

    private static void Shrink(AdaptiveFetchSize size, int times)
    {
        for (int i = 0; i < times; i++)
        {
            size.Shrink();
        }
    }

    /// <returns>How many batches it took.</returns>
    private static int Succeed(AdaptiveFetchSize size, int batches, bool untilGrown = false)
    {
        for (int i = 1; i <= batches; i++)
        {
            if (size.Succeed() && untilGrown)
            {
                return i;
            }
        }

        return batches;
    }
}
