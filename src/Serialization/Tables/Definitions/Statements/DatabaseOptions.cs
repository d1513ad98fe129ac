using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>What stands behind the name of a database.</summary>
internal static class DatabaseOptions
{
    /// <summary>The character set; null if none is named. Debezium does not look at a collation here.</summary>
    public static string? ReadCharset(SqlReader sql)
    {
        while (!sql.AtEnd)
        {
            if (Charsets.TryTake(sql) is { Length: > 0 } charset)
            {
                return charset;
            }

            sql.SkipPiece();
        }

        return null;
    }
}
