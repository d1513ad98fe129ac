using System.Globalization;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>The C# example between real peers: it mirrors what the bridge publishes, killed in the middle.</summary>
public sealed class MirrorExampleTests(SharedPeers shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Mirror_that_is_killed_and_started_again_makes_the_tables_equal()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using MySqlConnection source = await OpenAsync(peers);
        await Sql.ExecuteAsync(source, """
            CREATE DATABASE copied CHARACTER SET utf8mb4;
            CREATE DATABASE copy CHARACTER SET utf8mb4;
            USE copied;
            CREATE TABLE people (id BIGINT UNSIGNED PRIMARY KEY, name VARCHAR(50) NOT NULL, price DECIMAL(40,10), pieces DECIMAL(5,0), born DATE, seen DATETIME(3), noted DATETIME(6), stamp TIMESTAMP(3) NULL, lasts TIME(6),
                tall BOOLEAN, note TEXT, raw VARBINARY(20), kind ENUM('a','b'), tags SET('x','y'), size DOUBLE, big BIGINT UNSIGNED, flag BIT(1), bits BIT(10), doc JSON, founded YEAR, level INT DEFAULT 5);
            CREATE TABLE places (no INT NOT NULL, hall VARCHAR(9) NOT NULL, qty SMALLINT, PRIMARY KEY (hall, no));
            CREATE TABLE copy.people LIKE people;
            CREATE TABLE copy.places LIKE places;
            """);
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "copier", ("Envelope__ReplaceNullWithDefault", "false"), ("Source__TableIncludeList", @"copied\..*"));
        await bridge.WaitUntilReadingAsync();
        await Sql.ExecuteAsync(source, "INSERT INTO people (id, name) VALUES (999999, 'first')");
        string[] arguments = [peers.BootstrapServers, "copy", $"{peers.ConnectionString};Database=copy;Pooling=false", @"^copier\.copied\..*"];
        await using (ExampleProcess mirror = ExampleProcess.Mirror(arguments))
        {
            await WaitAsync(() => Task.FromResult(mirror.Output.Contains("applied", StringComparison.Ordinal)), () => mirror.Output + bridge.Output);

            // The topic of the other table comes only now.
            await ChangeAsync(source, from: 0);
            mirror.Kill();
        }

        await using ExampleProcess again = ExampleProcess.Mirror(arguments);
        await ChangeAsync(source, from: 1000);

        await WaitAsync(() => AreEqualAsync(source), () => again.Output + bridge.Output);
        again.Terminate();
        Assert.Equal(0, await again.WaitForExitAsync());
        Assert.True(await AreEqualAsync(source));
    }

    [Fact]
    public async Task Mirror_refuses_a_target_whose_unique_keys_could_make_it_lose_rows()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using MySqlConnection target = await OpenAsync(peers);
        await Sql.ExecuteAsync(target, "CREATE DATABASE copy_unique; CREATE TABLE copy_unique.people (id INT PRIMARY KEY, email VARCHAR(20), UNIQUE KEY u_email (email))");

        await using ExampleProcess mirror = ExampleProcess.Mirror(peers.BootstrapServers, "copy_unique", $"{peers.ConnectionString};Database=copy_unique;Pooling=false", "none");

        Assert.Equal(1, await mirror.WaitForExitAsync());
        await WaitAsync(() => Task.FromResult(mirror.Output.Contains("people.u_email is a unique key", StringComparison.Ordinal)), () => mirror.Output);
    }

    private static async Task<MySqlConnection> OpenAsync(PeerStack peers)
    {
        var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "SET time_zone = '+00:00'");
        return connection;
    }

    /// <summary>Inserts, updates, deletes and changed keys, some of them in case only.</summary>
    private static async Task ChangeAsync(MySqlConnection source, int from)
    {
        for (int i = from; i < from + 100; i++)
        {
            await Sql.ExecuteAsync(source, string.Create(CultureInfo.InvariantCulture, $$"""
                INSERT INTO people VALUES ({{i}}, 'näme {{i}} 🙂', -12345678901234567890123.0000000001 * {{i}}, -{{i}}, '2024-02-{{1 + (i % 28):00}}', '2024-03-01 10:11:12.{{i % 1000:000}}', '9999-12-31 23:59:59.000{{i % 1000:000}}',
                    '2024-03-01 10:{{i % 60:00}}:12.5', '-{{i % 839}}:00:00.000001', {{i % 2}}, NULL, x'00FF{{i % 100:00}}', 'b', 'x,y', {{i}} / 3, 18446744073709551615 - {{i}}, b'{{i % 2}}', {{i % 1024}}, '{"a": {{i}}}', 2024, NULL);
                INSERT INTO places VALUES ({{i}}, 'Hall {{i % 7}}', {{i % 100}});
                """));
        }

        await Sql.ExecuteAsync(source, string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE people SET note = CONCAT('noted ', id), price = price * 2 WHERE id >= {from} AND id % 3 = 0;
            UPDATE people SET id = id + 100000, tall = NULL WHERE id >= {from} AND id < {from + 1000} AND id % 5 = 0;
            UPDATE places SET hall = LOWER(hall) WHERE no >= {from} AND no % 2 = 0;
            UPDATE places SET hall = 'moved' WHERE no >= {from} AND no % 5 = 0;
            DELETE FROM people WHERE id >= {from} AND id < 50000 AND id % 7 = 0;
            DELETE FROM places WHERE no >= {from} AND no % 6 = 0;
            """));
    }

    private static async Task<bool> AreEqualAsync(MySqlConnection connection)
    {
        foreach ((string table, string order) in new[] { ("people", "id"), ("places", "no") })
        {
            List<string> wanted = await RowsAsync(connection, $"copied.{table}", order);
            Assert.NotEmpty(wanted);
            if (!wanted.SequenceEqual(await RowsAsync(connection, $"copy.{table}", order)))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<List<string>> RowsAsync(MySqlConnection connection, string table, string order)
    {
        // The server's own text of each value: CONCAT makes text of a number, HEX of it shows bits and bytes as they are.
        await using var names = new MySqlCommand($"SELECT GROUP_CONCAT('HEX(CONCAT(`', column_name, '`))' ORDER BY ordinal_position) FROM information_schema.columns WHERE CONCAT(table_schema, '.', table_name) = '{table}'", connection);
        string columns = (string)(await names.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        await using var command = new MySqlCommand($"SELECT {columns} FROM {table} ORDER BY {order}", connection);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))));
        }

        return rows;
    }

    private static async Task WaitAsync(Func<Task<bool>> condition, Func<string> onTimeout)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, onTimeout());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
