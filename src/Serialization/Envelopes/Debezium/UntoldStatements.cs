using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Statements of which Debezium tells nothing, though they change no rows: its built-in filter, and what it handles before.</summary>
/// <remarks>Canal leaves out most of them by itself, but not what it cannot read, and none with <c>canal.instance.filter.druid.ddl=false</c>.</remarks>
internal static class UntoldStatements
{
    /// <summary>Whether nothing is told of a statement in which no change of a table was found.</summary>
    public static bool Contain(string statement)
    {
        var sql = new SqlReader(statement);
        if (sql.TryTake("SET"))
        {
            if (!sql.TryTake("STATEMENT"))
            {
                // Of variables: Debezium tells of them, but Canal sends none as such; what it sends are the values of RAND() and of @variables.
                return true;
            }

            while (!sql.AtEnd && !sql.TryTake("FOR"))
            {
                sql.SkipPiece();
            }
        }

        return sql.AtEnd || IsUntold(sql);
    }

    private static bool IsUntold(SqlReader sql)
    {
        if (sql.TryTakeAny("GRANT", "REVOKE", "SAVEPOINT", "TRUNCATE", "BEGIN", "END", "COMMIT", "ROLLBACK", "XA", "INSERT", "UPDATE", "DELETE", "REPLACE"))
        {
            return true;
        }

        if (sql.TryTakeAny("ANALYZE", "OPTIMIZE", "REPAIR"))
        {
            return sql.TryTakeAny("TABLE", "TABLES") || sql.Next.Is("LOCAL") || sql.Next.Is("NO_WRITE_TO_BINLOG");
        }

        if (sql.TryTake("FLUSH"))
        {
            return sql.Next.Is("PRIVILEGES") || sql.Next.Is("RELAY");
        }

        return sql.TryTakeAny("CREATE", "ALTER", "DROP", "RENAME") && NamesUntoldObject(sql);
    }

    /// <summary>Behind the verb: what may stand before the kind of object, and that kind.</summary>
    private static bool NamesUntoldObject(SqlReader sql)
    {
        while (!sql.AtEnd)
        {
            if (sql.Next.Is("VIEW") || sql.Next.Is("TRIGGER") || sql.Next.Is("FUNCTION") || sql.Next.Is("PROCEDURE") || sql.Next.Is("USER") || sql.Next.Is("ROLE") || sql.Next.Is("PACKAGE"))
            {
                return true;
            }

            // A temporary table has no rows in the binlog; servers log when it is dropped.
            if (sql.TryTake("TEMPORARY"))
            {
                return true;
            }

            if (sql.TryTake("OR", "REPLACE") || sql.TryTakeAny("AGGREGATE"))
            {
                continue;
            }

            if (sql.TryTake("DEFINER") || sql.TryTake("ALGORITHM"))
            {
                // name@host, or a word; all that stands before the next keyword.
                while (!sql.AtEnd && !sql.Next.Is("SQL") && !sql.Next.Is("VIEW") && !sql.Next.Is("TRIGGER") && !sql.Next.Is("FUNCTION") && !sql.Next.Is("PROCEDURE")
                    && !sql.Next.Is("EVENT") && !sql.Next.Is("DEFINER") && !sql.Next.Is("AGGREGATE") && !sql.Next.Is("PACKAGE"))
                {
                    sql.SkipPiece();
                }

                continue;
            }

            if (sql.TryTake("SQL", "SECURITY"))
            {
                sql.Take();
                continue;
            }

            return false;
        }

        return false;
    }
}
