using Canal.Client.Testing;
using CanalBridge.Fetch;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CanalBridge.UnitTests.Fetch;

public sealed class BatchFetcherTests : IAsyncDisposable
{
    private readonly string _destination = $"d{Guid.NewGuid():N}";
    private readonly FakeCanalServer _first;
    private readonly FakeCanalServer _second;
    private readonly BatchFetcher _fetcher;
    private readonly MetricCollector<long> _refusals = new(meterScope: null, BridgeMetrics.MeterName, "canal_bridge.canal.errors");
    private readonly TaskCompletionSource<string> _told = new();

    public BatchFetcherTests()
    {
        _first = new FakeCanalServer(_destination);
        _second = new FakeCanalServer(_destination);
        _fetcher = new BatchFetcher(new CanalOptions { Endpoints = $"{_first.Endpoint},{_second.Endpoint}", Destination = _destination }, TimeProvider.System, NullLogger.Instance);
        _fetcher.NoSession += reason => _told.TrySetResult(reason);
    }

    public async ValueTask DisposeAsync()
    {
        await _fetcher.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _refusals.Dispose();
    }

    [Fact]
    public async Task Standby_that_refuses_is_no_trouble()
    {
        _first.IsRunning = false;

        await _fetcher.ConnectAsync("nowhere", TestContext.Current.CancellationToken);

        Assert.Equal((_second.Endpoint, false, 0), (_fetcher.Session.Endpoint, _told.Task.IsCompleted, Refusals()));
    }

    [Fact]
    public async Task Round_without_a_session_is_told_and_counted()
    {
        _first.IsRunning = _second.IsRunning = false;

        Task connecting = _fetcher.ConnectAsync("nowhere", TestContext.Current.CancellationToken);
        string reason = await _told.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        int refusals = Refusals();
        _second.IsRunning = true;
        await connecting;

        Assert.Contains("should start first", reason, StringComparison.Ordinal);
        Assert.Contains(_second.Endpoint.ToString(), reason, StringComparison.Ordinal);
        Assert.True(refusals > 0);
    }

    private int Refusals() => (int)_refusals.GetMeasurementSnapshot().Where(m => Equals(m.Tags["canal_bridge.destination"], _destination)).Sum(m => m.Value);
}
