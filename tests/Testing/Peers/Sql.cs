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
}
