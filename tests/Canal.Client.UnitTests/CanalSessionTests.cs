using Canal.Client.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Canal.Client.UnitTests;

public sealed class CanalSessionTests : IAsyncDisposable
{
    private readonly FakeCanalServer _server = new("example");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Session_starts_with_login_subscription_and_rollback_of_everything()
    {
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);

        Assert.Equal(["CLIENTAUTHENTICATION", "SUBSCRIPTION", "CLIENTROLLBACK", "GET"], _server.Requests.Select(r => r.Kind));
        Assert.Equal(0, _server.Requests[2].BatchId);
    }

    [Fact(Timeout = 60_000)]
    public async Task Clean_start_fetches_the_first_batch_twice_and_hands_it_out_once()
    {
        Append(1, 2);

        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        using CanalBatch second = await TestSessions.NextAsync(session);

        Assert.Equal((2L, 3L), (first.Id, second.Id));
        Assert.Equal([1L], TestEntries.Offsets(first));
        Assert.Equal([2L], TestEntries.Offsets(second));
        Assert.Equal([0L, 1L], _server.Requests.Where(r => r.Kind == "CLIENTROLLBACK").Select(r => r.BatchId));
    }

    [Fact(Timeout = 60_000)]
    public async Task Batch_taken_by_another_before_the_first_get_is_found()
    {
        Append(1, 2, 3);
        OnGet(1, () => _server.TakeAsAnotherConsumer());

        var e = await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.OpenOnceAsync(_server));

        Assert.Contains("2 is not the firstly:1", e.ServerText, StringComparison.Ordinal);
        Assert.True(e.IsTransient);
    }

    [Fact(Timeout = 60_000)]
    public async Task Batch_taken_by_another_between_the_two_gets_is_found()
    {
        Append(1, 2, 3);
        OnGet(2, () => _server.TakeAsAnotherConsumer());

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.OpenOnceAsync(_server));

        Assert.Contains("Batch 3 came after batch 1; expected 2", e.Message, StringComparison.Ordinal);
        Assert.True(e.IsTransient);
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_batch_taken_by_another_between_the_two_gets_is_found()
    {
        Append(1);
        OnGet(2, () => _server.TakeAsAnotherConsumer());

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.OpenOnceAsync(_server));

        Assert.Contains("should have come again", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Repetition_with_another_first_entry_is_found()
    {
        Append(1);
        OnGet(2, () => _server.SendInsteadOfNextAnswer(Frame(2, TestEntries.Insert(9))));

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.OpenOnceAsync(_server));

        Assert.Contains("begins with another entry", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_probe_is_tried_again_and_loses_nothing()
    {
        Append(1, 2, 3);
        OnGet(1, () => _server.TakeAsAnotherConsumer());

        await using CanalSession session = await CanalSession.OpenAsync(TestSessions.Options(_server));

        Assert.Equal([1L, 2L, 3L], await ReadOffsetsAsync(session, 3));
        Assert.Equal(2, _server.ConnectionCount);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_left_over_from_a_failed_probe_is_executed_before_the_next_connection_is_made()
    {
        Append(1, 2, 3);
        bool? connectedAgain = null;
        int gets = 0;
        _server.BeforeRequest = request =>
        {
            gets += request.Kind == "GET" ? 1 : 0;
            if (request.Kind == "GET" && gets == 1)
            {
                _server.TakeAsAnotherConsumer();
            }
            else if (request.Kind == "GET" && gets == 2)
            {
                connectedAgain = SpinWait.SpinUntil(() => _server.ConnectionCount > 1, millisecondsTimeout: 200);
            }
        };

        await using CanalSession session = await CanalSession.OpenAsync(TestSessions.Options(_server));

        Assert.False(connectedAgain);
        Assert.Equal([1L, 2L, 3L], await ReadOffsetsAsync(session, 3));
    }

    [Fact(Timeout = 60_000)]
    public async Task First_batch_that_comes_after_the_start_is_probed_too()
    {
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        Append(1, 2);

        Assert.Equal([1L, 2L], await ReadOffsetsAsync(session, 2));
        Assert.Equal([0L, 1L], _server.Requests.Where(r => r.Kind == "CLIENTROLLBACK").Select(r => r.BatchId));
    }

    [Fact(Timeout = 60_000)]
    public async Task Gap_in_the_ids_ends_the_session_before_the_batch_is_used()
    {
        Append(1);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        await DrainAsync(session);
        Append(2, 3);
        _server.TakeAsAnotherConsumer();

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(session));

        Assert.Contains("Batch 4 came after batch 2; expected 3", e.Message, StringComparison.Ordinal);
        Assert.Same(e, await Assert.ThrowsAsync<CanalProtocolException>(() => session.AckAsync(first.Id).AsTask()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Restarted_instance_ends_the_session()
    {
        Append(1);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        await DrainAsync(session);
        _server.RestartInstance();

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(session));

        Assert.Contains("Batch 1 came after batch 2", e.Message, StringComparison.Ordinal);
        Assert.Equal((true, false, true), (e.IsHarmless, e.IsOtherConsumer, e.IsTransient));
    }

    [Fact(Timeout = 60_000)]
    public async Task Gap_that_left_over_gets_explain_is_harmless_and_a_further_one_is_not()
    {
        var time = new FakeTimeProvider();
        await using CanalSession frozen = await LeaveOneGetBehindAsync(time);
        await using CanalSession second = await frozen.ReopenAsync();
        await ReadAndLeaveAGapAsync(second, taken: 1);
        var ours = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(second));
        await using CanalSession third = await second.ReopenAsync();
        await ReadAndLeaveAGapAsync(third, taken: 1);
        var theirs = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(third));

        Assert.Equal((true, false, true), (ours.IsHarmless, ours.IsOtherConsumer, ours.IsTransient));
        Assert.Contains("an earlier connection of this client", ours.Message, StringComparison.Ordinal);
        Assert.Equal((false, true, true), (theirs.IsHarmless, theirs.IsOtherConsumer, theirs.IsTransient));
    }

    [Fact(Timeout = 60_000)]
    public async Task Gap_larger_than_the_left_over_gets_is_another_consumer()
    {
        await using CanalSession frozen = await LeaveOneGetBehindAsync(new FakeTimeProvider());
        await using CanalSession second = await frozen.ReopenAsync();
        await ReadAndLeaveAGapAsync(second, taken: 2);

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(second));

        Assert.True(e.IsOtherConsumer);
    }

    [Fact(Timeout = 60_000)]
    public async Task Left_over_gets_explain_nothing_any_more_when_the_server_has_answered_for_a_while()
    {
        var time = new FakeTimeProvider();
        await using CanalSession frozen = await LeaveOneGetBehindAsync(time);
        time.Advance(TimeSpan.FromHours(1));
        await using CanalSession second = await frozen.ReopenAsync();
        time.Advance(TimeSpan.FromSeconds(20.001));
        await ReadAndLeaveAGapAsync(second, taken: 1);

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(second));

        Assert.True(e.IsOtherConsumer);
    }

    [Fact(Timeout = 60_000)]
    public async Task Gets_that_the_server_has_ended_with_leave_nothing_behind()
    {
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, o => o.RestartGrace = TimeSpan.Zero);
        OnGet(1, _server.CutConnections);
        await Assert.ThrowsAsync<CanalConnectionException>(() => session.FetchAsync(TimeSpan.Zero).AsTask());

        // The GET is still executed behind the cut; later, it would take the next batch with it.
        await TestSessions.UntilAsync(() => _server.OpenConnections == 0);
        _server.BeforeRequest = null;
        await using CanalSession second = await session.ReopenAsync();
        await ReadAndLeaveAGapAsync(second, taken: 1);

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(second));

        Assert.True(e.IsOtherConsumer);
    }

    [Fact(Timeout = 60_000)]
    public async Task Refused_ack_after_which_the_numbers_go_on_is_another_consumer()
    {
        await using CanalSession session = await OpenAndReadAsync();
        using CanalBatch batch = await TestSessions.NextAsync(session);
        _server.RollBackAsAnotherConsumer();
        await session.AckAsync(batch.Id);
        var refused = await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.NextAsync(session));
        await using CanalSession second = await session.ReopenAsync();

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => TestSessions.NextAsync(second));
        await using CanalSession third = await second.ReopenAsync();

        Assert.True(refused.IsBatchGone);
        Assert.True(e.IsOtherConsumer);
        Assert.Contains("refused an ack", e.Message, StringComparison.Ordinal);
        Assert.Equal([5L], await ReadOffsetsAsync(third, 1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Refused_ack_after_which_the_numbers_begin_anew_is_a_restart()
    {
        await using CanalSession session = await OpenAndReadAsync();
        using CanalBatch batch = await TestSessions.NextAsync(session);
        _server.RestartInstance();
        await session.AckAsync(batch.Id);
        await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.NextAsync(session));

        await using CanalSession second = await session.ReopenAsync();

        Assert.Equal([5L], await ReadOffsetsAsync(second, 1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Answer_that_drips_is_given_up_though_the_server_is_never_silent()
    {
        // On the real clock: how far a byte has come cannot be told to another one.
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, o => o.ResponseTimeout = TimeSpan.FromSeconds(3));
        Append(1);
        _server.SegmentBytes = 1;
        _server.SegmentDelay = TimeSpan.FromMilliseconds(100);

        var e = await Assert.ThrowsAsync<CanalConnectionException>(() => session.FetchAsync(TimeSpan.Zero).AsTask());

        Assert.Contains("bytes of the answer to GET within 00:00:03", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_that_is_silent_is_given_up_though_every_fetch_is_cancelled()
    {
        var time = new FakeTimeProvider();
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, time: time);
        _server.IsFrozen = true;

        int cancelled = 0;
        for (; cancelled < 5; cancelled++)
        {
            using var cancel = new CancellationTokenSource();
            Task<CanalBatch> fetch = session.FetchAsync(TimeSpan.Zero, cancel.Token).AsTask();
            time.Advance(TimeSpan.FromSeconds(6));
            if (await Task.WhenAny(fetch, Task.Delay(100, TestContext.Current.CancellationToken)) == fetch)
            {
                await Assert.ThrowsAsync<CanalConnectionException>(() => fetch);
                break;
            }

            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        }

        Assert.Equal(2, cancelled);
    }

    [Fact(Timeout = 60_000)]
    public async Task Answer_that_came_too_late_halves_the_fetch_size_of_the_next_session()
    {
        await using CanalSession frozen = await LeaveOneGetBehindAsync(new FakeTimeProvider());
        int gets = Gets().Count();

        await using CanalSession next = await frozen.ReopenAsync();

        Assert.Equal((500, 500), (next.FetchSize, Gets().Skip(gets).First().FetchSize));
    }

    [Fact(Timeout = 60_000)]
    public async Task Smallest_get_that_got_no_answer_leaves_the_fetch_size_alone()
    {
        var time = new FakeTimeProvider();
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, time: time);
        _server.IsFrozen = true;
        Task<CanalBatch> fetch = session.FetchAsync(TimeSpan.FromMilliseconds(50)).AsTask();
        await TestSessions.AdvanceUntilOverAsync(time, fetch);
        await Assert.ThrowsAsync<CanalConnectionException>(() => fetch);

        Assert.Equal(1000, session.FetchSize);
    }

    [Fact(Timeout = 60_000)]
    public async Task Fetch_size_grows_back_while_the_session_goes_on()
    {
        Append([.. Enumerable.Range(1, 40)]);
        CanalClientOptions options = TestSessions.Options(_server);
        var history = new SessionHistory(options, TimeProvider.System);
        history.FetchSize.Shrink();
        await using CanalSession session = await CanalSession.OpenAtAsync(
            _server.Endpoint, options, history, TimeSpan.Zero, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken);

        await ReadOffsetsAsync(session, 40);

        int[] sizes = [.. Gets().Where(g => g.Timeout == -1).Select(g => g.FetchSize)];
        Assert.Equal((500, 1000, 1000), (sizes[0], sizes[^1], session.FetchSize));
        Assert.Equal(sizes.Order(), sizes);
    }

    [Fact(Timeout = 60_000)]
    public async Task Unasked_for_error_ends_the_session()
    {
        Append(1);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch batch = await TestSessions.NextAsync(session);
        await session.AckAsync(batch.Id);
        _server.SendRefusalBeforeNextAnswer("no match ack position");

        var e = await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.NextAsync(session));
        var later = await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.NextAsync(session));

        Assert.Contains("no match ack position", e.ServerText, StringComparison.Ordinal);
        Assert.Same(e, later);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stopped_destination_ends_the_session()
    {
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        _server.IsRunning = false;

        var e = await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.NextAsync(session));

        Assert.True(e.IsDestinationNotRunning && e.IsTransient);
        Assert.Same(e, await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.NextAsync(session)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Several_batches_may_be_outstanding_and_are_counted()
    {
        Append(1, 2, 3);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);

        using CanalBatch first = await TestSessions.NextAsync(session);
        using CanalBatch second = await TestSessions.NextAsync(session);
        using CanalBatch third = await TestSessions.NextAsync(session);
        await session.AckAsync(first.Id);
        await session.AckAsync(second.Id);

        await TestSessions.UntilAsync(() => _server.BatchesAcked == 2);
        Assert.Equal((1, (long)third.SizeBytes), (session.BatchesOutstanding, session.BytesOutstanding));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ack_out_of_order_is_refused_here_and_not_sent()
    {
        Append(1, 2);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        using CanalBatch second = await TestSessions.NextAsync(session);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => session.AckAsync(second.Id).AsTask());
        await session.AckAsync(first.Id);
        await session.AckAsync(second.Id);

        Assert.Equal("Batch 3 cannot be acked: batch 2 is the oldest outstanding and goes first.", e.Message);
        await TestSessions.UntilAsync(() => _server.BatchesAcked == 2);
        Assert.Equal([2L, 3L], _server.Requests.Where(r => r.Kind == "CLIENTACK").Select(r => r.BatchId));
    }

    [Fact(Timeout = 60_000)]
    public async Task Second_ack_of_a_batch_is_refused_here()
    {
        Append(1);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch batch = await TestSessions.NextAsync(session);
        await session.AckAsync(batch.Id);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => session.AckAsync(batch.Id).AsTask());

        Assert.Equal("Batch 2 cannot be acked: no batch is outstanding.", e.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rollback_brings_unacked_batches_again_in_order()
    {
        Append(1, 2, 3, 4, 5);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        using CanalBatch second = await TestSessions.NextAsync(session);
        await session.AckAsync(first.Id);

        await session.RollbackAsync();
        int outstanding = session.BatchesOutstanding;

        Assert.Equal((0, 0L), (outstanding, session.BytesOutstanding));
        Assert.Equal([2L, 3L, 4L, 5L], await ReadOffsetsAsync(session, 4));
    }

    [Fact(Timeout = 60_000)]
    public async Task Rollback_before_the_first_fetch_loses_nothing()
    {
        Append(1, 2);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);

        await session.RollbackAsync();

        Assert.Equal([1L, 2L], await ReadOffsetsAsync(session, 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Rollback_needs_no_answer_and_its_cancellation_loses_nothing()
    {
        Append(1, 2, 3, 4, 5);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        OnGet(2, () => _server.IsFrozen = true);
        (await TestSessions.NextAsync(session)).Dispose();
        await TestSessions.UntilAsync(() => _server.IsFrozen);
        using var cancel = new CancellationTokenSource();

        Task rollback = session.RollbackAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await rollback;
        _server.IsFrozen = false;

        Assert.Equal([1L, 2L, 3L, 4L, 5L], await ReadOffsetsAsync(session, 5));
    }

    [Fact(Timeout = 60_000)]
    public async Task Rollback_cancelled_before_it_is_sent_changes_nothing()
    {
        Append(1, 2);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await session.RollbackAsync(new CancellationToken(canceled: true)));

        await session.AckAsync(first.Id);
        Assert.Equal([2L], await ReadOffsetsAsync(session, 1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Busy_session_keeps_several_gets_under_way_and_none_waits()
    {
        Append([.. Enumerable.Range(1, 20)]);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);

        int most = 0;
        for (int i = 0; i < 10; i++)
        {
            (await TestSessions.NextAsync(session)).Dispose();
            most = Math.Max(most, session.GetsInFlight);
        }

        Assert.Equal(3, most);
        Assert.All(Gets(), g => Assert.Equal((-1L, 1000), (g.Timeout, g.FetchSize)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Idle_session_waits_with_one_small_get_and_nothing_behind_it()
    {
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);

        CanalBatch batch = await session.FetchAsync(TimeSpan.FromMilliseconds(7));

        Assert.True(batch.IsEmpty);
        Assert.Equal([(-1L, 1000), (7L, 1)], Gets().Select(g => (g.Timeout!.Value, g.FetchSize)));
        Assert.Equal(0, session.GetsInFlight);
    }

    [Fact(Timeout = 60_000)]
    public async Task Fetch_without_wait_asks_once_and_at_once()
    {
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);

        Assert.True((await session.FetchAsync(TimeSpan.Zero)).IsEmpty);

        Assert.Equal([-1L, -1L], Gets().Select(g => g.Timeout!.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_get_says_milliseconds_and_never_waits_without_limit()
    {
        Append(1, 2, 3);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        await ReadOffsetsAsync(session, 3);
        await DrainAsync(session);

        Assert.All(Gets(), g => Assert.True(g is { Unit: 2, Timeout: -1 or > 0, FetchSize: >= 1 }));
    }

    [Fact(Timeout = 60_000)]
    public async Task Full_window_leaves_one_get_under_way()
    {
        Append([.. Enumerable.Range(1, 10)]);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, o => o.WindowBytes = 0);

        int most = 0;
        for (int i = 0; i < 10; i++)
        {
            (await TestSessions.NextAsync(session)).Dispose();
            most = Math.Max(most, session.GetsInFlight);
        }

        Assert.Equal(1, most);
    }

    [Fact(Timeout = 60_000)]
    public async Task Held_session_hands_out_what_is_under_way_and_asks_for_nothing()
    {
        Append([.. Enumerable.Range(1, 20)]);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        await ReadOffsetsAsync(session, 5);
        int underWay = session.GetsInFlight;
        int gets = Gets().Count();
        session.HoldGets = true;

        var seen = new List<long>();
        while (await session.FetchAsync(TimeSpan.FromMilliseconds(1)) is { IsEmpty: false } batch)
        {
            seen.AddRange(TestEntries.Offsets(batch));
            batch.Dispose();
        }

        Assert.Equal(Enumerable.Range(6, underWay).Select(n => (long)n), seen);
        Assert.Equal(2, underWay);
        Assert.InRange(Gets().Count(), gets, gets + underWay);
        session.HoldGets = false;
        Assert.Equal([8L], await ReadOffsetsAsync(session, 1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Held_fetch_waits_as_long_as_it_was_told()
    {
        var time = new FakeTimeProvider();
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, time: time);
        session.HoldGets = true;

        ValueTask<CanalBatch> fetching = session.FetchAsync(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromMilliseconds(999));
        bool early = fetching.IsCompleted;
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True((await fetching).IsEmpty);
        Assert.False(early);
    }

    [Fact(Timeout = 60_000)]
    public async Task Held_session_keeps_the_connection_alive_without_a_get()
    {
        var time = new FakeTimeProvider();
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, time: time);
        session.HoldGets = true;

        await session.FetchAsync(TimeSpan.Zero);
        int early = _server.Requests.Count(r => r.Kind == "SUBSCRIPTION");
        time.Advance(TimeSpan.FromMinutes(21));
        await session.FetchAsync(TimeSpan.Zero);

        Assert.Equal((1, 2), (early, _server.Requests.Count(r => r.Kind == "SUBSCRIPTION")));
        Assert.Single(Gets());
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_fetch_leaves_acks_working_and_loses_nothing()
    {
        Append(1);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        await DrainAsync(session);
        _server.IsFrozen = true;
        using var cancel = new CancellationTokenSource();
        Task<CanalBatch> fetch = session.FetchAsync(TestSessions.Wait, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        Append(2);
        _server.IsFrozen = false;

        await session.AckAsync(first.Id);

        await TestSessions.UntilAsync(() => _server.BatchesAcked == 1);
        Assert.Equal([2L], await ReadOffsetsAsync(session, 1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ack_runs_beside_a_fetch()
    {
        Append(1);
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server);
        using CanalBatch first = await TestSessions.NextAsync(session);
        await DrainAsync(session);
        _server.IsFrozen = true;
        Task<CanalBatch> fetch = session.FetchAsync(TestSessions.Wait).AsTask();

        await session.AckAsync(first.Id);
        _server.IsFrozen = false;
        await fetch;

        await TestSessions.UntilAsync(() => _server.BatchesAcked == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Half_open_connection_is_given_up_after_the_response_timeout()
    {
        var time = new FakeTimeProvider();
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, time: time);
        _server.IsFrozen = true;

        Task<CanalBatch> fetch = session.FetchAsync(TimeSpan.FromMilliseconds(50)).AsTask();
        await TestSessions.AdvanceUntilOverAsync(time, fetch);

        var e = await Assert.ThrowsAsync<CanalConnectionException>(() => fetch);
        Assert.Contains("sent nothing for 00:00:15.0500000", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposal_never_unsubscribes_and_lets_acks_arrive()
    {
        Append(1);
        await using (CanalSession session = await TestSessions.OpenOnceAsync(_server))
        {
            using CanalBatch batch = await TestSessions.NextAsync(session);
            await session.AckAsync(batch.Id);
        }

        Assert.Equal(1, _server.BatchesAcked);
        Assert.DoesNotContain(_server.Requests, r => r.Kind == "UNSUBSCRIPTION");
        await TestSessions.UntilAsync(() => _server.OpenConnections == 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task New_session_gets_what_the_last_one_did_not_ack()
    {
        Append(1, 2, 3);
        await using (CanalSession session = await TestSessions.OpenOnceAsync(_server))
        {
            using CanalBatch first = await TestSessions.NextAsync(session);
            using CanalBatch second = await TestSessions.NextAsync(session);
            await session.AckAsync(first.Id);
        }

        await using CanalSession next = await TestSessions.OpenOnceAsync(_server);

        Assert.Equal([2L, 3L], await ReadOffsetsAsync(next, 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Filter_is_sent_at_the_start_and_empty_by_default()
    {
        await using CanalSession plain = await TestSessions.OpenOnceAsync(_server);
        await using CanalSession filtered = await TestSessions.OpenOnceAsync(_server, o => o.Filter = @"shop\..*");

        Assert.Equal(["", @"shop\..*"], _server.Requests.Where(r => r.Kind == "SUBSCRIPTION").Select(r => r.Filter));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("mariadb-01-basics.frames", true)]
    [InlineData("mysql-12-gtid-basics.frames", true)]
    [InlineData("mysql-12-gtid-basics.frames", false)]
    public async Task Recording_comes_through_entry_by_entry(string name, bool keepBatches)
    {
        byte[] frames = await File.ReadAllBytesAsync(TestEntries.FramePath(name));
        var expected = new List<string>();
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(new MemoryStream(frames)))
        {
            expected.AddRange(Hex(batch));
        }

        _server.KeepBatches = keepBatches;
        await _server.LoadAsync(new MemoryStream(frames));
        _server.Complete();
        await using CanalSession session = await TestSessions.OpenOnceAsync(_server, o => o.FetchSize = 2);

        var actual = new List<string>();
        while (!_server.Drained.IsCompleted)
        {
            using CanalBatch batch = await session.FetchAsync(TestSessions.Wait);
            if (!batch.IsEmpty)
            {
                actual.AddRange(Hex(batch));
                await session.AckAsync(batch.Id);
            }
        }

        Assert.Equal(expected, actual);
    }

    private static List<string> Hex(CanalBatch batch)
    {
        var entries = new List<string>();
        foreach (Client.Entries.CanalEntry entry in batch.Entries)
        {
            entries.Add(Convert.ToHexString(entry.Bytes));
        }

        return entries;
    }

    private static byte[] Frame(long id, byte[] entry)
    {
        var messages = new Protocol.Messages { BatchId = id };
        messages.Messages_.Add(Google.Protobuf.ByteString.CopyFrom(entry));
        return Canal.Client.Wire.FrameWriter.Build(Protocol.PacketType.Messages, messages);
    }

    private static async Task DrainAsync(CanalSession session)
    {
        while (!(await session.FetchAsync(TestSessions.Wait)).IsEmpty)
        {
        }
    }

    private static async Task<List<long>> ReadOffsetsAsync(CanalSession session, int batches)
    {
        var offsets = new List<long>();
        for (int i = 0; i < batches; i++)
        {
            using CanalBatch batch = await TestSessions.NextAsync(session);
            offsets.AddRange(TestEntries.Offsets(batch));
        }

        return offsets;
    }

    /// <summary>A session that gave up a server which held its GET; the server works again.</summary>
    private async Task<CanalSession> LeaveOneGetBehindAsync(FakeTimeProvider time)
    {
        CanalSession session = await TestSessions.OpenOnceAsync(_server, o => o.RestartGrace = TimeSpan.Zero, time);
        _server.IsFrozen = true;
        Task<CanalBatch> fetch = session.FetchAsync(TimeSpan.Zero).AsTask();
        await TestSessions.AdvanceUntilOverAsync(time, fetch);
        await Assert.ThrowsAsync<CanalConnectionException>(() => fetch);
        _server.IsFrozen = false;
        return session;
    }

    /// <summary>The next fetch then meets the gap.</summary>
    private async Task ReadAndLeaveAGapAsync(CanalSession session, int taken)
    {
        Append(1);
        using (CanalBatch batch = await TestSessions.NextAsync(session))
        {
            await session.AckAsync(batch.Id);
        }

        // Not by waiting: a test's clock stands still.
        while (!(await session.FetchAsync(TimeSpan.Zero)).IsEmpty)
        {
        }

        Append([.. Enumerable.Range(2, taken + 1)]);
        for (int i = 0; i < taken; i++)
        {
            _server.TakeAsAnotherConsumer();
        }
    }

    /// <summary>Numbers far enough from their beginning to tell a restart; the batch with offset 5 is next.</summary>
    private async Task<CanalSession> OpenAndReadAsync()
    {
        Append(1, 2, 3, 4);
        CanalSession session = await TestSessions.OpenOnceAsync(_server, o => o.RestartGrace = TimeSpan.Zero);
        for (int i = 0; i < 4; i++)
        {
            using CanalBatch batch = await TestSessions.NextAsync(session);
            await session.AckAsync(batch.Id);
        }

        await DrainAsync(session);
        Append(5);
        return session;
    }

    private IEnumerable<FakeRequest> Gets() => _server.Requests.Where(r => r.Kind == "GET");

    private void Append(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            _server.Append([TestEntries.Insert(number)]);
        }
    }

    private void OnGet(int which, Action action)
    {
        int gets = 0;
        _server.BeforeRequest = request =>
        {
            if (request.Kind == "GET" && ++gets == which)
            {
                action();
            }
        };
    }
}
