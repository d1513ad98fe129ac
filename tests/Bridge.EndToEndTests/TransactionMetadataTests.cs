using System.Text;
using System.Text.Json;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>The topic of transactions and the places of the rows in them, over a kill in the middle; and heartbeats.</summary>
public sealed class TransactionMetadataTests(SharedPeers shared)
{
    private const int Rows = 4000;

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Transaction_that_a_kill_cuts_in_two_is_counted_as_one(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        string prefix = $"counted{source}", database = $"counted_{source}";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}; CREATE TABLE a (id INT PRIMARY KEY, pad VARCHAR(200)); CREATE TABLE b LIKE a");
        (string, string)[] options =
        [
            ("Envelope__ProvideTransactionMetadata", "true"), ("Envelope__HeartbeatInterval", "00:00:00.200"), ("Canal__FetchSize", "16"), ("Delivery__GroupMaxRecords", "100"),
        ];
        BridgeProcess bridge = BridgeProcess.Run(peers, prefix, options);
        try
        {
            await bridge.WaitUntilReadingAsync();
            await using var rows = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
            await using var all = new CommittedConsumer(peers.BootstrapServers, prefix);
            await Sql.ExecuteAsync(connection, Transaction());
            await rows.WaitForAsync(static _ => true, () => bridge.Output);
            bridge.Kill();
            await bridge.WaitForExitAsync();
            await bridge.DisposeAsync();
            bridge = BridgeProcess.Run(peers, prefix, options);
            await all.WaitForAsync(record => record.Topic == $"{prefix}.transaction" && Text(record).Contains("\"END\"", StringComparison.Ordinal) && Text(record).Contains(database, StringComparison.Ordinal), () => bridge.Output);
            await all.ReadToEndAsync();

            JsonElement[] ends = [.. Of(all, $"{prefix}.transaction").Where(end => end.GetProperty("status").GetString() == "END" && end.GetRawText().Contains(database, StringComparison.Ordinal))];
            string id = Assert.Single(ends).GetProperty("id").GetString()!;
            Assert.Equal(Rows, ends[0].GetProperty("event_count").GetInt64());
            Assert.Single(Of(all, $"{prefix}.transaction"), begin => begin.GetProperty("status").GetString() == "BEGIN" && begin.GetProperty("id").GetString() == id);
            JsonElement[] blocks = [.. Of(all, $"{prefix}.{database}.a").Concat(Of(all, $"{prefix}.{database}.b")).Select(static row => row.GetProperty("transaction"))];
            Assert.All(blocks, block => Assert.Equal(id, block.GetProperty("id").GetString()));
            Assert.Equal(Enumerable.Range(1, Rows), blocks.Select(static block => block.GetProperty("total_order").GetInt32()).Order());
            Assert.Equal(Enumerable.Range(1, Rows / 2), Of(all, $"{prefix}.{database}.b").Select(static row => row.GetProperty("transaction").GetProperty("data_collection_order").GetInt32()).Order());
        }
        finally
        {
            await bridge.DisposeAsync();
        }
    }

    /// <summary>A lost ack makes Canal repeat the end of a transaction that is done, or its beginning.</summary>
    [Fact]
    public async Task Tiny_transactions_are_each_told_once_though_acks_are_lost_and_canal_is_killed()
    {
        PeerStack peers = await shared.GetAsync("mariadb", mustBeOurs: true);
        await using var cutter = new AckCutter(peers.CanalEndpoints, every: 15);
        await using var run = await RestartRun.StartAsync(
            peers, "tiny_transactions", ("Canal__Endpoints", cutter.Endpoint), ("Envelope__ProvideTransactionMetadata", "true"), ("Delivery__GroupInterval", "00:00:00.010"));
        await using var told = new CommittedConsumer(peers.BootstrapServers, $"{run.Prefix}.transaction", isTopic: true);
        for (int cuts = 1; cuts <= 8; cuts++)
        {
            while (cutter.Cuts < cuts)
            {
                await run.WaitForRowAfterAsync(run.Load.LastId);
            }

            if (cuts == 4)
            {
                await peers.KillAsync("canal");
                await peers.StartAsync("canal");
            }
        }

        await run.AssertEverythingOnceAsync();
        await told.ReadToEndAsync();

        JsonElement[] marks = [.. told.Records.Select(static record => JsonDocument.Parse(record.Value!).RootElement)];
        Dictionary<string, JsonElement[]> byId = marks.GroupBy(static mark => mark.GetProperty("id").GetString()!).ToDictionary(static g => g.Key, static g => g.ToArray());
        var rows = run.Records.Where(static record => !record.IsTombstone)
            .Select(static record => JsonDocument.Parse(record.Value!).RootElement.GetProperty("transaction"))
            .GroupBy(static block => block.GetProperty("id").GetString()!);
        foreach (IGrouping<string, JsonElement> transaction in rows)
        {
            Assert.Equal(Enumerable.Range(1, transaction.Count()), transaction.Select(static block => block.GetProperty("total_order").GetInt32()).Order());
            JsonElement[] pair = byId.GetValueOrDefault(transaction.Key, []);
            Assert.Equal(["BEGIN", "END"], pair.Select(static mark => mark.GetProperty("status").GetString()!));
            Assert.Equal(transaction.Count(), pair[1].GetProperty("event_count").GetInt64());
        }

        Assert.All(byId.Values, static pair => Assert.Equal(["BEGIN", "END"], pair.Select(static mark => mark.GetProperty("status").GetString()!)));
    }

    [Fact]
    public async Task Heartbeats_come_while_nothing_changes()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "beating", ("Envelope__HeartbeatInterval", "00:00:00.200"));
        await bridge.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, "__debezium-heartbeat");

        CommittedRecord first = await consumer.WaitForAsync(static record => record.Topic == "__debezium-heartbeat.beating", () => bridge.Output);
        await consumer.WaitForAsync(record => record.Topic == first.Topic && Time(record) > Time(first) + 500, () => bridge.Output);

        Assert.Equal(("""{"serverName":"beating"}""", 0), (first.Key, first.Partition));

        static long Time(CommittedRecord record) => JsonDocument.Parse(record.Value!).RootElement.GetProperty("ts_ms").GetInt64();
    }

    private static string Transaction()
    {
        var sql = new StringBuilder("START TRANSACTION;");
        for (int i = 0; i < Rows / 2; i++)
        {
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $"INSERT INTO a VALUES ({i}, REPEAT('x', 200)); INSERT INTO b VALUES ({i}, REPEAT('y', 200));");
        }

        return sql.Append("COMMIT;").ToString();
    }

    private static string Text(CommittedRecord record) => Encoding.UTF8.GetString(record.Value!);

    private static IEnumerable<JsonElement> Of(CommittedConsumer consumer, string topic) =>
        consumer.Records.Where(record => record.Topic == topic).Select(static record => JsonDocument.Parse(record.Value!).RootElement);
}
