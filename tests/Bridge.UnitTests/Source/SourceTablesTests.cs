using CanalBridge.Options;
using CanalBridge.Source;
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

    [Fact]
    public void Stop_ends_the_asking_at_once()
    {
        var source = new SourceTables(new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1" }, TimeProvider.System, NullLogger.Instance) { Stop = new CancellationToken(canceled: true) };

        Assert.Throws<OperationCanceledException>(() => source.ShowCreateTable("shop", "orders"));
    }

    [Fact]
    public void Source_that_cannot_be_reached_ends_the_bridge_without_telling_the_password()
    {
        var options = new SourceOptions { ConnectionString = "Server=127.0.0.1;Port=1;User ID=reader;Password=hidden", Timeout = TimeSpan.Zero };
        var source = new SourceTables(options, TimeProvider.System, NullLogger.Instance);

        var fault = Assert.Throws<SourceUnavailableException>(() => source.ShowCreateTable("shop", "orders"));

        Assert.Equal(ExitCode.Source, ExitCode.Of(fault));
        Assert.Contains("127.0.0.1:1 for the definition of shop.orders", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }
}
