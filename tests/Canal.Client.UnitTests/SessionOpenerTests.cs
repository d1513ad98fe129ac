using Canal.Client.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Canal.Client.UnitTests;

public sealed class SessionOpenerTests : IAsyncDisposable
{
    private readonly FakeCanalServer _first = new("example");
    private readonly FakeCanalServer _second = new("example");
    private readonly FakeLogCollector _logs = new();

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task First_endpoint_is_tried_first()
    {
        await using CanalSession session = await OpenAsync();

        Assert.Equal((_first.Endpoint, 0), (session.Endpoint, _second.ConnectionCount));
    }

    [Fact(Timeout = 60_000)]
    public async Task Standby_node_is_passed_over()
    {
        _first.IsRunning = false;

        await using CanalSession session = await OpenAsync();

        Assert.Equal(_second.Endpoint, session.Endpoint);
        FakeLogRecord warning = Assert.Single(_logs.GetSnapshot(), r => r.Id.Id == 1001);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("should start first", warning.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Node_that_drops_connections_is_passed_over()
    {
        _first.RefusesConnections = true;

        await using CanalSession session = await OpenAsync();

        Assert.Equal(_second.Endpoint, session.Endpoint);
    }

    [Fact(Timeout = 60_000)]
    public async Task Node_that_does_not_answer_is_passed_over()
    {
        var time = new FakeTimeProvider();
        _first.IsFrozen = true;

        Task<CanalSession> opening = OpenAsync(time);
        await TestSessions.UntilAsync(() => _first.ConnectionCount == 1);

        // Only until the first gives up: the second works on the same clock.
        while (_second.ConnectionCount == 0)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        await using CanalSession session = await opening;
        Assert.Equal(_second.Endpoint, session.Endpoint);
    }

    [Fact(Timeout = 60_000)]
    public async Task Wrong_password_is_not_tried_again()
    {
        _first.Password = "secret";

        await Assert.ThrowsAsync<CanalServerException>(() => OpenAsync());

        Assert.Equal((1, 0), (_first.ConnectionCount, _second.ConnectionCount));
    }

    [Fact(Timeout = 60_000)]
    public async Task Pause_comes_after_a_full_round_and_ends_with_the_clock()
    {
        var time = new FakeTimeProvider();
        _first.IsRunning = _second.IsRunning = false;
        Task<CanalSession> opening = OpenAsync(time, pause: TimeSpan.FromMilliseconds(100));
        await TestSessions.UntilAsync(() => _logs.GetSnapshot().Count(r => r.Id.Id == 1001) == 2);
        int inFirstRound = _first.ConnectionCount + _second.ConnectionCount;
        _second.IsRunning = true;

        while (!opening.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1);
        }

        await using CanalSession session = await opening;
        Assert.Equal((2, 2, 2), (inFirstRound, _first.ConnectionCount, _second.ConnectionCount));
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_attempt_that_is_made_again_is_told()
    {
        _first.IsRunning = _second.IsRunning = false;
        var told = new List<CanalEndpoint>();
        CanalClientOptions options = TestSessions.Options(_first, _second);
        options.AttemptFailed = (endpoint, failure) =>
        {
            told.Add(endpoint);
            _second.IsRunning = told.Count >= 5;
        };

        await using CanalSession session = await CanalSession.OpenAsync(options);

        Assert.Equal([_first.Endpoint, _second.Endpoint, _first.Endpoint, _second.Endpoint, _first.Endpoint], told);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failure_that_ends_the_attempts_is_thrown_and_not_told()
    {
        _first.Password = "secret";
        CanalClientOptions options = TestSessions.Options(_first);
        options.AttemptFailed = (_, failure) => throw new InvalidOperationException("told", failure);

        await Assert.ThrowsAsync<CanalServerException>(() => CanalSession.OpenAsync(options));
    }

    [Fact(Timeout = 60_000)]
    public async Task Long_outage_warns_once_per_endpoint_and_then_rarely()
    {
        var time = new FakeTimeProvider();
        _first.IsRunning = _second.IsRunning = false;
        using var cancel = new CancellationTokenSource();
        Task<CanalSession> opening = OpenAsync(time, cancellationToken: cancel.Token);

        while (_logs.GetSnapshot().All(r => r.Id.Id != 1002))
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Equal(2, _logs.GetSnapshot().Count(r => r.Level == LogLevel.Warning));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancellation_ends_the_attempts()
    {
        _first.IsRunning = _second.IsRunning = false;
        using var cancel = new CancellationTokenSource();
        Task<CanalSession> opening = OpenAsync(cancellationToken: cancel.Token);
        await TestSessions.UntilAsync(() => _second.ConnectionCount > 0);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_of_a_lost_session_gets_time_to_finish_its_restart_before_the_subscription()
    {
        var time = new FakeTimeProvider();
        CanalClientOptions options = TestSessions.Options(_first);
        options.RestartGrace = TimeSpan.FromSeconds(1);
        await using CanalSession lost = await CanalSession.OpenAsync(options, new FakeLogger(_logs), time);
        int Subscriptions() => _first.Requests.Count(request => request.Kind == "SUBSCRIPTION");

        Task<CanalSession> opening = lost.ReopenAsync();
        await TestSessions.UntilAsync(() => _first.Requests.Count(request => request.Kind == "CLIENTAUTHENTICATION") == 2);
        time.Advance(TimeSpan.FromMilliseconds(999));
        int early = Subscriptions();
        while (!opening.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1);
        }

        await using CanalSession session = await opening;
        Assert.Equal((1, 2), (early, Subscriptions()));
    }

    [Fact(Timeout = 60_000)]
    public async Task First_session_waits_before_its_subscription_as_well_where_it_is_told_to()
    {
        var time = new FakeTimeProvider();
        CanalClientOptions options = TestSessions.Options(_first);
        options.FirstGrace = TimeSpan.FromSeconds(1);
        int Subscriptions() => _first.Requests.Count(request => request.Kind == "SUBSCRIPTION");

        Task<CanalSession> opening = CanalSession.OpenAsync(options, new FakeLogger(_logs), time);
        await TestSessions.UntilAsync(() => _first.Requests.Count(request => request.Kind == "CLIENTAUTHENTICATION") == 1);
        await Task.WhenAny(opening, Task.Delay(200, TestContext.Current.CancellationToken));
        time.Advance(TimeSpan.FromMilliseconds(999));
        int early = Subscriptions();
        while (!opening.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1);
        }

        await using CanalSession session = await opening;
        Assert.Equal((0, 1), (early, Subscriptions()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Batch_over_the_cap_is_asked_for_in_smaller_ones()
    {
        _first.KeepBatches = false;
        _first.Append(Enumerable.Range(1, 20).Select(number => TestEntries.Insert(number, padBytes: 3000)));
        CanalClientOptions options = TestSessions.Options(_first);
        (options.FetchSize, options.FrameCapBytes) = (64, 20_000);

        await using CanalSession session = await CanalSession.OpenAsync(options, new FakeLogger(_logs));
        var offsets = new List<long>();
        while (offsets.Count < 20)
        {
            using CanalBatch batch = await TestSessions.NextAsync(session);
            offsets.AddRange(TestEntries.Offsets(batch));
            await session.AckAsync(batch.Id);
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), offsets);
        Assert.Equal((16, 3), (session.FetchSize, _first.ConnectionCount));
        Assert.Equal(2, _logs.GetSnapshot().Count(record => record.Id.Id == 1004));
    }

    [Fact(Timeout = 60_000)]
    public async Task Entry_over_the_cap_is_given_up_with_its_size_and_what_to_raise()
    {
        _first.KeepBatches = false;
        _first.Append([TestEntries.Insert(1, padBytes: 30_000)]);
        CanalClientOptions options = TestSessions.Options(_first);
        (options.FetchSize, options.FrameCapBytes) = (64, 20_000);

        CanalProtocolException gaveUp = await Assert.ThrowsAsync<CanalProtocolException>(() => CanalSession.OpenAsync(options));

        // Six times half, and five times with the smallest.
        Assert.Equal((false, true, 11), (gaveUp.IsTransient, gaveUp.IsOverCap, _first.ConnectionCount));
        Assert.Matches(@"Frame length 30\d{3} from .* exceeds the cap of 20000 bytes .*fetch size of 1.*Canal:FrameCapBytes", gaveUp.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_consumer_at_five_attempts_in_a_row_is_told_and_may_have_gone_later()
    {
        _first.Append([TestEntries.Insert(1)]);
        bool isProbe = false;
        _first.BeforeRequest = request =>
        {
            // Between the two GETs of the probe.
            if (request.Kind == "GET" && isProbe)
            {
                _first.TakeAsAnotherConsumer();
            }

            isProbe = request is { Kind: "CLIENTROLLBACK", BatchId: > 0 };
        };

        CanalProtocolException gaveUp = await Assert.ThrowsAsync<CanalProtocolException>(() => CanalSession.OpenAsync(TestSessions.Options(_first)));

        Assert.Equal((true, true, 5), (gaveUp.IsOtherConsumer, gaveUp.IsTransient, _first.ConnectionCount));
    }

    [Fact(Timeout = 60_000)]
    public async Task Peer_that_is_no_canal_server_is_given_up_after_five_attempts()
    {
        _first.BeforeRequest = request => _first.SendInsteadOfNextAnswer("HTTP/1.1 400 Bad Request"u8.ToArray());
        _second.BeforeRequest = request => _second.SendInsteadOfNextAnswer("HTTP/1.1 400 Bad Request"u8.ToArray());

        CanalProtocolException gaveUp = await Assert.ThrowsAsync<CanalProtocolException>(() => OpenAsync());

        Assert.False(gaveUp.IsTransient);
        Assert.Contains("5 attempts in a row", gaveUp.Message, StringComparison.Ordinal);
        Assert.Equal(5, _first.ConnectionCount + _second.ConnectionCount);
    }

    [Fact]
    public void Pauses_double_up_to_the_maximum_less_up_to_half()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(1000));

        foreach (int full in (int[])[100, 200, 400, 800, 1000, 1000])
        {
            Assert.InRange(backoff.Next().TotalMilliseconds, full / 2.0, full);
        }
    }

    private Task<CanalSession> OpenAsync(TimeProvider? time = null, TimeSpan? pause = null, CancellationToken cancellationToken = default)
    {
        CanalClientOptions options = TestSessions.Options(_first, _second);
        options.ReconnectDelay = options.ReconnectDelayMax = pause ?? options.ReconnectDelay;
        return CanalSession.OpenAsync(options, new FakeLogger(_logs), time, cancellationToken);
    }
}
