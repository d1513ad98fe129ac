using CanalBridge.Testing;
using CanalBridge.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Waiting;

/// <summary>When a wait is told, when it is over, and that each turn is a sign of life.</summary>
public sealed class PatienceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeWitness _witness = new();

    [Fact]
    public void Wait_is_told_at_its_first_turn_and_then_every_half_minute()
    {
        var patience = new Patience(_time, _witness);
        List<double> told = [];
        for (int second = 0; second <= 65; second++)
        {
            if (patience.Turn($"since {second} s"))
            {
                told.Add(patience.Elapsed.TotalSeconds);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 30, 60], told);
        Assert.Equal(["since 0 s", "since 30 s", "since 60 s"], _witness.Reasons);
        Assert.Equal(66, _witness.Turns);
    }

    [Fact]
    public void Short_wait_that_is_nothing_unusual_is_not_told()
    {
        var patience = new Patience(_time, _witness) { ToldAfter = TimeSpan.FromSeconds(5) };

        Assert.False(patience.Turn("early"));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(patience.Turn("late"));

        Assert.Equal(["late"], _witness.Reasons);
        Assert.Equal(2, _witness.Turns);
    }

    [Fact]
    public void Attempt_that_follows_at_once_is_a_sign_of_life_and_no_news()
    {
        var patience = new Patience(_time, _witness);

        patience.Alive();

        Assert.Equal(1, _witness.Turns);
        Assert.Empty(_witness.Reasons);
    }

    [Fact]
    public void Wait_is_over_after_its_limit_and_not_before()
    {
        var patience = new Patience(_time, witness: null, limit: TimeSpan.FromSeconds(30));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(patience.IsOver);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(patience.IsOver);
        Assert.False(patience.IsStopping);
    }

    [Fact]
    public void Wait_without_a_limit_is_over_only_when_the_process_is_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var patience = new Patience(_time, _witness, stop: stop.Token);
        _time.Advance(TimeSpan.FromDays(365));
        Assert.False(patience.IsOver);

        stop.Cancel();

        Assert.True(patience.IsOver);
        Assert.True(patience.IsStopping);
    }

    [Fact]
    public void Pause_ends_when_the_process_is_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var patience = new Patience(TimeProvider.System, _witness, stop: stop.Token);
        stop.Cancel();

        patience.Pause(TimeSpan.FromHours(1));

        Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1));
    }
}
