using CanalBridge.Serialization;
using CanalBridge.Source;
using MySqlConnector;

namespace CanalBridge.Commands.Check;

/// <summary>Tables at whose first row Canal 1.1.7 stands still, by the source's own catalogue.</summary>
/// <remarks>
/// Canal compares the columns of a row with those of its definition, and gives up where the numbers differ, a type is unknown to it or it cannot read the
/// definition. It then tries the same row again for ever, and nothing behind it comes. Each cause was seen on MariaDB 10.11, VECTOR on MySQL 9.7.
/// </remarks>
internal static class UnreadableTables
{
    /// <summary>More are not worth a longer line.</summary>
    public const int Most = 20;

    private const string OnMariaDb = """
        SELECT t.TABLE_SCHEMA, t.TABLE_NAME, 'versioned' FROM information_schema.TABLES t WHERE t.TABLE_TYPE = 'SYSTEM VERSIONED'
            AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS c
                WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.GENERATION_EXPRESSION = 'ROW START')
        UNION SELECT s.TABLE_SCHEMA, s.TABLE_NAME, 'hash' FROM information_schema.STATISTICS s JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
            WHERE s.NON_UNIQUE = 0 AND s.INDEX_TYPE = 'HASH' AND t.ENGINE <> 'MEMORY'
        UNION SELECT TABLE_SCHEMA, TABLE_NAME, 'invisible' FROM information_schema.COLUMNS WHERE EXTRA LIKE '%INVISIBLE%'
        UNION SELECT TABLE_SCHEMA, TABLE_NAME, 'compressed' FROM information_schema.COLUMNS
            WHERE COLUMN_TYPE LIKE '%COMPRESSED%' AND TABLE_SCHEMA <> 'information_schema'
        """;

    private const string OnBoth = """
        SELECT TABLE_SCHEMA, TABLE_NAME, 'vector' FROM information_schema.COLUMNS WHERE DATA_TYPE = 'vector'
        UNION SELECT TABLE_SCHEMA, TABLE_NAME, 'name' FROM information_schema.TABLES WHERE TABLE_TYPE <> 'VIEW' AND TABLE_NAME LIKE '%`%'
        """;

    /// <summary>Looks for them.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>At most <see cref="Most"/>, each once, by name.</returns>
    /// <exception cref="MySqlException">The source did not tell, or not in time.</exception>
    public static async Task<IReadOnlyList<UnreadableTable>> FindAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        bool isMariaDb = ServerVersion.KindOf(connection.ServerVersion) == SourceKind.MariaDb;
        await using MySqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants alone.
        command.CommandText = isMariaDb ? $"{OnBoth} UNION {OnMariaDb} ORDER BY 1, 2" : $"{OnBoth} ORDER BY 1, 2";
#pragma warning restore CA2100
        var found = new List<UnreadableTable>();
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (found.Count < Most && await reader.ReadAsync(cancellationToken))
        {
            var table = new UnreadableTable($"{reader.GetString(0)}.{reader.GetString(1)}", CauseOf(reader.GetString(2)));
            if (found.Count == 0 || found[^1].Name != table.Name)
            {
                found.Add(table);
            }
        }

        return found;
    }

    private static Text CauseOf(string cause) => cause switch
    {
        "versioned" => Texts.CauseVersioned,
        "hash" => Texts.CauseHash,
        "invisible" => Texts.CauseInvisible,
        "compressed" => Texts.CauseCompressed,
        "vector" => Texts.CauseVector,
        "name" => Texts.CauseName,
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "no cause that the catalogue was asked for"),
    };
}

/// <summary>One of them.</summary>
/// <param name="Name">Schema, a dot, table.</param>
/// <param name="Cause">Why Canal cannot read it.</param>
internal readonly record struct UnreadableTable(string Name, Text Cause);
