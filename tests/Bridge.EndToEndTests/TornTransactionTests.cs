using System.Globalization;
using System.Text;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Canal loses MySQL while its parser threads are still busy with a transaction, and sends the transaction's rest without its beginning.</summary>
/// <remarks>
/// Not each attempt meets it. Rows are whole in any case: the bridge waits for the whole transaction, or stops and has them after Canal's restart.
/// </remarks>
public sealed class TornTransactionTests(ITestOutputHelper output)
{
    private const string Database = "torn", Table = $"{Database}.wide";
    private const int Attempts = 2, Statements = 240, RowsOfStatement = 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transaction_that_canal_tears_is_published_whole_and_once(bool isGtidMode)
    {
        string[] gtid = isGtidMode ? ["canal.gtid=true"] : [];
        await using PeerStack peers = await PeerStack.StartAsync("mysql", mustBeOurs: true, gtid);
        await using MySqlConnection source = await peers.ConnectAsync();
        // Wide rows keep Canal's parsers busy.
        string columns = string.Join(", ", Enumerable.Range(0, 40).Select(static i => $"c{i} DECIMAL(30,10) DEFAULT 1.5"));
        await Sql.ExecuteAsync(source, $"CREATE DATABASE {Database}; CREATE TABLE {Table} (id INT PRIMARY KEY, {columns})");
        BridgeProcess bridge = BridgeProcess.Run(peers, Database);
        try
        {
            await bridge.WaitUntilReadingAsync();
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{Database}.{Database}");
            int id = 0;
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                await peers.WaitForDumpAsync();
                await SeeAsync(++id);
                string large = Large(ref id);
                await Sql.ExecuteAsync(source, large);
                await Task.Delay(10 + (15 * attempt), TestContext.Current.CancellationToken);
                await peers.KillDumpAsync();
                await peers.WaitForDumpAsync();
                await SeeAsync(++id);
            }

            Assert.Equal(Enumerable.Range(1, id), consumer.Records.Select(static r => r.After.GetProperty("id").GetInt32()));

            async Task SeeAsync(int last)
            {
                await Sql.ExecuteAsync(source, $"INSERT INTO {Table} (id) VALUES ({last})");
                while (!await IsSeenAsync(last))
                {
                    Assert.Equal(4, await bridge.WaitForExitAsync());
                    Assert.Contains("canal.instance.parser.parallel=false", bridge.Output, StringComparison.Ordinal);
                    output.WriteLine($"GTID mode {isGtidMode}: Canal left out a beginning for good before row {last}, and was restarted");
                    await bridge.DisposeAsync();
                    await peers.StopAsync("canal");
                    await peers.StartAsync("canal");
                    bridge = BridgeProcess.Run(peers, Database);
                }

                if (bridge.Output.Contains("CB-2005", StringComparison.Ordinal))
                {
                    output.WriteLine($"GTID mode {isGtidMode}: Canal tore a transaction before row {last}");
                }
            }

            async Task<bool> IsSeenAsync(int last)
            {
                bool hasEnded = false;
                try
                {
                    await consumer.WaitForAsync(r => r.After.GetProperty("id").GetInt32() == last, () => bridge.Output, () => hasEnded = bridge.HasExited);
                    return true;
                }
                catch (InvalidOperationException) when (hasEnded)
                {
                    return false;
                }
            }
        }
        finally
        {
            await bridge.DisposeAsync();
        }
    }

    private static string Large(ref int id)
    {
        var sql = new StringBuilder("START TRANSACTION;");
        for (int i = 0; i < Statements; i++, id += RowsOfStatement)
        {
            IEnumerable<string> rows = Enumerable.Range(id + 1, RowsOfStatement).Select(static row => $"({row})");
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {Table} (id) VALUES ").AppendJoin(", ", rows).Append(';');
        }

        return sql.Append("COMMIT").ToString();
    }
}
