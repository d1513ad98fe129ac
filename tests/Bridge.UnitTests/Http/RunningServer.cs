using System.Net;
using System.Net.Sockets;
using CanalBridge.Health;
using CanalBridge.Http;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using CanalBridge.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CanalBridge.UnitTests.Http;

/// <summary>The HTTP side on a free port, with one destination that the test drives.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public static readonly TimeSpan LivenessTimeout = TimeSpan.FromMinutes(2);
    private readonly IAsyncDisposable _server;
    private readonly CancellationTokenSource _stop;

    private RunningServer(IAsyncDisposable server, int port, DestinationHealth health, FakeTimeProvider time, CancellationTokenSource stop)
    {
        _server = server;
        _stop = stop;
        Port = port;
        Health = health;
        Time = time;
        Client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };
    }

    public int Port { get; }

    public DestinationHealth Health { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(string address = "localhost")
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        var health = new DestinationHealth("shop", Guid.Parse("11111111-2222-3333-4444-555555555555"), time);
        var stop = new CancellationTokenSource();
        int port = FreePort.Next();
        IAsyncDisposable? server = await HttpSide.StartAsync(
            new HttpOptions { Port = port, Address = address }, Source(health, time, stop.Token), NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        return new RunningServer(server!, port, health, time, stop);
    }

    public static StatusSource Source(DestinationHealth health, TimeProvider time, CancellationToken stopping) => new()
    {
        Destinations = [health],
        Program = new ProgramInfo(time.GetUtcNow(), "0123abcd", 64 << 20),
        LivenessTimeout = LivenessTimeout,
        Time = time,
        Stopping = stopping,
    };

    /// <summary>Owner of the destination, subscribed, one batch of 5 rows committed and settled: 3 records, 1 filtered, 1 duplicate.</summary>
    public void Run()
    {
        Health.Enter(DestinationState.Fencing);
        Health.Own(position: null, Time.GetUtcNow());
        Health.Enter(DestinationState.Connecting);
        Health.Connected("canal:11111");
        Health.Took(received: 5, filtered: 1, duplicates: 1, records: 3, sourceLag: TimeSpan.FromSeconds(2), inFlight: 3, unackedBatches: 1);
        Health.Committed(3, "mysql-bin.000001:4242", TimeSpan.FromSeconds(2));
        Health.Settled();
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Code, string Text)> ReadAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Stop() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }
}
