using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>Options of a table, which change none of its columns.</summary>
internal static class TableOptions
{
    /// <summary>With which words an option, or another clause of an ALTER TABLE that changes nothing here, begins.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "ALGORITHM", "ANALYZE", "AUTOEXTEND_SIZE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHARACTER", "CHARSET", "CHECK", "CHECKSUM", "COALESCE",
        "COLLATE", "COMMENT", "COMPRESSION", "CONNECTION", "CONVERT", "DATA", "DEFAULT", "DELAY_KEY_WRITE", "DISABLE", "DISCARD", "ENABLE",
        "ENCRYPTED", "ENCRYPTION", "ENCRYPTION_KEY_ID", "ENGINE", "ENGINE_ATTRIBUTE", "EXCHANGE", "FORCE", "IETF_QUOTES", "IMPORT", "INDEX",
        "INSERT_METHOD", "ITEF_QUOTES", "KEY_BLOCK_SIZE", "LOCK", "MAX_ROWS", "MIN_ROWS", "OPTIMIZE", "PACK_KEYS", "PAGE_CHECKSUM",
        "PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL", "PASSWORD", "REBUILD", "REORGANIZE", "REPAIR", "ROW_FORMAT", "SECONDARY_ENGINE",
        "SECONDARY_ENGINE_ATTRIBUTE", "SECONDARY_LOAD", "SECONDARY_UNLOAD", "SEQUENCE", "START", "STATS_AUTO_RECALC", "STATS_PERSISTENT",
        "STATS_SAMPLE_PAGES", "STORAGE", "TABLESPACE", "TABLE_CHECKSUM", "TRANSACTIONAL", "TRUNCATE", "UNION", "UPGRADE", "WITH", "WITHOUT", "YES",
    };

    /// <summary>Whether an option is next: one of these words, or any with an equals sign behind it.</summary>
    public static bool AreNext(SqlReader sql) => sql.AtEnd || Words.Contains(sql.Next.Text) || sql.Ahead(1).IsSymbol('=');

    /// <summary>Takes an option that matters, if one is next: character set and comment. All others are to be read over.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parts">What it says is added to these.</param>
    public static bool TryRead(SqlReader sql, List<TableEdit> parts)
    {
        if (Charsets.TryTake(sql) is { } charset)
        {
            parts.Add(new TableEdit.Charset(charset.Length > 0 ? charset : null));
            return true;
        }

        if (Charsets.TryTakeOfCollation(sql, out string? ofCollation))
        {
            parts.AddRange(ofCollation is null ? [] : [new TableEdit.Charset(ofCollation)]);
            return true;
        }

        if (sql.TryTake("COMMENT"))
        {
            sql.TryTakeSymbol('=');
            parts.AddRange(sql.Next.Kind == SqlTokenKind.Text ? [new TableEdit.Comment(sql.Take().Text)] : []);
            return true;
        }

        return false;
    }
}
