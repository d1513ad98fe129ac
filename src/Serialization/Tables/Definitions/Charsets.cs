using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>Character sets by the names of their collations.</summary>
internal static class Charsets
{
    /// <summary>Those of MySQL 9.7 and MariaDB 10.11. A collation is named after its own, but for <c>binary</c> and MariaDB's short names.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "armscii8", "ascii", "big5", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "cp932", "dec8", "eucjpms", "euckr", "gb18030", "gb2312", "gbk", "geostd8", "greek",
        "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7", "macce", "macroman", "sjis", "swe7", "tis620", "ucs2", "ujis", "utf16", "utf16le", "utf32", "utf8",
        "utf8mb3", "utf8mb4",
    };

    /// <summary>The character set of a collation; null if its name does not tell.</summary>
    public static string? OfCollation(string collation)
    {
        int end = collation.IndexOf('_', StringComparison.Ordinal);
        string name = (end < 0 ? collation : collation[..end]).ToLowerInvariant();
        return Names.Contains(name) ? name : null;
    }

    /// <summary>Takes <c>CHARACTER SET x</c>, or one of its short forms, if it is next; with an equals sign in options of tables and databases.</summary>
    /// <returns>The name as typed; empty for DEFAULT; null if something else is next.</returns>
    public static string? TryTake(SqlReader sql)
    {
        if (!sql.TryTake("CHARACTER", "SET") && !sql.TryTake("CHAR", "SET") && !sql.TryTake("CHARSET"))
        {
            return null;
        }

        sql.TryTakeSymbol('=');
        return sql.TryTake("DEFAULT") ? "" : sql.TakeName();
    }

    /// <summary>Takes <c>COLLATE x</c> if it is next.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="charset">Its character set; null if its name does not tell.</param>
    public static bool TryTakeOfCollation(SqlReader sql, out string? charset)
    {
        charset = null;
        if (!sql.TryTake("COLLATE"))
        {
            return false;
        }

        sql.TryTakeSymbol('=');
        charset = OfCollation(sql.TakeName());
        return true;
    }
}
