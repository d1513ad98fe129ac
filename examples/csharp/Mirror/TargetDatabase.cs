using System.Globalization;
using System.Text;
using System.Text.Json;
using MySqlConnector;

namespace Mirror;

/// <summary>The tables that are kept equal, over one connection.</summary>
internal sealed class TargetDatabase(string connectionString) : IAsyncDisposable
{
    private static readonly HashSet<string> TextTypes = ["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"];

    private readonly MySqlConnection _connection = new(connectionString);
    private readonly Dictionary<(string Table, string Column), TargetColumn> _columns = [];

    public async Task OpenAsync()
    {
        await _connection.OpenAsync();

        // Topics of different tables are read in no order between them, so foreign keys cannot hold in between; an id of 0 stays 0.
        await using var session = new MySqlCommand("SET time_zone = '+00:00', foreign_key_checks = 0, sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'", _connection);
        await session.ExecuteNonQueryAsync();
        await RefuseUniqueKeysAsync();
        await ReadColumnsAsync();
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    /// <summary>All or none of the changes, in their order.</summary>
    public async Task ApplyAsync(IEnumerable<RowChange> changes)
    {
        await using MySqlTransaction transaction = await _connection.BeginTransactionAsync();
        foreach (RowChange change in changes)
        {
            await using var command = new MySqlCommand { Connection = _connection, Transaction = transaction };
            if (change.Row is { } row)
            {
                Put(command, change.Table, row);
            }
            else
            {
                Delete(command, change.Table, change.Key);
            }

            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    private void Put(MySqlCommand command, string table, JsonElement row)
    {
        var names = new StringBuilder();
        var values = new StringBuilder();
        foreach (JsonProperty value in row.EnumerateObject())
        {
            names.Append(names.Length > 0 ? ", " : "").Append(Quoted(value.Name));
            values.Append(values.Length > 0 ? ", " : "").Append(Parameter(command, Column(table, value.Name), value.Value));
        }

        command.CommandText = $"REPLACE INTO {Quoted(table)} ({names}) VALUES ({values})";
    }

    /// <summary>Deletes by key, to the letter.</summary>
    /// <remarks>
    /// A key changed from 'A' to 'a' is a delete and a create in two partitions, which may be read in the other order. To the collation
    /// the keys may be equal: the late delete of 'A' must leave 'a' alone.
    /// </remarks>
    private void Delete(MySqlCommand command, string table, JsonElement key)
    {
        var where = new StringBuilder();
        foreach (JsonProperty value in key.EnumerateObject())
        {
            TargetColumn column = Column(table, value.Name);
            string name = Quoted(value.Name), parameter = Parameter(command, column, value.Value);
            where.Append(where.Length > 0 ? " AND " : "").Append(CultureInfo.InvariantCulture, $"{name} = {parameter}");
            if (TextTypes.Contains(column.Type))
            {
                where.Append(CultureInfo.InvariantCulture, $" AND CAST(CONVERT({name} USING utf8mb4) AS BINARY) = CAST({parameter} AS BINARY)");
            }
        }

        command.CommandText = $"DELETE FROM {Quoted(table)} WHERE {where}";
    }

    private TargetColumn Column(string table, string name) => _columns.GetValueOrDefault((table, name)) ?? throw new InvalidDataException(
        $"The target has no column {table}.{name}: make it as in the source, then start again.");

    private static string Parameter(MySqlCommand command, TargetColumn column, JsonElement value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"@p{command.Parameters.Count}");
        command.Parameters.AddWithValue(name, column.Parse(value));
        return name;
    }

    private static string Quoted(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>While the records of one row wait, another may have taken its unique value: REPLACE would delete the wrong row.</summary>
    private async Task RefuseUniqueKeysAsync()
    {
        await using var query = new MySqlCommand(
            "SELECT CONCAT(table_name, '.', index_name) FROM information_schema.statistics WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY'", _connection);
        if (await query.ExecuteScalarAsync() is string index)
        {
            throw new InvalidDataException($"The target's {index} is a unique key. Only primary keys may be: make it an ordinary index.");
        }
    }

    private async Task ReadColumnsAsync()
    {
        await using var query = new MySqlCommand(
            "SELECT table_name, column_name, data_type, column_type LIKE '%unsigned%', COALESCE(datetime_precision, numeric_scale, 0) FROM information_schema.columns WHERE table_schema = DATABASE()", _connection);
        await using MySqlDataReader reader = await query.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var column = new TargetColumn(reader.GetString(1), reader.GetString(2), reader.GetInt32(3) != 0, Convert.ToInt32(reader.GetValue(4), CultureInfo.InvariantCulture));
            _columns[(reader.GetString(0), column.Name)] = column;
        }
    }
}
