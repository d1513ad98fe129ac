using CanalBridge.Options;
using CanalBridge.Source;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.UnitTests.Source;

public sealed class SourceTablesTests
{
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
