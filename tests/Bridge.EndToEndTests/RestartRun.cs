using System.Diagnostics;
using System.Globalization;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A load, a bridge and a consumer, with faults in between.</summary>
internal sealed class RestartRun : IAsyncDisposable
{
    private readonly PeerStack _peers;
    private readonly CommittedConsumer _consumer;
    private readonly List<string> _said = [];
    private (string Name, string Value)[] _options = [];

    private RestartRun(PeerStack peers, string prefix, BridgeProcess bridge, CommittedConsumer consumer, Load load)
    {
        _peers = peers;
        Prefix = prefix;
        Bridge = bridge;
        _consumer = consumer;
        Load = load;
    }

    public string Prefix { get; }

    public BridgeProcess Bridge { get; set; }

    public Load Load { get; }

    public static Task<RestartRun> StartAsync(PeerStack peers, string database, params (string Name, string Value)[] options) =>
        StartAsync(peers, database, noteLength: 0, options);

    /// <summary>With rows of that length, which fill a binlog file the sooner.</summary>
    public static async Task<RestartRun> StartAsync(PeerStack peers, string database, int noteLength, params (string Name, string Value)[] options)
    {
        string prefix = $"restart_{database}";
        RestartRun run = await StartAsync(peers, database, prefix, BridgeProcess.Run(peers, prefix, options), noteLength);
        run._options = options;
        return run;
    }

