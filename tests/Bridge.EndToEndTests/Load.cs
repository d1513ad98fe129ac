using System.Diagnostics;
using System.Globalization;
using System.Text;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A table that changes all the time: inserts with rising ids, updates and deletes, until told to stop.</summary>
/// <remarks>
/// It outlives its source: where a commit's answer was lost it looks whether the transaction's last row is there. What each
/// transaction changes it knows by itself, so that such a one is counted right.
/// </remarks>
internal sealed class Load : IAsyncDisposable
{
    private const int LargeRows = 8000;
    private const int LargeNote = 2000;
    private const int StatementsAtOnce = 500;

    /// <summary>A source that is away for longer is not about to come back.</summary>
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(90);

    private readonly string _database;
    private readonly int _noteLength;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<long, int> _rows = [];
    private readonly Task _running;
    private string _connectionString;
    private bool _hasMoved;
    private long _lastId;
    private long _changes;
    private TaskCompletionSource? _large;

    private Load(string connectionString, string database, int noteLength)
    {
        _connectionString = $"{connectionString};Pooling=false";
        _database = database;
        _noteLength = noteLength;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Id of the row inserted last.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <summary>Rows inserted, updated and deleted so far.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <param name="peers">Their source.</param>
    /// <param name="database">Made for it.</param>
    /// <param name="noteLength">Length of a text in each row, at most 2000: the longer, the sooner a binlog file is full.</param>
    public static async Task<Load> StartAsync(PeerStack peers, string database, int noteLength = 0)
    {
        await using MySqlConnection connection = await peers.ConnectAsync();
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database}; CREATE TABLE {database}.load_rows (id BIGINT PRIMARY KEY, value INT NOT NULL, note VARCHAR(2000))");
        return new Load(peers.ConnectionString, database, noteLength);
    }

    /// <summary>One transaction of thousands of statements, about 16 MB of rows; returns when it is committed.</summary>
    public Task CommitLargeAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _large, done);
        return done.Task;
    }

    /// <summary>Nothing changes until <see cref="Resume"/>.</summary>
    public Task PauseAsync() => _turn.WaitAsync();

    public void Resume() => _turn.Release();

    /// <summary>Goes on at another server, which has all rows; only while it pauses.</summary>
    public void MoveTo(string connectionString)
    {
        _connectionString = $"{connectionString};Pooling=false";
        _hasMoved = true;
    }

    /// <summary>Stops, and gives the rows as the table holds them.</summary>
    public async Task<Dictionary<string, string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await using var connection = new MySqlConnection(_connectionString);
        await connection.OpenAsync();
        return (await Sql.RowsAsync(connection, $"SELECT id, value FROM {_database}.load_rows"))
            .ToDictionary(static row => $"{{\"id\":{row[0]}}}", static row => Convert.ToString(row[1], CultureInfo.InvariantCulture)!);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync()
    {
        var random = new Random(1);
        MySqlConnection? connection = null;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await _turn.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                if (_hasMoved && connection is not null)
                {
                    _hasMoved = false;
                    await connection.DisposeAsync();
                    connection = null;
                }

                TaskCompletionSource? large = Interlocked.Exchange(ref _large, null);
                Change change = large is null ? Compose(random) : new Change(_lastId + 1, _lastId + LargeRows, 0, 0, LargeNote, IsSplit: true);
                connection = await CommitAsync(connection, change);
                Count(change);
                large?.TrySetResult();
                _turn.Release();
                await Task.Delay(2);
            }
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private Change Compose(Random random)
    {
        long first = _lastId + 1, last = _lastId + random.Next(1, 6);
        // Never the last row: it tells whether the transaction was committed.
        return new Change(first, last, random.NextInt64(1, first + 1), random.NextInt64(1, Math.Max(2, first)), _noteLength, IsSplit: false);
    }

    /// <summary>Until it is committed, once; gives the connection to go on with.</summary>
    private async Task<MySqlConnection> CommitAsync(MySqlConnection? connection, Change change)
    {
        long began = Stopwatch.GetTimestamp();
        bool isUncertain = false;
        while (true)
        {
            try
            {
                if (connection is null)
                {
                    connection = new MySqlConnection(_connectionString);
                    await connection.OpenAsync();
                }

                if (!isUncertain || (await Sql.RowsAsync(connection, $"SELECT id FROM {_database}.load_rows WHERE id = {change.Last}")).Count == 0)
                {
                    foreach (string sql in Statements(change))
                    {
                        await Sql.ExecuteAsync(connection, sql);
                    }
                }

                return connection;
            }
            catch (MySqlException) when (Stopwatch.GetElapsedTime(began) < LongestOutage)
            {
                isUncertain = true;
                if (connection is not null)
                {
                    await connection.DisposeAsync();
                    connection = null;
                }

                await Task.Delay(50);
            }
        }
    }

    private IEnumerable<string> Statements(Change change)
    {
        var sql = new StringBuilder("START TRANSACTION;");
        if (!change.IsSplit)
        {
            string rows = string.Join(", ", Enumerable.Range(0, change.Count).Select(i => Row(change.First + i, change.Note)));
            yield return sql.Append(CultureInfo.InvariantCulture, $"""
                 INSERT INTO {_database}.load_rows VALUES {rows};
                UPDATE {_database}.load_rows SET value = value + 1 WHERE id BETWEEN {change.Changed} AND {change.Changed + 3};
                DELETE FROM {_database}.load_rows WHERE id = {change.Deleted}; COMMIT
                """).ToString();
            yield break;
        }

        for (int i = 0; i < change.Count; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_database}.load_rows VALUES {Row(change.First + i, change.Note)};");
            if (i % StatementsAtOnce == StatementsAtOnce - 1)
            {
                yield return sql.ToString();
                sql.Clear();
            }
        }

        yield return sql.Append("COMMIT").ToString();
    }

    private static string Row(long id, int note) => $"({id}, 0, '{$"row {id}".PadRight(note, '.')}')";

    private void Count(Change change)
    {
        int changes = change.Count;
        for (long id = change.First; id <= change.Last; id++)
        {
            _rows[id] = 0;
        }

        for (long id = change.Changed; !change.IsSplit && id <= change.Changed + 3; id++)
        {
            if (_rows.TryGetValue(id, out int value))
            {
                _rows[id] = value + 1;
                changes++;
            }
        }

        changes += _rows.Remove(change.Deleted) ? 1 : 0;
        Interlocked.Add(ref _changes, changes);
        Interlocked.Exchange(ref _lastId, change.Last);
    }

    /// <summary>What one transaction does.</summary>
    private sealed record Change(long First, long Last, long Changed, long Deleted, int Note, bool IsSplit)
    {
        public int Count => (int)(Last - First) + 1;
    }
}
