using CanalBridge.Health;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Health;

public sealed class DestinationHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DestinationHealth _health;

    public DestinationHealthTests() => _health = new DestinationHealth("example", Guid.NewGuid(), _time);

    [Fact]
    public void Lag_is_zero_once_all_that_canal_gave_is_committed()
    {
        _health.Connected("canal:11111");
        Take(rows: 3);
        _health.Committed(3, "bin.1:100", TimeSpan.FromSeconds(2));
        _health.Settled();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), _health.Read().DeliveryLag);

        _health.CaughtUp("bin.1:100");

        Assert.Equal(TimeSpan.Zero, _health.Read().DeliveryLag);
    }

    [Fact]
    public void Lag_of_a_quiet_source_stays_zero()
    {
        _health.Connected("canal:11111");
        _health.CaughtUp("bin.1:100");

        _time.Advance(TimeSpan.FromHours(8));

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromHours(8)), (_health.Read().DeliveryLag, _health.Read().SourceSilence));
    }

    [Fact]
    public void Lag_grows_from_the_moment_that_the_session_is_lost()
    {
        _health.Connected("canal:11111");
        _health.CaughtUp("bin.1:100");
        _time.Advance(TimeSpan.FromMinutes(1));
        _health.CaughtUp("bin.1:100");

        _health.Failed("gone");
        _health.Enter(DestinationState.Connecting);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(TimeSpan.FromMinutes(2), _health.Read().DeliveryLag);
    }

    [Fact]
    public void Lag_of_a_backlog_is_the_age_of_its_newest_committed_row()
    {
        _time.Advance(TimeSpan.FromHours(2));
        _health.Connected("canal:11111");
        Take(rows: 1);
        _health.Committed(1, "bin.1:100", TimeSpan.FromHours(1));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new TimeSpan(1, 0, 1), _health.Read().DeliveryLag);
    }

    [Fact]
    public void Lag_after_a_restart_counts_from_where_the_earlier_process_left_off()
    {
        _health.Own("bin.1:100", _time.GetUtcNow() - TimeSpan.FromHours(6));
        Assert.Equal((TimeSpan.FromHours(6), "bin.1:100"), (_health.Read().DeliveryLag, _health.Read().Position));
        _health.Connected("canal:11111");

        _health.CaughtUp(position: null);

        Assert.Equal((TimeSpan.Zero, "bin.1:100"), (_health.Read().DeliveryLag, _health.Read().Position));
    }

    [Fact]
    public void Rows_that_are_all_left_out_are_not_late()
    {
        _time.Advance(TimeSpan.FromHours(1));
        _health.Connected("canal:11111");
        _health.Took(5, filtered: 5, duplicates: 0, records: 0, sourceLag: TimeSpan.FromSeconds(1), inFlight: 0, unackedBatches: 1);

        _health.Passed(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(1), _health.Read().DeliveryLag);
    }

    [Fact]
    public void What_failed_does_not_seem_to_stop()
    {
        _health.Enter(DestinationState.Failed);

        _health.Enter(DestinationState.Stopping);

        Assert.Equal(DestinationState.Failed, _health.Read().State);
    }

    [Fact]
    public void Oldest_batch_without_ack_tells_its_age()
    {
        Take(rows: 1, unacked: 1);
        _time.Advance(TimeSpan.FromSeconds(3));
        Take(rows: 1, unacked: 2);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((2, TimeSpan.FromSeconds(7)), (_health.Read().UnackedBatches, _health.Read().OldestUnacked));

        _health.Settled();

        Assert.Equal((0, TimeSpan.Zero), (_health.Read().UnackedBatches, _health.Read().OldestUnacked));
    }

    [Fact]
    public void Every_row_is_accounted_for()
    {
        _health.Took(10, filtered: 2, duplicates: 3, records: 5, sourceLag: null, inFlight: 5, unackedBatches: 1);
        Assert.Equal(0, _health.Read().Rows.Unaccounted);
        _health.Committed(5, "bin.1:100", TimeSpan.Zero);
        Assert.Equal(0, _health.Read().Rows.Unaccounted);
        _health.Took(4, filtered: 0, duplicates: 0, records: 4, sourceLag: null, inFlight: 4, unackedBatches: 1);

        _health.Returned(4);

        Assert.Equal(new RowBalance(14, 5, 2, 3, 4, 0), _health.Read().Rows);
        Assert.Equal(0, _health.Read().Rows.Unaccounted);
    }

    [Fact]
    public void A_row_that_was_neither_committed_nor_returned_shows()
    {
        _health.Took(2, filtered: 0, duplicates: 0, records: 2, sourceLag: null, inFlight: 2, unackedBatches: 1);
        _health.Committed(1, "bin.1:100", TimeSpan.Zero);

        Assert.Equal(1, _health.Read().Rows.Unaccounted);
    }

    [Fact]
    public void A_destination_that_stops_does_not_seem_to_run_again()
    {
        _health.Enter(DestinationState.Stopping);

        _health.Connected("canal:11111");

        Assert.Equal(DestinationState.Stopping, _health.Read().State);
    }

    [Fact]
    public void Loop_that_stands_still_is_seen()
    {
        _health.Beat();
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(3), _health.Read().SinceBeat);

        _health.Beat();

        Assert.Equal(TimeSpan.Zero, _health.Read().SinceBeat);
    }

    private void Take(int rows, int unacked = 1) => _health.Took(rows, filtered: 0, duplicates: 0, records: rows, sourceLag: TimeSpan.Zero, inFlight: rows, unackedBatches: unacked);
}
