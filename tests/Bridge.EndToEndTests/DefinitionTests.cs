using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>What only statements tell of a table, over restarts of the bridge.</summary>
public sealed class DefinitionTests(SharedPeers shared)
{
    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Key_default_and_boolean_come_from_the_statements_also_after_a_restart(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        string prefix = $"defined{source}", database = $"defined_{source}";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}");
        BridgeProcess bridge = BridgeProcess.Run(peers, prefix);
        try
        {
            await bridge.WaitUntilReadingAsync();
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
            await Sql.ExecuteAsync(connection, "CREATE TABLE seats (no INT NOT NULL, hall VARCHAR(5) NOT NULL, price INT DEFAULT 7, taken BOOLEAN, UNIQUE KEY (hall, no))");
            await Sql.ExecuteAsync(connection, "INSERT INTO seats VALUES (1, 'a', NULL, TRUE)");
            await consumer.WaitForAsync(r => r.Key == """{"hall":"a","no":1}""", () => bridge.Output);
            bridge.Signal("TERM");
            Assert.Equal(0, await bridge.WaitForExitAsync());
            await bridge.DisposeAsync();

            await Sql.ExecuteAsync(connection, "ALTER TABLE seats ADD COLUMN note VARCHAR(9) DEFAULT 'new', ALTER COLUMN price SET DEFAULT 8");
            await Sql.ExecuteAsync(connection, "INSERT INTO seats VALUES (2, 'a', NULL, FALSE, NULL)");
            bridge = BridgeProcess.Run(peers, prefix);
            CommittedRecord second = await consumer.WaitForAsync(r => r.Key == """{"hall":"a","no":2}""", () => bridge.Output);

            Assert.Equal("""{"no":1,"hall":"a","price":7,"taken":true}""", consumer.Records[0].After.GetRawText());
            Assert.Equal("""{"no":2,"hall":"a","price":8,"taken":false,"note":"new"}""", second.After.GetRawText());
        }
        finally
        {
            await bridge.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Table_made_before_the_bridge_is_asked_of_the_source(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        string prefix = $"asked{source}", database = $"asked_{source}";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}");
        await Sql.ExecuteAsync(connection, "CREATE TABLE doc_lines (no INT NOT NULL, doc VARCHAR(5) NOT NULL, qty INT DEFAULT 7, PRIMARY KEY (doc, no)); INSERT INTO doc_lines VALUES (1, 'a', 1)");
        await using (BridgeProcess before = BridgeProcess.Run(peers, prefix))
        {
            // The statement goes by unseen: a bridge without definitions, and a topic emptied of what it learned.
            await before.WaitUntilReadingAsync();
            await using var early = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
            await early.WaitForAsync(r => r.Topic.EndsWith(".doc_lines", StringComparison.Ordinal), () => before.Output);
            before.Signal("TERM");
            Assert.Equal(0, await before.WaitForExitAsync());
        }

        await using BridgeProcess bridge = BridgeProcess.Run(
            peers, prefix, ("Kafka:TablesTopic", $"{prefix}.forgotten"), ("Source:ConnectionString", peers.ConnectionString));
        await bridge.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");
        await Sql.ExecuteAsync(connection, "INSERT INTO doc_lines VALUES (2, 'a', NULL)");

        CommittedRecord record = await consumer.WaitForAsync(r => r.Key == """{"doc":"a","no":2}""", () => bridge.Output);

        Assert.Equal("""{"no":2,"doc":"a","qty":7}""", record.After.GetRawText());
    }
}
