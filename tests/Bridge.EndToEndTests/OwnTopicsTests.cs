using CanalBridge.Testing.Peers;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Somebody deletes what the bridge keeps in Kafka.</summary>
public sealed class OwnTopicsTests(SharedPeers shared)
{
    [Theory]
    [InlineData("positions", "INSERT INTO kept VALUES (2)", "The position of destination")]
    [InlineData("tables", "ALTER TABLE kept ADD COLUMN v INT", "The table definitions of destination")]
    public async Task Topic_deleted_under_the_bridge_ends_it_with_what_that_means(string topic, string statement, string message)
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        string prefix = $"own{topic}", database = $"own_{topic}";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}");
        await using BridgeProcess bridge = BridgeProcess.Run(peers, prefix, ("Kafka__TransactionTimeout", "00:00:06"), ("Kafka__MessageTimeout", "00:00:03"));
        await bridge.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
        await Sql.ExecuteAsync(connection, "CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1)");
        await consumer.WaitForAsync(r => r.Key == """{"id":1}""", () => bridge.Output);
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = peers.BootstrapServers }).Build();

        await admin.DeleteTopicsAsync([$"canal-bridge.{prefix}.{peers.CanalDestination}.{topic}"]);
        await Sql.ExecuteAsync(connection, statement);

        Assert.Equal(4, await bridge.WaitForExitAsync());
        Assert.Contains(message, bridge.Output, StringComparison.Ordinal);
    }
}
