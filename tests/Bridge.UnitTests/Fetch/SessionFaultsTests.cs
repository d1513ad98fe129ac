using Canal.Client;
using CanalBridge.Fetch;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Fetch;

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
    public void Batch_that_the_server_does_not_know_any_more_counts_as_another_reader()
    {
        var gone = new CanalServerException(CanalEndpoint.Parse("canal:11111"), "GET", 400, "ack error , clientId:1001 batchId:2896 is not exist , please check");

        Assert.All(Enumerable.Range(0, 4), _ => Assert.True(_faults.MayReconnect(gone)));
        Assert.False(_faults.MayReconnect(gone));
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
    public void Another_consumer_that_disturbs_five_times_ends_the_bridge() =>
        Assert.Equal([true, true, true, true, false], Repeat(5, OtherConsumer));

    [Fact]
    public void Batches_between_do_not_forgive_another_consumer()
    {
        for (int i = 0; i < 4; i++)
        {
            _faults.MayReconnect(OtherConsumer);
            _faults.Reset();
        }

        Assert.False(_faults.MayReconnect(OtherConsumer));
    }

    [Fact]
    public void Disturbances_count_for_ten_minutes()
    {
        Repeat(4, OtherConsumer);

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.False(_faults.MayReconnect(OtherConsumer));
    }

    [Fact]
    public void Disturbances_are_forgotten_after_ten_minutes()
    {
        Repeat(4, OtherConsumer);

        _time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1));

        Assert.All(Repeat(4, OtherConsumer), Assert.True);
    }

    [Fact]
    public void Disturbances_that_stay_rare_never_end_the_bridge() =>
        Assert.All(
            Enumerable.Range(0, 100).Select(_ =>
            {
                _time.Advance(TimeSpan.FromMinutes(3));
                return _faults.MayReconnect(OtherConsumer);
            }),
            Assert.True);

    [Fact]
    public void Disturbances_and_protocol_failures_are_counted_apart()
    {
        Repeat(4, Garbled);

        Assert.All(Repeat(4, OtherConsumer), Assert.True);
    }

    private static CanalServerException Refusal(int code) => new(new CanalEndpoint("canal", 11111), "GET", code, "no");

    private List<bool> Repeat(int times, CanalException failure) => [.. Enumerable.Range(0, times).Select(_ => _faults.MayReconnect(failure))];
}
