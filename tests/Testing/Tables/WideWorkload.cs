using MySqlConnector;

namespace CanalBridge.Testing.Tables;

/// <summary>Random changes to twenty tables, the same ones for the same seed, and an account of the records they must become.</summary>
internal sealed class WideWorkload(int seed)
{
    private const int RowsPerStatement = 1000;

    private readonly Random _random = new(seed);
    private readonly WideTable[] _tables = WideTable.All;

    /// <summary>Per table: conditions that select one row each, of the rows that should be there.</summary>
    private readonly Dictionary<string, List<string>> _rows = WideTable.All.ToDictionary(t => t.Name, _ => new List<string>(), StringComparer.Ordinal);

    private readonly Dictionary<string, ChangeCounts> _changes = new(StringComparer.Ordinal);
    private int _lastNumber;

    /// <summary>Committed changes by table.</summary>
    public IReadOnlyDictionary<string, ChangeCounts> Changes => _changes;

    /// <summary>Creates the tables in the connection's database.</summary>
    public async Task CreateTablesAsync(MySqlConnection source)
    {
        foreach (WideTable table in _tables)
        {
            await ExecuteAsync(source, table.CreateStatement, null);
        }
    }

    /// <summary>Runs transactions of one to eight statements over random tables; one in twenty is rolled back.</summary>
    public async Task RunAsync(MySqlConnection source, int transactions, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < transactions && !cancellationToken.IsCancellationRequested; i++)
        {
            await RunTransactionAsync(source, _random.Next(1, 9), commit: _random.Next(20) != 0);
        }
    }

    /// <summary>Inserts rows into one table, in one transaction.</summary>
    public async Task RunLargeTransactionAsync(MySqlConnection source, int rows)
    {
        WideTable table = _tables.Single(t => t.Name == "bulk_rows");
        await using MySqlTransaction transaction = await source.BeginTransactionAsync();
        var made = new Unit();
        for (int done = 0; done < rows; done += RowsPerStatement)
        {
            await InsertAsync(source, transaction, table, Math.Min(RowsPerStatement, rows - done), made);
        }

        await transaction.CommitAsync();
        Settle(made);
    }

    private async Task RunTransactionAsync(MySqlConnection source, int statements, bool commit)
    {
        await using MySqlTransaction transaction = await source.BeginTransactionAsync();
        var made = new Unit();
        for (int i = 0; i < statements; i++)
        {
            await RunStatementAsync(source, transaction, _tables[_random.Next(_tables.Length)], made);
        }

        if (commit)
        {
            await transaction.CommitAsync();
            Settle(made);
        }
        else
        {
            await transaction.RollbackAsync();
        }
    }

    private Task RunStatementAsync(MySqlConnection source, MySqlTransaction transaction, WideTable table, Unit made)
    {
        int known = _rows[table.Name].Count;
        return _random.Next(10) switch
        {
            _ when known < 5 => InsertAsync(source, transaction, table, _random.Next(1, 6), made),
            < 4 => InsertAsync(source, transaction, table, _random.Next(1, 6), made),
            < 7 => UpdateAsync(source, transaction, table, _random.Next(1, 5), made),
            < 9 => DeleteAsync(source, transaction, table, _random.Next(1, 3), made),
            _ when table.HasKey => ChangeKeyAsync(source, transaction, table, made),
            _ => DeleteAsync(source, transaction, table, 1, made),
        };
    }

    private async Task InsertAsync(MySqlConnection source, MySqlTransaction transaction, WideTable table, int count, Unit made)
    {
        var rows = new List<string>(count);
        for (int i = 0; i < count; i++)
        {
            string[] key = table.NewKey(++_lastNumber);
            string[] values = [.. table.Columns.Select(c => WideTable.Value(_random, c))];
            rows.Add($"({string.Join(", ", key.Concat(values))})");
            string condition = table.HasKey ? Condition(table, key) : $"`n` = {values[0]}";
            made.OnCommit.Add(() => _rows[table.Name].Add(condition));
        }

        int inserted = await ExecuteAsync(source, $"INSERT INTO `{table.Name}` VALUES {string.Join(", ", rows)}", transaction);
        made.Count(table, new ChangeCounts(inserted, 0, 0));
    }

    private async Task UpdateAsync(MySqlConnection source, MySqlTransaction transaction, WideTable table, int count, Unit made)
    {
        // A table without key keeps `n`, by which its rows are found.
        (string Name, string Type, Func<Random, string> Value)[] columns = [.. table.Columns.Where(c => table.HasKey || c.Name != "n")];
        _random.Shuffle(columns);
        IEnumerable<string> sets = columns.Take(_random.Next(1, columns.Length + 1)).Select(c => $"`{c.Name}` = {WideTable.Value(_random, c)}");
        int updated = await ExecuteAsync(source, $"UPDATE `{table.Name}` SET {string.Join(", ", sets)} WHERE {AnyOf(Pick(table, count))}", transaction);
        made.Count(table, new ChangeCounts(0, updated, 0));
    }

    private async Task DeleteAsync(MySqlConnection source, MySqlTransaction transaction, WideTable table, int count, Unit made)
    {
        string[] conditions = Pick(table, count);
        int deleted = await ExecuteAsync(source, $"DELETE FROM `{table.Name}` WHERE {AnyOf(conditions)}", transaction);
        made.Count(table, new ChangeCounts(0, 0, deleted));
        made.OnCommit.Add(() => _rows[table.Name].RemoveAll(conditions.Contains));
    }

    /// <summary>An update of the key is a delete and an insert in Debezium's terms.</summary>
    private async Task ChangeKeyAsync(MySqlConnection source, MySqlTransaction transaction, WideTable table, Unit made)
    {
        string[] old = Pick(table, 1);
        string[] key = table.NewKey(++_lastNumber);
        IEnumerable<string> sets = table.KeyDefinitions.Select((k, i) => $"`{k.Name}` = {key[i]}");
        int updated = await ExecuteAsync(source, $"UPDATE `{table.Name}` SET {string.Join(", ", sets)} WHERE {old[0]}", transaction);
        made.Count(table, new ChangeCounts(updated, 0, updated));
        made.OnCommit.Add(() =>
        {
            _rows[table.Name].Remove(old[0]);
            if (updated > 0)
            {
                _rows[table.Name].Add(Condition(table, key));
            }
        });
    }

    private string[] Pick(WideTable table, int count)
    {
        List<string> rows = _rows[table.Name];
        return [.. Enumerable.Range(0, count).Select(_ => rows[_random.Next(rows.Count)]).Distinct(StringComparer.Ordinal)];
    }

    private void Settle(Unit made)
    {
        made.OnCommit.ForEach(a => a());
        foreach ((string table, ChangeCounts counts) in made.Changes)
        {
            _changes[table] = (_changes.GetValueOrDefault(table) ?? ChangeCounts.None).Plus(counts);
        }
    }

    private static string Condition(WideTable table, string[] key) => string.Join(" AND ", table.KeyDefinitions.Select((k, i) => $"`{k.Name}` = {key[i]}"));

    private static string AnyOf(string[] conditions) => string.Join(" OR ", conditions.Select(c => $"({c})"));

    private static async Task<int> ExecuteAsync(MySqlConnection source, string sql, MySqlTransaction? transaction)
    {
        await using var command = new MySqlCommand(sql, source, transaction);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>What one transaction has done so far; it counts when it commits.</summary>
    private sealed class Unit
    {
        public List<Action> OnCommit { get; } = [];

        public Dictionary<string, ChangeCounts> Changes { get; } = new(StringComparer.Ordinal);

        public void Count(WideTable table, ChangeCounts counts) =>
            Changes[table.Name] = (Changes.GetValueOrDefault(table.Name) ?? ChangeCounts.None).Plus(counts);
    }
}
