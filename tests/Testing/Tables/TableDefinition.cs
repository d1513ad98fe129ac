using System.Globalization;
using System.Text.Json;
using MySqlConnector;

namespace CanalBridge.Testing.Tables;

/// <summary>Columns and key of a table, as the source's information_schema has them.</summary>
internal sealed record TableDefinition(string Database, string Name, IReadOnlyList<TableColumn> Columns, IReadOnlyList<string> KeyColumns)
{
    public bool HasKey => KeyColumns.Count > 0;

    public static async Task<IReadOnlyList<TableDefinition>> ReadAllAsync(MySqlConnection source, string database)
    {
        ILookup<string, (string Table, TableColumn Column)> columns = (await QueryAsync(
            source,
            "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, DATETIME_PRECISION, NUMERIC_SCALE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = @database ORDER BY TABLE_NAME, ORDINAL_POSITION",
            database,
            r => (r.GetString(0), new TableColumn(r.GetString(1), r.GetString(2), r.GetString(3), Number(r, 4), Number(r, 5))))).ToLookup(c => c.Item1, StringComparer.Ordinal);
        ILookup<string, (string Table, string Column)> keys = (await QueryAsync(
            source,
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = @database AND INDEX_NAME = 'PRIMARY' ORDER BY TABLE_NAME, SEQ_IN_INDEX",
            database,
            r => (r.GetString(0), r.GetString(1)))).ToLookup(c => c.Item1, StringComparer.Ordinal);
        return [.. columns.Select(t => new TableDefinition(database, t.Key, [.. t.Select(c => c.Column)], [.. keys[t.Key].Select(k => k.Column)]))];
    }

    /// <summary>All rows of the table, as strings in the order of the columns; null for NULL.</summary>
    public async Task<IReadOnlyList<string?[]>> ReadRowsAsync(MySqlConnection source)
    {
        await using var command = new MySqlCommand($"SELECT {string.Join(", ", Columns.Select(c => c.Sql))} FROM `{Database}`.`{Name}`", source);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync();
        var rows = new List<string?[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Columns.Select((c, i) => c.Read(reader.GetValue(i)))]);
        }

        return rows;
    }

    /// <summary>A row image of a record, as <see cref="ReadRowsAsync"/> gives rows.</summary>
    /// <exception cref="FormatException">Its members are not the columns of the table, or a value is not of its type.</exception>
    public string?[] Decode(JsonElement image)
    {
        string[] members = [.. image.EnumerateObject().Select(m => m.Name)];
        return members.SequenceEqual(Columns.Select(c => c.Name), StringComparer.Ordinal)
            ? [.. Columns.Select(c => c.Decode(image.GetProperty(c.Name)))]
            : throw new FormatException($"A row of {Name} has the members {string.Join(", ", members)}; expected {string.Join(", ", Columns.Select(c => c.Name))}.");
    }

    /// <summary>The identity of a row: its key's values, or all of them where there is no key.</summary>
    public string Identity(string?[] row) => string.Join('|', Columns.Select((c, i) => (c.Name, Value: row[i] ?? "NULL"))
        .Where(c => !HasKey || KeyColumns.Contains(c.Name, StringComparer.Ordinal)).Select(c => $"{c.Name}={c.Value}"));

    /// <summary>The identity that a record key stands for.</summary>
    /// <exception cref="FormatException">Its members are not the key's columns.</exception>
    public string Identity(JsonElement key)
    {
        string[] members = [.. key.EnumerateObject().Select(m => m.Name)];
        return members.SequenceEqual(KeyColumns, StringComparer.Ordinal)
            ? string.Join('|', Columns.Where(c => KeyColumns.Contains(c.Name, StringComparer.Ordinal)).Select(c => $"{c.Name}={c.Decode(key.GetProperty(c.Name)) ?? "NULL"}"))
            : throw new FormatException($"A key of {Name} has the members {string.Join(", ", members)}; expected {string.Join(", ", KeyColumns)}.");
    }

    private static async Task<List<T>> QueryAsync<T>(MySqlConnection source, string sql, string database, Func<MySqlDataReader, T> read)
    {
        await using var command = new MySqlCommand(sql, source);
        command.Parameters.AddWithValue("@database", database);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static int Number(MySqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? 0 : Convert.ToInt32(reader.GetValue(column), CultureInfo.InvariantCulture);
}
