using Canal.Client.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Canal.Client.UnitTests;

/// <summary>Options and sessions against the stand-in, and waits for conditions.</summary>
internal static class TestSessions
{
    public static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(5);

    public static CanalClientOptions Options(params FakeCanalServer[] servers) => new()
    {
        Endpoints = [.. servers.Select(s => s.Endpoint)],
        Destination = servers[0].Destination,
        ReconnectDelay = TimeSpan.FromMilliseconds(1),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(1),
    };

    /// <summary>One attempt, so that a failure shows.</summary>
    public static Task<CanalSession> OpenOnceAsync(FakeCanalServer server, Action<CanalClientOptions>? change = null, TimeProvider? time = null)
    {
        CanalClientOptions options = Options(server);
        change?.Invoke(options);
        return CanalSession.OpenAtAsync(
            server.Endpoint, options, new SessionHistory(options, time ?? TimeProvider.System), TimeSpan.Zero, NullLogger.Instance, time ?? TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public static Task<CanalConnection> ConnectAsync(FakeCanalServer server, Action<CanalClientOptions>? change = null, TimeProvider? time = null)
    {
        CanalClientOptions options = Options(server);
        change?.Invoke(options);
        return CanalConnection.ConnectAsync(server.Endpoint, options, time ?? TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>Returns when it holds; the test's own time limit ends a wait in vain.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock on until the task is over.</summary>
    public static async Task AdvanceUntilOverAsync(FakeTimeProvider time, Task task)
    {
        while (!task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(1, TestContext.Current.CancellationToken));
        }
    }

    public static async Task<CanalBatch> NextAsync(CanalSession session)
    {
        while (true)
        {
            CanalBatch batch = await session.FetchAsync(Wait, TestContext.Current.CancellationToken);
            if (!batch.IsEmpty)
            {
                return batch;
            }
        }
    }
}
