using System.Text;
using System.Text.Json;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>What a consumer sees of the statements that change a table, over restarts of the bridge.</summary>
public sealed class SchemaChangeTests(SharedPeers shared)
{
    private const int Partitions = 4, Rows = 40;

    private const string Fence = "__canal_bridge.fence";

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Every_partition_has_one_fence_between_the_rows_before_and_behind_each_change(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        string prefix = $"fenced{source}", database = $"fenced_{source}";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}");
        BridgeProcess bridge = Run(peers, prefix);
        try
        {
            await bridge.WaitUntilReadingAsync();
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
            await using var changes = new CommittedConsumer(peers.BootstrapServers, prefix, isTopic: true);
            await Sql.ExecuteAsync(connection, "CREATE TABLE items (id INT PRIMARY KEY, a INT)");
            await InsertAsync(connection, from: 0, "1");
            await Sql.ExecuteAsync(connection, "ALTER TABLE items ADD COLUMN b INT");
            await consumer.WaitForAsync(static r => r.Headers.ContainsKey(Fence), () => bridge.Output);

            // Canal delivers the statement once more unless its batch was acknowledged in the meantime.
            bridge.Kill();
            await bridge.WaitForExitAsync();
            await bridge.DisposeAsync();
            await InsertAsync(connection, from: 1000, "1, 2");
            bridge = Run(peers, prefix);

            // A Canal that lags behind the next statement would give these rows the columns of the table as it is by then.
            await consumer.WaitForAsync(r => r.Key == $$"""{"id":{{1000 + Rows - 1}}}""", () => bridge.Output);
            await Sql.ExecuteAsync(connection, "ALTER TABLE items DROP COLUMN a, ADD COLUMN c INT");
            await InsertAsync(connection, from: 2000, "2, 3");
            await consumer.WaitForAsync(r => r.Key == $$"""{"id":{{2000 + Rows - 1}}}""", () => bridge.Output);
            await consumer.ReadToEndAsync();
            await changes.ReadToEndAsync();

            foreach (IGrouping<int, CommittedRecord> partition in consumer.Records.GroupBy(static record => record.Partition))
            {
                // Rows of one shape are one word.
                string[] words = [.. partition.Select(static record => record.Headers.TryGetValue(Fence, out string? fence) ? $"| {Ddl(fence)} |" : Shape(record))];
                Assert.Equal(
                    ["id,a", "| ALTER TABLE items ADD COLUMN b INT |", "id,a,b", "| ALTER TABLE items DROP COLUMN a, ADD COLUMN c INT |", "id,b,c"],
                    words.Where((word, i) => i == 0 || words[i - 1] != word || word[0] == '|'));
            }

            Assert.Equal(Partitions, consumer.Records.Select(static record => record.Partition).Distinct().Count());
            Assert.Equal(3 * Rows, consumer.Records.Where(static record => !record.IsTombstone).Select(static record => record.Key).Distinct().Count());
            Assert.Equal(3 * Rows, consumer.Records.Count(static record => !record.IsTombstone));
            Assert.All(changes.Records, static record => Assert.Equal(0, record.Partition));
            Assert.Equal(
                [$"CREATE DATABASE {database} CHARACTER SET utf8mb4", "CREATE TABLE items (id INT PRIMARY KEY, a INT)", "ALTER TABLE items ADD COLUMN b INT", "ALTER TABLE items DROP COLUMN a, ADD COLUMN c INT"],
                changes.Records.Where(record => record.Key == $$"""{"databaseName":"{{database}}"}""").Select(static record => Ddl(Encoding.UTF8.GetString(record.Value!))));
        }
        finally
        {
            await bridge.DisposeAsync();
        }
    }

    private static BridgeProcess Run(PeerStack peers, string prefix) => BridgeProcess.Run(peers, prefix, ("Topics__Partitions", $"{Partitions}"), ("Envelope__DdlFence", "true"));

    private static async Task InsertAsync(MySqlConnection connection, int from, string values)
    {
        for (int i = from; i < from + Rows; i++)
        {
            await Sql.ExecuteAsync(connection, $"INSERT INTO items VALUES ({i}, {values})");
        }
    }

    private static string Shape(CommittedRecord record) => string.Join(',', record.After.EnumerateObject().Select(static member => member.Name));

    private static string Ddl(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("ddl").GetString()!;
    }
}
