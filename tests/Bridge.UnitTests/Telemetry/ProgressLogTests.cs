using CanalBridge.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Telemetry;

public sealed class ProgressLogTests
{
    private const int Progress = 4014, Recovered = 4015;
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();
    private readonly ProgressLog _progress;

    public ProgressLogTests() => _progress = new ProgressLog("example", _time, new FakeLogger(_logs));

    [Fact]
    public void Within_the_first_ten_seconds_nothing_is_said()
    {
        _time.Advance(TimeSpan.FromSeconds(9.9));

        Commit(1);

        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void First_line_comes_after_ten_seconds_and_sums_up_all_commits()
    {
        Commit(2);
        _time.Advance(TimeSpan.FromSeconds(5));
        Commit(3);
        _time.Advance(TimeSpan.FromSeconds(5));

        _progress.Committed(5, "mysql-bin.000007:300", TimeSpan.FromSeconds(4));

        FakeLogRecord line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((Progress, LogLevel.Information), (line.Id.Id, line.Level));
        Assert.Equal("Destination example: 10 records in 3 Kafka transactions since the last such line, up to mysql-bin.000007:300, 4 s behind the source", line.Message);
    }

    [Fact]
    public void What_was_committed_before_a_silence_is_told_in_it()
    {
        Commit(3);
        _time.Advance(TimeSpan.FromSeconds(10));

        _progress.Idle("mysql-bin.000007:100");

        Assert.Equal("3", Assert.Single(Logged(Progress)).GetStructuredStateValue("Records"));
    }

    [Fact]
    public void Time_without_a_commit_says_nothing()
    {
        Commit(1);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void Many_commits_give_at_most_one_line_a_minute()
    {
        // Ten seconds, five minutes and 59 seconds.
        for (int i = 0; i < 10 + 359; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Commit(1);
        }

        Assert.Equal(["10", "60", "60", "60", "60", "60"], Logged(Progress).Select(line => line.GetStructuredStateValue("Records")));
    }

    [Fact]
    public void Next_minute_begins_with_the_line_not_with_the_minute()
    {
        _time.Advance(TimeSpan.FromSeconds(100));
        Commit(1);

        _time.Advance(TimeSpan.FromSeconds(59));
        Commit(1);

        Assert.Single(Logged(Progress));
    }

    [Fact]
    public void Without_trouble_no_recovery_is_told()
    {
        _time.Advance(TimeSpan.FromMinutes(1));

        Commit(1);

        Assert.Empty(Logged(Recovered));
    }

    [Fact]
    public void First_commit_after_trouble_tells_how_long_it_took()
    {
        _progress.Trouble();
        _time.Advance(TimeSpan.FromSeconds(12.5));

        _progress.AllIsWell("mysql-bin.000007:300");

        FakeLogRecord line = Assert.Single(Logged(Recovered));
        Assert.Equal((Recovered, LogLevel.Information), (line.Id.Id, line.Level));
        Assert.Equal("Destination example has recovered, 12.5 s after the last sign that all was well, at mysql-bin.000007:300", line.Message);
    }

    [Fact]
    public void Canal_that_answers_ends_the_trouble_of_a_quiet_source()
    {
        _time.Advance(TimeSpan.FromSeconds(20));
        _progress.Idle("mysql-bin.000007:300");
        _time.Advance(TimeSpan.FromSeconds(4));
        _progress.Trouble();
        _time.Advance(TimeSpan.FromSeconds(1));

        _progress.Idle("mysql-bin.000007:300");

        Assert.Contains("5.0 s after", Assert.Single(Logged(Recovered)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovery_is_told_once()
    {
        _progress.Trouble();
        Commit(1);

        Commit(1);

        Assert.Single(Logged(Recovered));
    }

    [Fact]
    public void Several_troubles_count_from_the_first()
    {
        _progress.Trouble();
        _time.Advance(TimeSpan.FromSeconds(5));
        _progress.Trouble();
        _time.Advance(TimeSpan.FromSeconds(2));

        Commit(1);

        Assert.Contains("7.0 s after", Assert.Single(Logged(Recovered)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trouble_counts_from_the_last_commit_before_it_was_noticed()
    {
        _progress.Trouble();
        _time.Advance(TimeSpan.FromSeconds(5));
        Commit(1);
        _time.Advance(TimeSpan.FromSeconds(10));

        _progress.Trouble();
        _time.Advance(TimeSpan.FromSeconds(3));
        Commit(1);

        Assert.Contains("13.0 s after", Logged(Recovered)[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_that_recovers_counts_into_the_progress()
    {
        _progress.Trouble();
        _time.Advance(TimeSpan.FromMinutes(1));

        Commit(7);

        Assert.Equal([Progress, Recovered], _logs.GetSnapshot().Select(r => r.Id.Id));
        Assert.Equal("7", Logged(Progress)[0].GetStructuredStateValue("Records"));
    }

    [Fact]
    public void Commit_alone_ends_no_trouble()
    {
        _progress.Trouble();

        _progress.Committed(1, "mysql-bin.000007:300", TimeSpan.FromSeconds(1));

        Assert.Empty(Logged(Recovered));
    }

    private void Commit(int records)
    {
        _progress.Committed(records, "mysql-bin.000007:100", TimeSpan.FromSeconds(1));
        _progress.AllIsWell("mysql-bin.000007:100");
    }

    private FakeLogRecord[] Logged(int id) => [.. _logs.GetSnapshot().Where(r => r.Id.Id == id)];
}
