using Canal.Client;
using Canal.Client.Testing;
using CanalBridge.Loop.Fetch;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Loop.Fetch;

public sealed class BatchFetcherTests : IAsyncDisposable
{
    private readonly string _destination = $"d{Guid.NewGuid():N}";
    private readonly FakeCanalServer _first;
    private readonly FakeCanalServer _second;
    private readonly CanalOptions _options;
    private readonly BatchFetcher _fetcher;
    private readonly MetricCollector<long> _refusals = new(meterScope: null, BridgeMetrics.MeterName, "canal_bridge.canal.errors");
    private readonly TaskCompletionSource<string> _told = new();

    public BatchFetcherTests()
    {
        _first = new FakeCanalServer(_destination);
        _second = new FakeCanalServer(_destination);
        _options = new CanalOptions { Endpoints = $"{_first.Endpoint},{_second.Endpoint}", Destination = _destination };
        _fetcher = new BatchFetcher(_options, new BridgeMetrics(_options.Destination!), TimeProvider.System, NullLogger.Instance);
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

    [Fact]
    public async Task Only_the_first_session_of_a_process_waits_before_its_subscription()
    {
        var time = new FakeTimeProvider();
        _options.FirstGrace = BatchFetcher.StartGrace;
        await using var first = new BatchFetcher(_options, new BridgeMetrics(_options.Destination!), time, NullLogger.Instance);
        await using var next = new BatchFetcher(_options, new BridgeMetrics(_options.Destination!), time, NullLogger.Instance);

        Task connecting = first.ConnectAsync("nowhere", TestContext.Current.CancellationToken);
        while (_first.Requests.Count == 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await Task.WhenAny(connecting, Task.Delay(200, TestContext.Current.CancellationToken));
        bool early = connecting.IsCompleted;
        while (!connecting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await connecting;
        await first.CloseAsync();
        await next.ConnectAsync("nowhere", TestContext.Current.CancellationToken);

        Assert.Equal((false, TimeSpan.Zero), (early, _options.FirstGrace));
        Assert.InRange(BatchFetcher.StartGrace, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Successor_of_a_fetcher_whose_session_was_lost_waits_again()
    {
        await _fetcher.ConnectAsync("nowhere", TestContext.Current.CancellationToken);
        _first.CutConnections();
        await Assert.ThrowsAsync<CanalConnectionException>(() => _fetcher.FetchAsync(TimeSpan.Zero, TestContext.Current.CancellationToken).AsTask());

        await _fetcher.CloseAsync();

        Assert.Equal(TimeSpan.FromSeconds(1), _options.FirstGrace);
    }

    private int Refusals() => (int)_refusals.GetMeasurementSnapshot().Where(m => Equals(m.Tags["canal_bridge.destination"], _destination)).Sum(m => m.Value);
}
