using System.Diagnostics;
using System.Globalization;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>A load, a bridge and a consumer, with faults in between.</summary>
internal sealed class RestartRun : IAsyncDisposable
{
    private readonly CommittedConsumer _consumer;

    private RestartRun(string prefix, BridgeProcess bridge, CommittedConsumer consumer, Load load)
    {
        Prefix = prefix;
        Bridge = bridge;
        _consumer = consumer;
        Load = load;
    }

    public string Prefix { get; }

    public BridgeProcess Bridge { get; set; }

    public Load Load { get; }

    public static async Task<RestartRun> StartAsync(PeerStack peers, string database, params (string Name, string Value)[] options)
    {
        string prefix = $"restart_{database}";
        return await StartAsync(peers, database, prefix, BridgeProcess.Run(peers, prefix, options));
    }

    /// <summary>With a bridge that was started otherwise.</summary>
    public static async Task<RestartRun> StartAsync(PeerStack peers, string database, string prefix, BridgeProcess bridge)
    {
        await bridge.WaitUntilReadingAsync();
        var run = new RestartRun(prefix, bridge, new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}"), await Load.StartAsync(peers, database));
        await run.WaitForRowAfterAsync(0);
        return run;
    }

    /// <summary>What the consumer saw so far.</summary>
    public CommittedRecord[] Records => _consumer.Records;

    /// <summary>Waits until the load has gone on for a while.</summary>
    public async Task UntilRowAfterIsInTheTableAsync(long id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Load.LastId <= id)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Waits until a consumer sees a row inserted after the given one.</summary>
    public Task<CommittedRecord> WaitForRowAfterAsync(long id) => _consumer.WaitForAsync(
        r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() > id, () => Bridge.Output);

    /// <summary>Does harm and mends it; reports the longest silence that a consumer saw and how long after the mending rows came again.</summary>
    public async Task FaultAsync(string name, Action<string> say, Func<Task> fault)
    {
        long began = Stopwatch.GetTimestamp();
        await fault();
        long mended = Stopwatch.GetTimestamp(), mendedAt = Load.LastId;
        CommittedRecord next = await WaitForRowAfterAsync(mendedAt);
        long[] seen = [began, .. _consumer.Records.Select(r => r.SeenAt).Where(t => t > began && t <= next.SeenAt)];
        TimeSpan silence = seen.Zip(seen.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b)).DefaultIfEmpty().Max();
        TimeSpan first = Stopwatch.GetElapsedTime(mended, _consumer.Records.First(r => r.SeenAt > mended).SeenAt);
        TimeSpan caughtUp = Stopwatch.GetElapsedTime(mended, next.SeenAt);
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: longest silence {silence.TotalSeconds:F2} s; after it was mended the first row came in {first.TotalSeconds:F2} s, the backlog was read in {caughtUp.TotalSeconds:F2} s"));
    }

    /// <summary>Stops the load and compares what the consumer saw with the table.</summary>
    public async Task AssertEverythingOnceAsync()
    {
        Dictionary<string, string> expected = await Load.StopAsync();
        long last = Load.LastId;
        await _consumer.WaitForAsync(r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() == last, () => Bridge.Output);
        await SettleAsync(expected);
        CommittedRecord[] records = _consumer.Records;
        Delivery.AssertExactlyOnceAndInOrder(records);
        Assert.Equal(last, records.Count(r => r.Operation == "c"));
        Assert.Equal(Load.Changes, records.Count(r => !r.IsTombstone));
        Assert.Equal(expected, Mirror(records));
    }

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await _consumer.DisposeAsync();
        await Bridge.DisposeAsync();
    }

    private static Dictionary<string, string> Mirror(CommittedRecord[] records)
    {
        var rows = new Dictionary<string, string>();
        foreach (CommittedRecord record in records.Where(r => !r.IsTombstone))
        {
            if (record.Operation == "d")
            {
                rows.Remove(record.Key!);
            }
            else
            {
                rows[record.Key!] = record.After.GetProperty("value").GetRawText();
            }
        }

        return rows;
    }

    /// <summary>The last transaction's updates and deletes follow its inserts, perhaps in a later Kafka transaction.</summary>
    private async Task SettleAsync(Dictionary<string, string> expected)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20))
        {
            await _consumer.ReadToEndAsync();
            Dictionary<string, string> mirror = Mirror(_consumer.Records);
            if (mirror.Count == expected.Count && expected.All(row => mirror.GetValueOrDefault(row.Key) == row.Value))
            {
                return;
            }

            await Task.Delay(20);
        }
    }
}
