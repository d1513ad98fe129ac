using Canal.Client;
using CanalBridge.Loop.Fetch;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Loop.Fetch;

public sealed class SessionFaultsTests
{
    private static readonly CanalConnectionException Lost = new("lost");
    private static readonly CanalProtocolException Garbled = new("garbled");
    private static readonly CanalProtocolException OtherConsumer = new("another consumer") { IsOtherConsumer = true };

    private readonly FakeTimeProvider _time = new();
    private readonly SessionFaults _faults;

    public SessionFaultsTests() => _faults = new SessionFaults(_time);

    [Fact]
    public void Lost_connections_never_end_the_bridge() => Assert.All(Repeat(100, Lost), Assert.True);

    [Fact]
    public void Refusal_that_would_come_again_ends_the_bridge() => Assert.False(_faults.MayReconnect(Refusal(401)));

    [Fact]
    public void Batch_that_the_server_does_not_know_any_more_says_nothing_of_another_reader_yet()
    {
        var gone = new CanalServerException(CanalEndpoint.Parse("canal:11111"), "GET", 400, "ack error , clientId:1001 batchId:2896 is not exist , please check");

        Assert.All(Repeat(100, gone), Assert.True);
        Assert.Equal((false, "server", TimeSpan.Zero), (SessionFaults.IsOtherConsumer(gone), SessionFaults.ReasonOf(gone), _faults.Pause));
    }

    [Fact]
    public void Disturbance_that_takes_nothing_away_is_a_lost_connection()
    {
        var harmless = new CanalProtocolException("the instance started anew") { IsHarmless = true };

        Assert.All(Repeat(100, harmless), Assert.True);
        Assert.Equal((false, "connection", null), (SessionFaults.IsOtherConsumer(harmless), SessionFaults.ReasonOf(harmless), SessionFaults.CodeOf(harmless)));
    }

    [Fact]
    public void Answer_that_is_asked_for_in_smaller_ones_does_not_end_the_bridge()
    {
        var tooLarge = new CanalProtocolException("over the cap") { IsOverCap = true, AsksForLess = true };

        Assert.All(Repeat(10, tooLarge), Assert.True);
        Assert.Equal([true, true, true, true, false], Repeat(5, new CanalProtocolException("over the cap") { IsOverCap = true }));
    }

    [Fact]
    public void Refusal_that_may_pass_does_not_end_the_bridge() => Assert.True(_faults.MayReconnect(Refusal(400)));

    [Fact]
    public void Fifth_protocol_failure_without_a_batch_ends_the_bridge() =>
        Assert.Equal([true, true, true, true, false], Repeat(5, Garbled));

    [Fact]
    public void Lost_connection_between_protocol_failures_forgives_none()
    {
        Repeat(4, Garbled);
        _faults.MayReconnect(Lost);

        Assert.False(_faults.MayReconnect(Garbled));
    }

    [Fact]
    public void Batch_forgives_protocol_failures()
    {
        Repeat(4, Garbled);

        _faults.Reset();

        Assert.All(Repeat(4, Garbled), Assert.True);
    }

    [Fact]
    public void Time_alone_forgives_no_protocol_failure()
    {
        Repeat(4, Garbled);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.False(_faults.MayReconnect(Garbled));
    }

    [Fact]
    public void Another_consumer_never_ends_the_bridge_and_gets_ever_longer_pauses() =>
        Assert.Equal([0, 0, 0, 0, 5, 10, 20, 40, 60, 60], Pauses(10));

    [Fact]
    public void Batches_between_do_not_forgive_another_consumer()
    {
        for (int i = 0; i < 4; i++)
        {
            _faults.MayReconnect(OtherConsumer);
            _faults.Reset();
        }

        Assert.Equal([5], Pauses(1));
    }

    [Fact]
    public void Other_failures_between_are_not_waited_for()
    {
        Pauses(6);

        _faults.MayReconnect(Lost);

        Assert.Equal(TimeSpan.Zero, _faults.Pause);
        Assert.Equal([20], Pauses(1));
    }

    [Fact]
    public void Disturbances_count_for_ten_minutes()
    {
        Pauses(4);

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal([5], Pauses(1));
    }

    [Fact]
    public void Disturbances_are_forgotten_after_ten_minutes()
    {
        Pauses(4);

        _time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1));

        Assert.Equal([0, 0, 0, 0], Pauses(4));
    }

    [Fact]
    public void Disturbances_that_stay_rare_are_never_waited_for() =>
        Assert.All(
            Enumerable.Range(0, 100),
            _ =>
            {
                _time.Advance(TimeSpan.FromMinutes(3));
                Assert.Equal([0], Pauses(1));
            });

    [Fact]
    public void Disturbances_and_protocol_failures_are_counted_apart()
    {
        Repeat(4, Garbled);

        Assert.All(Repeat(4, OtherConsumer), Assert.True);
    }

    private static CanalServerException Refusal(int code) => new(new CanalEndpoint("canal", 11111), "GET", code, "no");

    /// <returns>In seconds.</returns>
    private List<double> Pauses(int disturbances) =>
        [.. Enumerable.Range(0, disturbances).Select(_ => _faults.MayReconnect(OtherConsumer) ? _faults.Pause.TotalSeconds : double.NaN)];

    private List<bool> Repeat(int times, CanalException failure) => [.. Enumerable.Range(0, times).Select(_ => _faults.MayReconnect(failure))];
}
