using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Replaying the topics rebuilds every table: the verdict comes from a read-committed consumer and from the source itself.</summary>
public sealed class TableEqualityTests(SharedPeers shared)
{
    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Topics_rebuild_every_table(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        string prefix = $"equal{source}";
        var workload = new Workload($"equal_{source}", seed: 20261124);
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using BridgeProcess bridge = BridgeProcess.Run(peers, prefix);
        await bridge.WaitUntilReadingAsync();
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.{workload.Database}");

        await workload.CreateTablesAsync(connection);
        await workload.RunAsync(connection);
        await consumer.WaitForAsync(r => r.Topic.EndsWith(".marker", StringComparison.Ordinal), () => bridge.Output);
        await consumer.ReadToEndAsync();

        CommittedRecord[] records = consumer.Records;
        Delivery.AssertExactlyOnceAndInOrder(records);
        foreach (WorkloadTable table in workload.Tables)
        {
            var replica = new TableReplica(table);
            replica.Apply(records.Where(r => r.Topic == $"{prefix}.{workload.Database}.{table.Name}"));
            await replica.AssertEqualsTableAsync(connection, workload.Database);
        }

        bridge.Signal("TERM");
        Assert.Equal(0, await bridge.WaitForExitAsync());
    }
}
