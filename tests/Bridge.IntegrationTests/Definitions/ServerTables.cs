using System.Globalization;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.UnitTests.Definitions;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.IntegrationTests.Definitions;

/// <summary>A server's tables and its log of statements.</summary>
internal sealed class ServerTables(MySqlConnection connection, string kind)
{
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private string _file = "";
    private long _offset;

    /// <summary>Looks away from all databases that are there now.</summary>
    public async Task IgnoreAllAsync() => _others.UnionWith(await DatabasesAsync());

    /// <summary>Databases made since.</summary>
    public async Task<IReadOnlyList<string>> DatabasesAsync() =>
    [
        .. (await Sql.RowsAsync(connection, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"))
            .Select(static row => (string)row[0]).Where(name => !_others.Contains(name)),
    ];

    /// <summary>All base tables of the databases that tests make.</summary>
    public async Task<Dictionary<TableId, ServerTable>> ReadAsync()
    {
        string ofTests = $"TABLE_SCHEMA NOT IN ({string.Join(", ", _others.Select(static name => $"'{name}'"))})";
        var tables = (await Sql.RowsAsync(
            connection,
            $"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_COLLATION FROM information_schema.TABLES WHERE {ofTests} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"))
            .ToDictionary(static row => new TableId((string)row[0], (string)row[1]), static row => ((string)row[2]).Split('_')[0]);
        IReadOnlyList<object[]> columns = await Sql.RowsAsync(
            connection,
            "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME FROM information_schema.COLUMNS "
            + $"WHERE {ofTests} ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION");
        ILookup<TableId, string> keys = (await Sql.RowsAsync(
            connection,
            "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS "
            + $"WHERE {ofTests} AND INDEX_NAME = 'PRIMARY' ORDER BY TABLE_SCHEMA, TABLE_NAME, SEQ_IN_INDEX"))
            .ToLookup(static row => new TableId((string)row[0], (string)row[1]), static row => (string)row[2]);
        return columns.GroupBy(static row => new TableId((string)row[0], (string)row[1])).Where(table => tables.ContainsKey(table.Key)).ToDictionary(
            static table => table.Key, table => new ServerTable([.. table.Select(Column)], [.. keys[table.Key]], tables[table.Key]));
    }

    /// <summary>What the server would print of a table; null if there is no such table.</summary>
    public async Task<string?> ShowCreateAsync(TableId table)
    {
        try
        {
            return (string)(await Sql.RowsAsync(connection, $"SHOW CREATE TABLE {Quoted(table.Schema)}.{Quoted(table.Name)}"))[0][1];
        }
        catch (MySqlException)
        {
            return null;
        }
    }

    /// <summary>The statements that the server has logged since the last call, each with the session's database.</summary>
    public async Task<IReadOnlyList<(string Schema, string Statement)>> LoggedAsync()
    {
        (string file, long end) = await BinlogEvents.EndAsync(connection, kind);
        if (_file.Length == 0)
        {
            (_file, _offset) = (file, end);
            return [];
        }

        var logged = new List<(string, string)>();
        while (true)
        {
            foreach (object[] row in await Sql.RowsAsync(connection, $"SHOW BINLOG EVENTS IN '{_file}' FROM {_offset}"))
            {
                _offset = Math.Max(_offset, Convert.ToInt64(row[4], CultureInfo.InvariantCulture));
                if ((string)row[2] == "Query")
                {
                    logged.Add(Statement((string)row[5]));
                }
            }

            if (_file == file)
            {
                return logged;
            }

            // A new file: its number is the next.
            int dot = _file.LastIndexOf('.');
            _file = string.Create(CultureInfo.InvariantCulture, $"{_file[..dot]}.{int.Parse(_file[(dot + 1)..], CultureInfo.InvariantCulture) + 1:D6}");
            _offset = 4;
        }
    }

    /// <summary>The server shows a session's database as a USE before the statement.</summary>
    private static (string Schema, string Statement) Statement(string info)
    {
        if (!info.StartsWith("use `", StringComparison.Ordinal))
        {
            return ("", info);
        }

        int end = info.IndexOf("`; ", StringComparison.Ordinal);
        return (info[5..end].Replace("``", "`", StringComparison.Ordinal), info[(end + 3)..]);
    }

    private ServerColumn Column(object[] row)
    {
        string? value = row[5] as string;
        bool isExpression;
        if (kind == "mysql")
        {
            isExpression = ((string)row[6]).Contains("DEFAULT_GENERATED", StringComparison.Ordinal);
        }
        else
        {
            value = value == "NULL" ? null : value;
            bool isText = value is ['\'', .., '\''];
            isExpression = value is not null && !isText && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                && !value.StartsWith("b'", StringComparison.Ordinal) && !value.StartsWith("0x", StringComparison.Ordinal);
            value = isText ? ServerColumn.Unescaped(value![1..^1]) : value;
        }

        return new ServerColumn((string)row[2], (string)row[3], (string)row[4] == "YES", value, isExpression, row[7] as string);
    }

    private static string Quoted(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
