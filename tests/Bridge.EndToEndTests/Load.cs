using System.Globalization;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A table that changes all the time: inserts with rising ids, updates and deletes, until told to stop.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly PeerStack _peers;
    private readonly string _database;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _lastId;
    private long _changes;

    private Load(PeerStack peers, string database)
    {
        _peers = peers;
        _database = database;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Id of the row inserted last.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <summary>Rows inserted, updated and deleted so far.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    public static async Task<Load> StartAsync(PeerStack peers, string database)
    {
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync();
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database}; CREATE TABLE {database}.load_rows (id BIGINT PRIMARY KEY, value INT NOT NULL, note VARCHAR(100))");
        return new Load(peers, database);
    }

    /// <summary>Stops, and gives the rows as the table holds them.</summary>
    public async Task<Dictionary<string, string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await using var connection = new MySqlConnection(_peers.ConnectionString);
        await connection.OpenAsync();
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT id, value FROM {_database}.load_rows";
        await using MySqlDataReader reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, string>();
        while (await reader.ReadAsync())
        {
            rows[$"{{\"id\":{reader.GetInt64(0)}}}"] = reader.GetInt32(1).ToString(CultureInfo.InvariantCulture);
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var random = new Random(1);
        await using var connection = new MySqlConnection(_peers.ConnectionString);
        await connection.OpenAsync();
        while (!_stop.IsCancellationRequested)
        {
            long first = _lastId + 1, last = _lastId + random.Next(1, 6);
            string rows = string.Join(", ", Enumerable.Range(0, (int)(last - first) + 1).Select(i => $"({first + i}, 0, 'row {first + i}')"));
            long some = random.NextInt64(1, first + 1);
            int changed = await Sql.ExecuteAsync(connection, $"""
                START TRANSACTION; INSERT INTO {_database}.load_rows VALUES {rows};
                UPDATE {_database}.load_rows SET value = value + 1 WHERE id BETWEEN {some} AND {some + 3};
                DELETE FROM {_database}.load_rows WHERE id = {random.NextInt64(1, first + 1)}; COMMIT
                """);
            Interlocked.Add(ref _changes, changed);
            Interlocked.Exchange(ref _lastId, last);
            await Task.Delay(2);
        }
    }
}
