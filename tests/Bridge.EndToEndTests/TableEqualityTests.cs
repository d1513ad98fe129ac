using CanalBridge.Testing.Peers;
using CanalBridge.Testing.Tables;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Every supported type and statement, against an account of the changes kept while they were made.</summary>
/// <remarks>
/// Tables that are equal at the end may hide a lost update; the account does not. The images before are compared too: each must be
/// the row that the earlier records left.
/// </remarks>
public sealed class TableEqualityTests(SharedPeers shared)
{
    private const int ComplaintsShown = 40;

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Every_change_is_there_once_with_the_row_before_and_after(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        string prefix = $"wide{source}", database = $"wide_{source}";
        var workload = new WideWorkload(seed: 11);
        await using MySqlConnection connection = await OpenAsync(peers);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}");
        await workload.CreateTablesAsync(connection);
        await Sql.ExecuteAsync(connection, "CREATE TABLE last_row (id INT PRIMARY KEY)");
        await using BridgeProcess bridge = BridgeProcess.Run(peers, prefix);
        await bridge.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{database}");

        await workload.RunAsync(connection, transactions: 100);
        await workload.RunLargeTransactionAsync(connection, rows: 20_000);
        await workload.RunAsync(connection, transactions: 100);
        await Sql.ExecuteAsync(connection, "INSERT INTO last_row VALUES (1)");
        await consumer.WaitForAsync(r => r.Topic.EndsWith(".last_row", StringComparison.Ordinal), () => bridge.Output);
        await consumer.ReadToEndAsync();

        CommittedRecord[] records = consumer.Records;
        Dictionary<string, ChangeCounts> expected = workload.Changes.ToDictionary(c => $"{prefix}.{database}.{c.Key}", c => c.Value);
        expected.Add($"{prefix}.{database}.last_row", new ChangeCounts(1, 0, 0));
        AssertNone(Deliveries.Check(records, expected));
        AssertNone(await RebuiltTables.CompareAsync(connection, database, prefix, records));
    }

    private static async Task<MySqlConnection> OpenAsync(PeerStack peers)
    {
        // Affected rows are then the changed ones, which are those in the binlog.
        var connection = new MySqlConnection($"{peers.ConnectionString};UseAffectedRows=true;Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "SET time_zone = '+00:00'");
        return connection;
    }

    private static void AssertNone(IReadOnlyList<string> complaints) => Assert.True(
        complaints.Count == 0, $"{complaints.Count} complaints:\n{string.Join('\n', complaints.Take(ComplaintsShown))}");
}
