using CanalBridge.Serialization;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;
using CanalBridge.Serialization.UnitTests.Definitions;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.IntegrationTests.Definitions;

/// <summary>Runs statements on a server, follows what it logs, and compares what is then known of each table with what the server tells.</summary>
internal sealed class DefinitionOracle
{
    private readonly string _kind;
    private readonly ServerTables _server;
    private readonly DefinitionCatalog _tables = new();
    private readonly StatementFollower _follower;
    private readonly List<(string Schema, string Statement)> _history = [];
    private readonly HashSet<string> _found = [];
    private readonly Dictionary<TableId, TableDefinition?> _compared = [];

    /// <param name="watch">Looks at tables and log, in a session of its own.</param>
    /// <param name="kind">mariadb or mysql.</param>
    public DefinitionOracle(MySqlConnection watch, string kind)
    {
        _kind = kind;
        _server = new ServerTables(watch, kind);
        _tables.IsCaseSensitive = true;
        _follower = new StatementFollower(_tables, SqlDialect.Of(kind == "mysql" ? SourceKind.MySql : SourceKind.MariaDb));
    }

    /// <summary>Requests that the server took.</summary>
    public int Taken { get; private set; }

    /// <summary>Requests that the server refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Statements in the log that define, change, rename or drop something.</summary>
    public int Followed { get; private set; }

    /// <summary>Where the bridge knew otherwise: what differed, and the line for the regression file.</summary>
    public List<string> Findings { get; } = [];

    /// <summary>The server's tables as last compared.</summary>
    public IReadOnlyDictionary<TableId, ServerTable> Tables { get; private set; } = new Dictionary<TableId, ServerTable>();

    /// <summary>What was done, in short.</summary>
    public string Counts => $"{Taken} taken, {Refused} refused, {Followed} followed, {Findings.Count} findings";

    /// <summary>Runs a request, and looks at all tables if it was logged.</summary>
    public async Task RunAsync(MySqlConnection session, string request)
    {
        if (Taken == 0)
        {
            await _server.IgnoreAllAsync();
            await _server.LoggedAsync();
        }

        bool hasFailed = false;
        try
        {
            await Sql.ExecuteAsync(session, request);
            Taken++;
        }
        catch (MySqlException)
        {
            // What it did before it failed is in the log.
            Refused++;
            hasFailed = true;
        }

        bool changes = false;
        foreach ((string schema, string statement) in await _server.LoggedAsync())
        {
            StatementEffect effect = _follower.Apply(statement, schema);
            bool defines = effect.Changes.Count > 0 || effect.Reshaped.Count > 0 || effect.Database is not null || effect.Unread is not null
                || effect.IsOfTemporary;
            Followed += defines ? 1 : 0;
            changes |= defines || !IsRowText(statement);
            if (defines)
            {
                _history.Add((schema, statement));
            }
        }

        if (changes)
        {
            await CompareAsync(hasFailed);
        }
    }

    /// <summary>Drops the databases that were made: the next file has its own.</summary>
    public async Task DropAllAsync(MySqlConnection session)
    {
        foreach (string database in await _server.DatabasesAsync())
        {
            await RunAsync(session, $"DROP DATABASE `{database.Replace("`", "``", StringComparison.Ordinal)}`");
        }
    }

    /// <summary>BEGIN, and the texts of row changes: they come many times.</summary>
    private static bool IsRowText(string statement) =>
        statement is "BEGIN" or "COMMIT"
        || new[] { "INSERT", "UPDATE", "DELETE", "SAVEPOINT" }.Any(word => statement.StartsWith(word, StringComparison.OrdinalIgnoreCase));

    private async Task CompareAsync(bool hasFailed)
    {
        Dictionary<TableId, ServerTable> tables = await _server.ReadAsync();
        foreach ((TableId id, ServerTable table) in tables)
        {
            TableDefinition? known = _tables.Contains(id) ? _tables.Find(id) : null;
            if (Tables.TryGetValue(id, out ServerTable? before) && IsSame(before, table)
                && _compared.TryGetValue(id, out TableDefinition? compared) && ReferenceEquals(compared, known))
            {
                continue;
            }

            IReadOnlyList<string> differences = table.DifferencesOf(known);
            if (differences.Count > 0)
            {
                Report(id, table, differences);
                await RelearnAsync(id);
            }

            _compared[id] = _tables.Contains(id) ? _tables.Find(id) : null;
        }

        foreach (TableId gone in Tables.Keys.Where(id => !tables.ContainsKey(id) && _tables.Contains(id)).ToList())
        {
            _tables.Remove(gone);
            // MariaDB logs a CREATE OR REPLACE that drops the old table and then fails as if it had not failed. No rows will come of that table.
            if (!hasFailed)
            {
                Findings.Add($"{gone} is known though it is gone: {_history[^1].Statement}");
            }

        }

        Tables = tables;
    }

    private static bool IsSame(ServerTable one, ServerTable other) => one.Charset == other.Charset && one.Key.SequenceEqual(other.Key) && one.Columns.SequenceEqual(other.Columns);

    private void Report(TableId id, ServerTable table, IReadOnlyList<string> differences)
    {
        string last = _history.Count > 0 ? _history[^1].Statement : "";

        // A table made by a SELECT, logged as text, is known to the server alone.
        if (differences is ["unknown"] && last.Contains("SELECT", StringComparison.OrdinalIgnoreCase)
            && last.Contains("CREATE TABLE", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        // As Debezium does, the bridge looks at a column's COLLATE directly behind its type only.
        if (differences.All(static difference => difference.Contains("charset", StringComparison.Ordinal))
            && last.Contains("COLLATE", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        string[] statements = [.. _history.Where(s => s.Statement.Contains(id.Name, StringComparison.Ordinal)).Select(static s => s.Statement)];
        string line = new DefinitionCase(_kind, id.Schema, statements, id.Name, table).ToLine();
        if (_found.Add($"{id} {string.Join("; ", differences)}"))
        {
            Findings.Add($"{id}: {string.Join("; ", differences)}\n    behind {last}\n    {line}");
        }
    }

    /// <summary>One finding must not hide the next.</summary>
    private async Task RelearnAsync(TableId id)
    {
        var asked = new DefinitionCatalog();
        if (await _server.ShowCreateAsync(id) is { } statement)
        {
            new StatementFollower(asked, SqlDialect.Of(_kind == "mysql" ? SourceKind.MySql : SourceKind.MariaDb)).Apply(statement, id.Schema);
        }

        _tables.Remove(id);
        if (asked.Find(id) is { } definition)
        {
            _tables.Set(id, definition);
        }

        _history.RemoveAll(s => s.Statement.Contains(id.Name, StringComparison.Ordinal));
        _history.Add((id.Schema, await _server.ShowCreateAsync(id) ?? ""));
    }
}
