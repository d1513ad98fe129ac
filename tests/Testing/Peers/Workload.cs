using System.Globalization;
using System.Text;
using MySqlConnector;

namespace CanalBridge.Testing.Peers;

/// <summary>Twenty tables of varied types and random transactions over them; the same seed gives the same statements.</summary>
internal sealed class Workload
{
    private readonly Random _random;
    private readonly List<WorkloadTable> _tables = [];

    public Workload(string database, int seed)
    {
        Database = database;
        _random = new Random(seed);
        for (int i = 0; i < 20; i++)
        {
            ColumnKind[] kinds = [.. Enumerable.Range(0, 10).Select(c => ColumnKind.All[((i * 7) + c) % ColumnKind.All.Count])];
            _tables.Add(new WorkloadTable($"t{i}", (KeyForm)(i % 5), kinds));
        }
    }

    public string Database { get; }

    public IReadOnlyList<WorkloadTable> Tables => _tables;

    public async Task CreateTablesAsync(MySqlConnection connection)
    {
        await ExecuteAsync(connection, $"CREATE DATABASE {Database} CHARACTER SET utf8mb4");
        foreach (WorkloadTable table in _tables)
        {
            await ExecuteAsync(connection, table.CreateStatement(Database));
        }

        await ExecuteAsync(connection, $"CREATE TABLE {Database}.marker (id INT PRIMARY KEY)");
    }

    /// <summary>200 transactions of 1 to 8 statements, and in their middle one of 20,000 rows.</summary>
    public async Task RunAsync(MySqlConnection connection)
    {
        for (int i = 0; i < 200; i++)
        {
            var script = new StringBuilder("START TRANSACTION;");
            int statements = _random.Next(1, 9);
            for (int s = 0; s < statements; s++)
            {
                script.Append(_tables[_random.Next(_tables.Count)].RandomStatement(Database, _random)).Append(';');
            }

            await ExecuteAsync(connection, script.Append("COMMIT").ToString());
            if (i == 100)
            {
                await ExecuteAsync(connection, BigTransaction());
            }
        }

        await ExecuteAsync(connection, $"INSERT INTO {Database}.marker VALUES (1)");
    }

    public static async Task<int> ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 120;
        return await command.ExecuteNonQueryAsync();
    }

    private string BigTransaction()
    {
        var script = new StringBuilder("START TRANSACTION;");
        for (int i = 0; i < 200; i++)
        {
            script.Append(_tables[0].InsertStatement(Database, _random, rows: 100)).Append(';');
        }

        return script.Append("COMMIT").ToString();
    }
}

/// <summary>What the key of a table looks like.</summary>
internal enum KeyForm
{
    Integer,
    Composite,
    Text,
    Binary,
    None,
}

/// <summary>One table of the workload.</summary>
internal sealed class WorkloadTable
{
    private readonly ColumnKind[] _kinds;
    private readonly List<int> _keys = [];
    private int _lastKey;

    public WorkloadTable(string name, KeyForm keyForm, ColumnKind[] kinds)
    {
        Name = name;
        KeyForm = keyForm;
        _kinds = kinds;
    }

    public string Name { get; }

    public KeyForm KeyForm { get; }

    /// <summary>Name and kind of the columns behind the key.</summary>
    public IEnumerable<(string Name, ColumnKind Kind)> Columns => _kinds.Select((kind, i) => ($"c{i}", kind));

    private string KeyColumns => KeyForm == KeyForm.Composite ? "region, id" : "id";

    public string CreateStatement(string database)
    {
        string key = KeyForm switch
        {
            KeyForm.Integer => "id INT NOT NULL, PRIMARY KEY (id)",
            KeyForm.Composite => "region VARCHAR(10) NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (region, id)",
            KeyForm.Text => "id VARCHAR(40) NOT NULL, PRIMARY KEY (id)",
            KeyForm.Binary => "id BINARY(8) NOT NULL, PRIMARY KEY (id)",
            _ => "id INT NOT NULL",
        };
        return $"CREATE TABLE {database}.{Name} ({key}{string.Concat(Columns.Select(c => $", {c.Name} {c.Kind.Declaration} NULL"))})";
    }

    public string RandomStatement(string database, Random random)
    {
        int choice = _keys.Count == 0 ? 0 : random.Next(10);
        return choice switch
        {
            < 5 => InsertStatement(database, random, random.Next(1, 6)),
            < 7 => $"UPDATE {database}.{Name} SET {Assignments(random)} WHERE {Where(Pick(random))}",
            7 => $"UPDATE {database}.{Name} SET {Assignments(random)} WHERE {Where(Pick(random))} OR {Where(Pick(random))}",
            8 => KeyChange(database, random),
            _ => Delete(database, random),
        };
    }

    public string InsertStatement(string database, Random random, int rows)
    {
        var values = new List<string>();
        for (int i = 0; i < rows; i++)
        {
            int key = ++_lastKey;
            _keys.Add(key);
            values.Add($"({KeyLiteral(key)}, {string.Join(", ", _kinds.Select(k => Value(k, random)))})");
        }

        return $"INSERT INTO {database}.{Name} ({KeyColumns}, {string.Join(", ", Columns.Select(c => c.Name))}) VALUES {string.Join(", ", values)}";
    }

    private string KeyChange(string database, Random random)
    {
        int old = Pick(random), next = ++_lastKey;
        _keys.Remove(old);
        _keys.Add(next);
        return KeyForm == KeyForm.Composite
            ? $"UPDATE {database}.{Name} SET region = '{Region(next)}', id = {next} WHERE {Where(old)}"
            : $"UPDATE {database}.{Name} SET id = {KeyLiteral(next)} WHERE {Where(old)}";
    }

    private string Delete(string database, Random random)
    {
        int key = Pick(random);
        _keys.Remove(key);
        return $"DELETE FROM {database}.{Name} WHERE {Where(key)}";
    }

    private int Pick(Random random) => _keys[random.Next(_keys.Count)];

    private string Assignments(Random random)
    {
        int first = random.Next(_kinds.Length), count = random.Next(1, 4);
        return string.Join(", ", Enumerable.Range(first, count).Select(i => i % _kinds.Length).Distinct().Select(i => $"c{i} = {Value(_kinds[i], random)}"));
    }

    private string Where(int key) => KeyForm == KeyForm.Composite ? $"(region = '{Region(key)}' AND id = {key})" : $"id = {KeyLiteral(key)}";

    private string KeyLiteral(int key) => KeyForm switch
    {
        KeyForm.Composite => $"'{Region(key)}', {key}",
        KeyForm.Text => $"'schlüssel-{key}'",
        KeyForm.Binary => $"x'{key.ToString("X8", CultureInfo.InvariantCulture)}00000000'",
        _ => key.ToString(CultureInfo.InvariantCulture),
    };

    private static string Region(int key) => key % 2 == 0 ? "eu" : "asia";

    private static string Value(ColumnKind kind, Random random) => random.Next(8) == 0 ? "NULL" : kind.Literal(random);
}
