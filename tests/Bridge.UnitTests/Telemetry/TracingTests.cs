using System.Diagnostics;
using CanalBridge.Telemetry;

namespace CanalBridge.UnitTests.Telemetry;

public sealed class TracingTests : IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = static source => source.Name == BridgeTracing.SourceName,
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    };

    public TracingTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Span_of_a_transaction_is_no_child_of_the_batch_that_opened_it()
    {
        using Activity batch = BridgeTracing.StartBatch("example", 7, 3)!;

        using Activity transaction = BridgeTracing.StartTransaction("example")!;

        Assert.Null(transaction.ParentId);
        Assert.Equal(batch, Activity.Current);
    }
}
