using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A source whose events share positions.</summary>
public sealed class CompressedTransactionTests
{
    [Fact]
    public async Task Compressed_transaction_stops_the_bridge_with_the_remedy()
    {
        await using PeerStack peers = await PeerStack.StartAsync("mysql", mustBeOurs: true, "mysql.binlog_transaction_compression=ON");
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "compressed");
        await bridge.WaitUntilReadingAsync();

        await Sql.ExecuteAsync(connection, """
            CREATE DATABASE compressed; CREATE TABLE compressed.a (id INT PRIMARY KEY); CREATE TABLE compressed.b (id INT PRIMARY KEY);
            START TRANSACTION; INSERT INTO compressed.a VALUES (1); INSERT INTO compressed.b VALUES (1); COMMIT
            """);

        Assert.Equal(4, await bridge.WaitForExitAsync());
        Assert.Contains("binlog_transaction_compression", bridge.Output, StringComparison.Ordinal);
    }
}