    /// <summary>With a bridge that was started otherwise.</summary>
    public static async Task<RestartRun> StartAsync(PeerStack peers, string database, string prefix, BridgeProcess bridge, int noteLength = 0)
    {
        await bridge.WaitUntilReadingAsync();
        var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
        var run = new RestartRun(peers, prefix, bridge, consumer, await Load.StartAsync(peers, database, noteLength));
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
    public async Task<CommittedRecord> WaitForRowAfterAsync(long id)
    {
        try
        {
            return await _consumer.WaitForAsync(
                r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() > id, () => Bridge.Output, () => Bridge.HasExited);
        }
        catch
        {
            Keep();
            throw;
        }
    }

    /// <summary>Waits until Canal has written a cursor, a second after the first ack: killed before, it has none to go on from.</summary>
    public async Task WaitForCursorAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!_peers.ReadCanalCursor().Contains("journalName", StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>SIGKILL, and the end waited for.</summary>
    public async Task KillBridgeAsync()
    {
        Bridge.Kill();
        await Bridge.WaitForExitAsync();
        _said.Add(Bridge.Output);
        await Bridge.DisposeAsync();
    }

    /// <summary>The next process, with the options of the first and further ones.</summary>
    public void StartBridge(params (string Name, string Value)[] options) => Bridge = BridgeProcess.Run(_peers, Prefix, [.. _options, .. options]);

    public async Task RestartBridgeAsync()
    {
        await KillBridgeAsync();
        StartBridge();
    }

    /// <summary>Does harm and mends it; reports the longest silence that a consumer saw and how long after the mending rows came again.</summary>
    public async Task FaultAsync(string name, Action<string> say, Func<Task> fault)
    {
        long began = Stopwatch.GetTimestamp();
        await fault();
        long mended = Stopwatch.GetTimestamp(), mendedAt = Load.LastId;
        CommittedRecord next = await WaitForRowAfterAsync(mendedAt);
        long[] seen = [began, .. _consumer.Records.Select(r => r.SeenAt).Where(t => t > began && t <= next.SeenAt)];
        TimeSpan silence = seen.Zip(seen.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b)).DefaultIfEmpty().Max();
        // A row may be seen before the load knows that it is committed: then nothing was late.
        long nextSeen = Math.Max(mended, next.SeenAt);
        TimeSpan first = Stopwatch.GetElapsedTime(mended, _consumer.Records.Select(r => r.SeenAt).FirstOrDefault(t => t > mended, nextSeen));
        TimeSpan caughtUp = Stopwatch.GetElapsedTime(mended, nextSeen);
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: longest silence {silence.TotalSeconds:F2} s; after it was mended the first row came in {first.TotalSeconds:F2} s, the backlog was read in {caughtUp.TotalSeconds:F2} s"));
    }

    /// <summary>Stops the load and compares what the consumer saw with the table.</summary>
    /// <param name="byPosition">The records' positions rise for each key, too: not so where servers change or events share a position.</param>
    public async Task AssertEverythingOnceAsync(bool byPosition = true)
    {
        try
        {
            await CompareAsync(byPosition);
        }
        catch
        {
            Keep();
            throw;
        }
    }

    /// <summary>What all bridges and Canal said and what the consumer saw, for whoever looks for the cause.</summary>
    private void Keep()
    {
        string file = Path.Combine(Repository.Root, "artifacts", Prefix);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllLines($"{file}.log", [.. _said, Bridge.Output]);
        File.WriteAllText($"{file}.canal.log", _peers.CanalLog);
        File.WriteAllLines($"{file}.records", _consumer.Records.Where(static r => !r.IsTombstone).Select(static r => $"{r.Operation} {r.Key} {System.Text.Encoding.UTF8.GetString(r.Value!)}"));
    }

    private async Task CompareAsync(bool byPosition)
    {
        Dictionary<string, string> expected = await Load.StopAsync();
        long last = Load.LastId;
        await _consumer.WaitForAsync(r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() == last, () => Bridge.Output, () => Bridge.HasExited);
        await SettleAsync(expected);
        CommittedRecord[] records = _consumer.Records;
        Delivery.AssertExactlyOnceAndInOrder(records, byPosition);
        AssertValuesInOrder(records);
        Assert.Equal(last, records.Count(r => r.Operation == "c"));
        Assert.Equal(Load.Changes, records.Count(r => !r.IsTombstone));
        Assert.Equal(expected, Mirror(records));
    }

    /// <summary>Every record must name a place where the source itself has an event with rows; to be asked before the binlog is purged.</summary>
    public async Task AssertTruePositionsAsync()
    {
        await using MySqlConnection connection = await _peers.ConnectAsync();
        await AssertTruePositionsAsync(connection, insertedBehind: 0);
    }

    /// <summary>The same for the rows inserted behind one, and the server that they were read from.</summary>
    public async Task AssertTruePositionsAsync(MySqlConnection source, long insertedBehind)
    {
        // Before the source is asked: the load goes on.
        CommittedRecord[] records = _consumer.Records;
        HashSet<(string File, long Offset)> events = await BinlogEvents.OfRowsAsync(source);
        CommittedRecord[] rows = [.. records.Where(r => insertedBehind == 0 ? !r.IsTombstone : r.Operation == "c" && r.After.GetProperty("id").GetInt64() > insertedBehind)];
        int first = Array.FindIndex(rows, r => !events.Contains((r.File, r.Position.Offset)));
        if (first >= 0)
        {
            string[] there = [.. events.Where(e => e.Offset == rows[first].Position.Offset).Select(static e => e.File)];
            string before = string.Join(", ", rows[Math.Max(0, first - 3)..first].Select(static r => $"{r.File}:{r.Position.Offset}"));
            Assert.Fail(
                $"{rows.Count(r => !events.Contains((r.File, r.Position.Offset)))} of {rows.Length} records name no event with rows. The first is {rows[first].File}:{rows[first].Position.Offset}, "
                + $"behind {before}; such an offset stands in [{string.Join(", ", there)}]");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await _consumer.DisposeAsync();
        await Bridge.DisposeAsync();
    }

    /// <summary>The load inserts a row with 0, adds one at each update and never inserts it again: an order that asks no position.</summary>
    private static void AssertValuesInOrder(CommittedRecord[] records)
    {
        var next = new Dictionary<string, int>();
        foreach (CommittedRecord record in records.Where(r => !r.IsTombstone))
        {
            string key = record.Key!;
            int expected = next.GetValueOrDefault(key);
            int seen = record.Operation switch
            {
                "c" => record.After.GetProperty("value").GetInt32(),
                "d" => record.Before.GetProperty("value").GetInt32() + 1,
                _ => record.After.GetProperty("value").GetInt32(),
            };
            Assert.True(seen == expected && (record.Operation == "c") == (expected == 0), $"{key}: operation {record.Operation} with {seen} where {expected} was to come");
            next[key] = record.Operation == "d" ? int.MinValue : seen + 1;
        }
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
