using MySqlConnector;

namespace CanalBridge.Testing.Peers;

/// <summary>Statements on the source.</summary>
internal static class Sql
{
    /// <summary>Runs one or several statements; gives the number of rows changed.</summary>
    public static async Task<int> ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 120;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The rows of a query.</summary>
    public static async Task<IReadOnlyList<object[]>> RowsAsync(MySqlConnection connection, string sql)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 120;
        await using MySqlDataReader reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The first column of a query's first row, as text.</summary>
    public static async Task<string> TextAsync(MySqlConnection connection, string sql) =>
        Convert.ToString((await RowsAsync(connection, sql))[0][0], System.Globalization.CultureInfo.InvariantCulture)!;
}
