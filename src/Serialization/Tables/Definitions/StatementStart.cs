using System.Text;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>What the first word of a statement tells. Nothing more is read: MariaDB sends the text of every INSERT.</summary>
internal static class StatementStart
{
    /// <summary>Whether it is one that may define tables: CREATE, ALTER, DROP, RENAME, or what may hold one of them.</summary>
    public static bool DefinesTables(ReadOnlySpan<byte> sql)
    {
        ReadOnlySpan<byte> start = WithoutComments(sql);
        return StartsAsAlter(start) || BeginsWith(start, "CREATE"u8) || BeginsWith(start, "DROP"u8) || BeginsWith(start, "RENAME"u8);
    }

    /// <summary>Whether it is an ALTER, or what may hold one.</summary>
    public static bool MayBeAlter(ReadOnlySpan<byte> sql) => StartsAsAlter(WithoutComments(sql));

    /// <summary>ALTER, perhaps behind MariaDB's SET STATEMENT.</summary>
    private static bool StartsAsAlter(ReadOnlySpan<byte> start) => MayHoldAnything(start) || BeginsWith(start, "ALTER"u8) || BeginsWith(start, "SET"u8);

    /// <summary>The beginning of a statement, behind comments that no server executes.</summary>
    private static ReadOnlySpan<byte> WithoutComments(ReadOnlySpan<byte> sql)
    {
        ReadOnlySpan<byte> start = sql[..Math.Min(sql.Length, 1024)].TrimStart(" \t\r\n("u8);
        while (start.StartsWith("/*"u8) && !start.StartsWith("/*!"u8) && !start.StartsWith("/*M!"u8) && start.IndexOf("*/"u8) is var end and >= 0)
        {
            start = start[(end + 2)..].TrimStart(" \t\r\n("u8);
        }

        return start;
    }

    /// <summary>A comment that the server executes, or one that is longer.</summary>
    private static bool MayHoldAnything(ReadOnlySpan<byte> start) => start.StartsWith("/*"u8) || start.StartsWith("--"u8) || start.StartsWith("#"u8);

    private static bool BeginsWith(ReadOnlySpan<byte> start, ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(start[..Math.Min(word.Length, start.Length)], word);
}
