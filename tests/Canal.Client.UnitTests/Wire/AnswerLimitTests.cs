using Canal.Client.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Canal.Client.UnitTests.Wire;

public sealed class AnswerLimitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly AnswerLimit _limit;
    private CancellationTokenSource _timer;

    public AnswerLimitTests()
    {
        _limit = new AnswerLimit(TimeSpan.FromSeconds(15), _time);
        _timer = NewTimer();
    }

    public void Dispose() => _timer.Dispose();

    [Fact]
    public void Silence_is_over_after_the_response_timeout_and_the_time_that_the_server_may_wait()
    {
        _limit.Begin(_timer, TimeSpan.FromSeconds(1), announced: 0);

        _time.Advance(TimeSpan.FromSeconds(15.999));
        bool early = _timer.IsCancellationRequested;
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((false, true, true), (early, _timer.IsCancellationRequested, _limit.IsSilence));
    }

    [Fact]
    public void Bytes_end_a_silence_and_do_not_stretch_the_whole()
    {
        _limit.Begin(_timer, TimeSpan.Zero, announced: 0);

        int seconds = 0;
        for (; !_timer.IsCancellationRequested; seconds++)
        {
            _limit.OnBytes(1 << 20);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // 15 s, and 16 for the 16 times 64 KiB.
        Assert.Equal((31, false), (seconds, _limit.IsSilence));
    }

    [Fact]
    public void Cancelled_reads_count_and_the_time_between_them_does_not()
    {
        for (int i = 0; i < 2; i++)
        {
            _limit.Begin(_timer, TimeSpan.Zero, announced: 0);
            _time.Advance(TimeSpan.FromSeconds(7));
            _limit.End(isWhole: false);
            _time.Advance(TimeSpan.FromHours(1));
            _timer.Dispose();
            _timer = NewTimer();
        }

        _limit.Begin(_timer, TimeSpan.Zero, announced: 0);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        bool early = _timer.IsCancellationRequested;
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((false, true), (early, _timer.IsCancellationRequested));
    }

    [Fact]
    public void Each_answer_starts_anew()
    {
        _limit.Begin(_timer, TimeSpan.Zero, announced: 0);
        _time.Advance(TimeSpan.FromSeconds(14));
        _limit.End(isWhole: true);

        _limit.Begin(_timer, TimeSpan.Zero, announced: 0);
        _time.Advance(TimeSpan.FromSeconds(14));

        Assert.False(_timer.IsCancellationRequested);
    }

    private CancellationTokenSource NewTimer() => new(Timeout.InfiniteTimeSpan, _time);
}
