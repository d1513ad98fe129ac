using System.Globalization;
using MySqlConnector;

namespace CanalBridge.Testing.Peers;

/// <summary>Where the source itself says that its row events stand.</summary>
internal static class BinlogEvents
{
    /// <summary>File and offset of each event that holds rows, of all files that are there.</summary>
    public static async Task<HashSet<(string File, long Offset)>> OfRowsAsync(MySqlConnection connection)
    {
        var found = new HashSet<(string, long)>();
        foreach (object[] file in await Sql.RowsAsync(connection, "SHOW BINARY LOGS"))
        {
            string name = (string)file[0];
            foreach (object[] row in await Sql.RowsAsync(connection, $"SHOW BINLOG EVENTS IN '{name}'"))
            {
                if (((string)row[2]).Contains("_rows", StringComparison.OrdinalIgnoreCase) && !((string)row[2]).StartsWith("Annotate", StringComparison.Ordinal))
                {
                    found.Add((name, Convert.ToInt64(row[1], CultureInfo.InvariantCulture)));
                }
            }
        }

        return found;
    }

    /// <summary>The binlog's end.</summary>
    public static async Task<(string File, long Offset)> EndAsync(MySqlConnection connection, string kind)
    {
        object[] row = (await Sql.RowsAsync(connection, kind == "mysql" ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS"))[0];
        return ((string)row[0], Convert.ToInt64(row[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Number of binlog files.</summary>
    public static async Task<int> FilesAsync(MySqlConnection connection) => (await Sql.RowsAsync(connection, "SHOW BINARY LOGS")).Count;

    /// <summary>The executed GTIDs, as Canal's cursor wants them.</summary>
    public static Task<string> ExecutedGtidsAsync(MySqlConnection connection, string kind) =>
        Sql.TextAsync(connection, kind == "mysql" ? "SELECT REPLACE(@@gtid_executed, '\n', '')" : "SELECT @@gtid_binlog_pos");
}
