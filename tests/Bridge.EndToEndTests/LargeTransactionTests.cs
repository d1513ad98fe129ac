using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A source transaction several times larger than what the bridge may hold.</summary>
public sealed class LargeTransactionTests(SharedPeers shared)
{
    [Fact]
    public async Task Transaction_larger_than_the_memory_budget_passes_through()
    {
        const int rows = 40_000;
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "large", ("Delivery__MemoryBudgetBytes", "8388608"), ("Delivery__GroupMaxBytes", "2097152"));
        await bridge.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, "large.large_rows");

        // About 40 MB of rows in one transaction.
        await Sql.ExecuteAsync(connection, $"""
            CREATE DATABASE large_rows; USE large_rows; CREATE TABLE large_rows.big (id INT PRIMARY KEY, filler VARCHAR(1000));
            START TRANSACTION; INSERT INTO large_rows.big SELECT seq, REPEAT('x', 1000) FROM seq_1_to_{rows}; COMMIT
            """);
        await consumer.WaitForAsync(r => r.Key == $"{{\"id\":{rows}}}", () => bridge.Output);
        await consumer.ReadToEndAsync();

        Delivery.AssertExactlyOnceAndInOrder(consumer.Records);
        Assert.Equal(rows, consumer.Records.Length);
    }
}
