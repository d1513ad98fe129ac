using CanalBridge.Options;
using CanalBridge.Source;
using CanalBridge.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace CanalBridge.UnitTests.Source;

public sealed class SourceTablesTests
{
    [Fact]
    public void Source_that_cannot_be_reached_is_told_at_the_start()
    {
        var logs = new FakeLogCollector();

        new SourceTables(new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1;Password=hidden" }, TimeProvider.System, new FakeLogger(logs)).Probe();

        FakeLogRecord line = Assert.Single(logs.GetSnapshot());
        Assert.Equal(3011, line.Id.Id);
        Assert.DoesNotContain("hidden", line.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client_ed25519")]
    [InlineData("mysql_old_password")]
    [InlineData("of_the_future")]
    public async Task Account_that_logs_in_in_an_unknown_way_is_told_at_the_start_and_stops_the_bridge_where_it_is_needed(string method)
    {
        await using var server = new LoginStandIn(method);
        var logs = new FakeLogCollector();
        var source = new SourceTables(
            new SourceOptions { ConnectionString = $"Server=127.0.0.1;Port={server.Port};User ID=reader;Password=hidden;SslMode=None" }, TimeProvider.System, new FakeLogger(logs));

        source.Probe(TestContext.Current.CancellationToken);
        Assert.Null(source.DatabaseCharset("shop", TestContext.Current.CancellationToken));
        var fault = Assert.Throws<SourceUnavailableException>(() => source.ShowCreateTable("shop", "orders", "id int", TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.Source, ExitCode.Of(fault));
        Assert.Contains("mysql_native_password", fault.Message, StringComparison.Ordinal);
        FakeLogRecord line = Assert.Single(logs.GetSnapshot());
        Assert.Equal(3011, line.Id.Id);
        Assert.Contains("mysql_native_password", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_ends_the_probe_without_a_word()
    {
        var logs = new FakeLogCollector();

        new SourceTables(new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1" }, TimeProvider.System, new FakeLogger(logs)).Probe(new CancellationToken(canceled: true));

        Assert.Empty(logs.GetSnapshot());
    }

    [Fact]
    public void Stop_ends_the_asking_at_once()
    {
        var source = new SourceTables(new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1" }, TimeProvider.System, NullLogger.Instance);

        Assert.Throws<OperationCanceledException>(() => source.ShowCreateTable("shop", "orders", "id int", new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Stop_ends_a_wait_for_the_source()
    {
        var source = new SourceTables(new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1", Timeout = TimeSpan.FromMinutes(1) }, TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.Throws<OperationCanceledException>(() => source.ShowCreateTable("shop", "orders", "id int", stop.Token));
    }

    [Fact]
    public void Wait_for_the_source_is_told_at_each_attempt_and_its_reason_once()
    {
        var logs = new FakeLogCollector();
        var witness = new FakeWitness();
        var options = new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1;Password=hidden", Timeout = TimeSpan.FromMilliseconds(1500) };
        var source = new SourceTables(options, TimeProvider.System, new FakeLogger(logs), witness);

        Assert.Throws<SourceUnavailableException>(() => source.ShowCreateTable("shop", "orders", "id int"));

        Assert.True(witness.Turns >= 2);
        string reason = Assert.Single(witness.Reasons);
        Assert.Contains("shop.orders", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", reason, StringComparison.Ordinal);
        Assert.Equal(3010, Assert.Single(logs.GetSnapshot()).Id.Id);
    }

    [Fact]
    public void Source_that_cannot_be_reached_ends_the_bridge_without_telling_the_password()
    {
        var options = new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1;User ID=reader;Password=hidden", Timeout = TimeSpan.Zero };
        var source = new SourceTables(options, TimeProvider.System, NullLogger.Instance);

        var fault = Assert.Throws<SourceUnavailableException>(() => source.ShowCreateTable("shop", "orders", "id int"));

        Assert.Equal(ExitCode.Source, ExitCode.Of(fault));
        Assert.Contains("127.0.0.1:1 for the definition of shop.orders", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }
}
