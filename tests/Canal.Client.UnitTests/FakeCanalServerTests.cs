using Canal.Client.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Canal.Client.UnitTests;

/// <summary>The stand-in keeps to what was observed on a real server.</summary>
public sealed class FakeCanalServerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Waiting_get_takes_its_full_time_unless_the_size_is_there()
    {
        var time = new FakeTimeProvider();
        await using var server = new FakeCanalServer("example", time);
        server.Append([TestEntries.Insert(1)]);
        await using CanalConnection connection = await SubscribedAsync(server);

        Task<CanalBatch> get = connection.GetWithoutAckAsync(1, TimeSpan.FromMilliseconds(500));
        await TestSessions.UntilAsync(() => server.Requests[^1].Kind == "GET");
        bool early = get.IsCompleted;
        while (!get.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1);
        }

        using CanalBatch batch = await get;
        Assert.Equal((false, 1), (early, batch.Count));
    }

    [Fact(Timeout = 60_000)]
    public async Task Waiting_get_returns_at_once_when_one_kib_is_there()
    {
        await using var server = new FakeCanalServer("example", new FakeTimeProvider());
        await using CanalConnection connection = await SubscribedAsync(server);
        Task<CanalBatch> get = connection.GetWithoutAckAsync(1, TimeSpan.FromMilliseconds(500));

        server.Append([TestEntries.Insert(1, padBytes: 1100)]);

        using CanalBatch batch = await get;
        Assert.Equal(1, batch.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Fetch_size_is_exceeded_by_at_most_one_entry()
    {
        await using var server = new FakeCanalServer("example") { KeepBatches = false };
        server.Append(Enumerable.Range(1, 10).Select(n => TestEntries.Insert(n, padBytes: 600)));
        await using CanalConnection connection = await SubscribedAsync(server);

        using CanalBatch batch = await connection.GetWithoutAckAsync(1);

        Assert.Equal(2, batch.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ring_gives_no_more_until_something_is_acked()
    {
        await using var server = new FakeCanalServer("example") { RingBytes = 1 };
        server.Append([TestEntries.Insert(1)]);
        server.Append([TestEntries.Insert(2)]);
        await using CanalConnection connection = await SubscribedAsync(server);

        using CanalBatch first = await connection.GetWithoutAckAsync(1000);
        CanalBatch full = await connection.GetWithoutAckAsync(1000);
        await connection.AckAsync(first.Id);
        using CanalBatch second = await connection.GetWithoutAckAsync(1000);

        Assert.Equal((true, 2L), (full.IsEmpty, second.Id));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(3, "is not the firstly:1")]
    [InlineData(9, "is not exist")]
    [InlineData(0, "should assign value")]
    public async Task Wrong_ack_is_refused_with_the_servers_words(long id, string words)
    {
        await using var server = new FakeCanalServer("example");
        await using CanalConnection connection = await SubscribedAsync(server);
        for (int n = 1; n <= 3; n++)
        {
            server.Append([TestEntries.Insert(n)]);
            (await connection.GetWithoutAckAsync(1000)).Dispose();
        }

        await connection.AckAsync(id);

        var e = await Assert.ThrowsAsync<CanalServerException>(() => connection.GetWithoutAckAsync(1000));
        Assert.Contains(words, e.ServerText, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Other_destination_should_start_first()
    {
        await using var server = new FakeCanalServer("example");
        await using CanalConnection connection = await TestSessions.ConnectAsync(server, o => o.Destination = "other");

        var e = await Assert.ThrowsAsync<CanalServerException>(() => connection.SubscribeAsync());

        Assert.True(e.IsDestinationNotRunning);
    }

    [Fact(Timeout = 60_000)]
    public async Task Repetitions_have_rising_positions()
    {
        await using var server = new FakeCanalServer("example");
        long rows = await server.LoadAsync(File.OpenRead(TestEntries.FramePath("mariadb-01-basics.frames")), repeat: 3);
        server.Complete();
        await using CanalSession session = await TestSessions.OpenOnceAsync(server);

        BinlogPosition last = default;
        int disorder = 0, entries = 0;
        while (!server.Drained.IsCompleted)
        {
            using CanalBatch batch = await session.FetchAsync(TestSessions.Wait);
            foreach (Client.Entries.CanalEntry entry in batch.Entries)
            {
                var position = new BinlogPosition(System.Text.Encoding.UTF8.GetString(entry.Header.LogfileName), entry.Header.LogfileOffset);
                disorder += entries++ > 0 && last.CompareTo(position) != BinlogOrder.Before ? 1 : 0;
                last = position;
            }

            if (!batch.IsEmpty)
            {
                await session.AckAsync(batch.Id);
            }
        }

        Assert.Equal(0, disorder);
        Assert.Equal(0, rows % 3);
        Assert.True(entries > 0 && entries % 3 == 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pace_follows_the_clock()
    {
        var time = new FakeTimeProvider();
        await using var server = new FakeCanalServer("example", time) { EntriesPerSecond = 10 };
        for (int n = 1; n <= 5; n++)
        {
            server.Append([TestEntries.Insert(n)]);
        }

        await using CanalConnection connection = await SubscribedAsync(server);
        var counts = new List<int>();
        for (int tick = 0; tick < 3; tick++)
        {
            using CanalBatch batch = await connection.GetWithoutAckAsync(1000);
            using CanalBatch none = await connection.GetWithoutAckAsync(1000);
            counts.Add(batch.Count + none.Count);
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal([1, 1, 1], counts);
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposal_ends_listener_and_connections()
    {
        var server = new FakeCanalServer("example");
        await using CanalConnection connection = await SubscribedAsync(server);

        await server.DisposeAsync();

        Assert.Equal(0, server.OpenConnections);
        await Assert.ThrowsAsync<CanalConnectionException>(() => TestSessions.ConnectAsync(server));
    }

    private static async Task<CanalConnection> SubscribedAsync(FakeCanalServer server)
    {
        CanalConnection connection = await TestSessions.ConnectAsync(server);
        await connection.SubscribeAsync();
        return connection;
    }
}
