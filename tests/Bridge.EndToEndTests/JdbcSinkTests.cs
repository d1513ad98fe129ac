using System.Globalization;
using System.Text;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Debezium's own JDBC sink mirrors the bridge's topics into a second database: a real consumer decides. Its settings are the example's.</summary>
public sealed class JdbcSinkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Sink_that_was_written_for_Debezium_makes_the_tables_equal()
    {
        await using PeerStack peers = await PeerStack.StartAsync("mariadb", mustBeOurs: true, "connect", "connect.consumer.metadata.max.age.ms=500");
        await using var source = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await source.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(source, "SET time_zone = '+00:00'; CREATE DATABASE mirrored CHARACTER SET utf8mb4; CREATE DATABASE mirror CHARACTER SET utf8mb4; USE mirrored");
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "sink", ("Envelope__SchemasEnable", "true"), ("Envelope__DdlFence", "true"));
        await bridge.WaitUntilReadingAsync();
        await Sql.ExecuteAsync(source, """
            CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, price DECIMAL(12,3), born DATE, seen DATETIME, stamp TIMESTAMP NULL, tall BOOLEAN, note TEXT, raw VARBINARY(20), kind ENUM('a','b'), size DOUBLE, big BIGINT UNSIGNED);
            CREATE TABLE places (no INT NOT NULL, hall VARCHAR(5) NOT NULL, qty SMALLINT, PRIMARY KEY (hall, no));
            """);
        await ChangeAsync(source, from: 0);
        await StartSinkAsync(peers);

        // Leaves fences between the rows.
        await Sql.ExecuteAsync(source, "ALTER TABLE people ADD INDEX by_name (name); ALTER TABLE places ADD INDEX by_no (no)");
        await ChangeAsync(source, from: 1000);

        await AssertEqualInTheEndAsync(source, "mirrored.people", "mirror.sink_mirrored_people", "id", peers);
        await AssertEqualInTheEndAsync(source, "mirrored.places", "mirror.sink_mirrored_places", "hall, no", peers);
    }

    private static async Task AssertSinkRunsAsync(PeerStack peers)
    {
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(new Uri($"{peers.ConnectUrl}/connectors/mirror/status"), TestContext.Current.CancellationToken);
        string status = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        // Before the worker has placed the task it answers that there is none.
        Assert.False(status.Contains("FAILED", StringComparison.Ordinal), status);
    }

    /// <summary>Inserts, updates, deletes and changed keys; reproducible. No fractions of seconds: the sink makes columns without them.</summary>
    private static async Task ChangeAsync(MySqlConnection source, int from)
    {
        for (int i = from; i < from + 200; i++)
        {
            await Sql.ExecuteAsync(source, string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO people VALUES ({i}, 'näme {i} 🙂', {i}.125, '2024-02-{1 + (i % 28):00}', '2024-03-01 10:11:{i % 60:00}', '2024-03-01 10:{i % 60:00}:12', {i % 2}, NULL, x'00FF{i % 100:00}', 'b', {i} / 3, {i});
                INSERT INTO places VALUES ({i}, 'h{i % 7}', {i % 100});
                """));
        }

        await Sql.ExecuteAsync(source, string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE people SET note = CONCAT('noted ', id), price = price * 2 WHERE id >= {from} AND id % 3 = 0;
            UPDATE people SET id = id + 100000, tall = NULL WHERE id >= {from} AND id < {from + 1000} AND id % 5 = 0;
            UPDATE places SET hall = 'moved' WHERE no >= {from} AND no % 4 = 0;
            DELETE FROM people WHERE id >= {from} AND id < 50000 AND id % 7 = 0;
            DELETE FROM places WHERE no >= {from} AND no % 6 = 0;
            """));
    }

    private static async Task StartSinkAsync(PeerStack peers)
    {
        var database = new MySqlConnectionStringBuilder(peers.ConnectionString);
        string config = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "jdbc-sink", "mirror.json"), TestContext.Current.CancellationToken))
            .Replace("${PREFIX}", "sink", StringComparison.Ordinal)
            .Replace("${SCHEMA}", "mirrored", StringComparison.Ordinal)
            .Replace("${TARGET}", $"{database.Server}:{database.Port}", StringComparison.Ordinal)
            .Replace("${TARGET_DATABASE}", "mirror", StringComparison.Ordinal)
            .Replace("${TARGET_USER}", database.UserID, StringComparison.Ordinal)
            .Replace("${TARGET_PASSWORD}", database.Password, StringComparison.Ordinal);
        using var client = new HttpClient();
        using var body = new StringContent(config, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PutAsync(new Uri($"{peers.ConnectUrl}/connectors/mirror/config"), body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task AssertEqualInTheEndAsync(MySqlConnection connection, string table, string mirror, string order, PeerStack peers)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            List<string> wanted = await RowsAsync(connection, table, order);
            List<string>? got = null;
            try
            {
                got = await RowsAsync(connection, mirror, order);
            }
            catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NoSuchTable)
            {
                // The sink makes it with the first record.
            }

            if (got is not null && wanted.SequenceEqual(got))
            {
                Assert.NotEmpty(got);
                return;
            }

            if (limit.IsCancellationRequested)
            {
                string[] differing = [.. wanted.Except(got ?? []).Take(5), .. (got ?? []).Except(wanted).Take(5)];
                Assert.Fail($"{table} has {wanted.Count} rows, {mirror} {got?.Count}; differing:\n{string.Join('\n', differing)}");
            }

            await AssertSinkRunsAsync(peers);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<List<string>> RowsAsync(MySqlConnection connection, string table, string order)
    {
        await using var command = new MySqlCommand($"SELECT * FROM {table} ORDER BY {order}", connection);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).Order(StringComparer.Ordinal)];
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(string.Join('|', columns.Select(column => Text(reader[column]))));
        }

        return rows;
    }

    /// <summary>A value without the width of its column's type, which the sink chooses.</summary>
    private static string Text(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        bool flag => flag ? "1" : "0",
        decimal number => number.ToString("0.############", CultureInfo.InvariantCulture),
        DateTime moment => moment.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
