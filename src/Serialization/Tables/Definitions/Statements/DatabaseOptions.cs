using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>What stands behind the name of a database.</summary>
internal static class DatabaseOptions
{
    /// <summary>The character set; null if none is named.</summary>
    public static string? ReadCharset(SqlReader sql)
    {
        while (!sql.AtEnd)
        {
            string? charset = Charsets.TryTake(sql);
            if (!string.IsNullOrEmpty(charset) || (Charsets.TryTakeOfCollation(sql, out charset) && charset is not null))
            {
                return charset;
            }

            sql.SkipPiece();
        }

        return null;
    }
}
