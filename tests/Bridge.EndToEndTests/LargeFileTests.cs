using System.Text;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A binlog file of 5 GiB: an event's offset has 32 bits and begins again at 0 behind 4 GiB.</summary>
/// <remarks>By hand alone (<c>-p:Torture=true</c>): it writes 12 GB and takes minutes.</remarks>
public sealed class LargeFileTests(ITestOutputHelper output)
{
    private const int FillerRows = 128;

    [Theory]
    [InlineData("mariadb", false)]
    [InlineData("mariadb", true)]
    [InlineData("mysql", false)]
    [InlineData("mysql", true)]
    public async Task Rows_behind_4_gib_of_one_file_are_there_once(string source, bool isGtidMode)
    {
        string[] gtid = isGtidMode ? ["canal.gtid=true"] : [];
        await using PeerStack peers = await PeerStack.StartAsync(source, mustBeOurs: true, ["canal.heap=3g", .. gtid]);
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "CREATE DATABASE large; USE large");
        await Sql.ExecuteAsync(connection, "CREATE TABLE mark (id INT PRIMARY KEY, v VARCHAR(20))");
        await Sql.ExecuteAsync(connection, "CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, n INT, big LONGBLOB)");
        string prefix = $"large{source}";

        // Canal keeps a transaction of up to 1,024 entries in memory: the rows of 8 MiB are left out by its filter.
        (string, string)[] options = [("Canal__Filter", @"large\.mark")];
        await using (BridgeProcess bridge = BridgeProcess.Run(peers, prefix, options))
        {
            await bridge.WaitUntilReadingAsync();
            await FillAsync(connection);
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.large");
            await consumer.WaitForAsync(r => Id(r) == 4, () => bridge.Output);
            await consumer.ReadToEndAsync();
            foreach (CommittedRecord record in consumer.Records)
            {
                output.WriteLine($"{source}, GTID mode {isGtidMode}: {Encoding.UTF8.GetString(record.Value!)}");
            }

            Assert.Equal([1, 2, 3, 4], consumer.Records.Select(Id));
            bridge.Kill();
        }

        await peers.KillAsync("canal");
        await peers.StartAsync("canal");
        await using (BridgeProcess bridge = BridgeProcess.Run(peers, prefix, options))
        {
            await bridge.WaitUntilReadingAsync();
            await Sql.ExecuteAsync(connection, "INSERT INTO mark VALUES (5, 'behind a restart')");
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, $"{prefix}.large");
            await consumer.WaitForAsync(r => Id(r) == 5, () => bridge.Output);
            await consumer.ReadToEndAsync();

            Assert.Equal([1, 2, 3, 4, 5], consumer.Records.Select(Id));
        }
    }

    private static int Id(CommittedRecord record) => record.After.GetProperty("id").GetInt32();

    /// <summary>One transaction of 5 GiB, its events all of one second, as one long statement would write them.</summary>
    private static async Task FillAsync(MySqlConnection connection)
    {
        await Sql.ExecuteAsync(connection, "INSERT INTO filler (n, big) VALUES (0, REPEAT('x', 4194304))");
        for (int rows = 1; rows < FillerRows; rows *= 2)
        {
            await Sql.ExecuteAsync(connection, "INSERT INTO filler (n, big) SELECT n, big FROM filler");
        }

        await Sql.ExecuteAsync(connection, "FLUSH BINARY LOGS");
        await Sql.ExecuteAsync(connection, "SET timestamp = UNIX_TIMESTAMP()");
        await Sql.ExecuteAsync(connection, "START TRANSACTION");
        await Sql.ExecuteAsync(connection, "INSERT INTO mark VALUES (1, 'at the beginning')");
        await WriteGibAsync(connection, 3);
        await Sql.ExecuteAsync(connection, "INSERT INTO mark VALUES (2, 'at 3 GiB')");
        await WriteGibAsync(connection, 2);
        await Sql.ExecuteAsync(connection, "INSERT INTO mark VALUES (3, 'at 5 GiB')");
        await Sql.ExecuteAsync(connection, "COMMIT");
        await Sql.ExecuteAsync(connection, "SET timestamp = DEFAULT");
        await Sql.ExecuteAsync(connection, "INSERT INTO mark VALUES (4, 'in the next file')");
    }

    /// <summary>Each row is written with its 4 MiB before and after.</summary>
    private static async Task WriteGibAsync(MySqlConnection connection, int gib)
    {
        for (int i = 0; i < gib; i++)
        {
            await Sql.ExecuteAsync(connection, "UPDATE filler SET n = n + 1");
        }
    }
}
