namespace CanalBridge.Serialization.Tables.Definitions.Sql;

/// <summary>How a server, in a session's sql_mode, reads the characters of a statement.</summary>
internal sealed record SqlDialect
{
    /// <summary>No server has a version like these; dumps of other products write such numbers (<c>/*!99104 … */</c>).</summary>
    private const int NewestMySql = 98_999;

    private const int NewestMariaDb = 129_999;

    /// <summary>MariaDB passes over MySQL's comments from 5.7 on, up to the numbers of its own versions.</summary>
    private const int FirstForeign = 50_700, LastForeign = 99_999;

    /// <summary>Executes every comment of its kind: for texts of which only the words matter.</summary>
    public static SqlDialect Any { get; } = new() { Server = SourceKind.MySql, Version = int.MaxValue };

    /// <summary>Which server.</summary>
    public required SourceKind Server { get; init; }

    /// <summary>Its version as in versioned comments: 80016 for 8.0.16, 101119 for 10.11.19.</summary>
    public required int Version { get; init; }

    /// <summary>Double quotes are around names.</summary>
    public bool HasAnsiQuotes { get; init; }

    /// <summary>A backslash in a text stands for itself.</summary>
    public bool HasPlainBackslashes { get; init; }

    /// <summary>Of a server of unknown version: it executes what any version of its kind does.</summary>
    public static SqlDialect Of(SourceKind server) => new() { Server = server, Version = server == SourceKind.MySql ? NewestMySql : NewestMariaDb };

    /// <summary>The same server in the sessions that an entry does not tell of, the usual one first.</summary>
    public IEnumerable<SqlDialect> InAnySession()
    {
        yield return this;
        yield return this with { HasPlainBackslashes = true };
        yield return this with { HasAnsiQuotes = true };
        yield return this with { HasAnsiQuotes = true, HasPlainBackslashes = true };
    }

    /// <summary>Whether the server executes a comment.</summary>
    /// <param name="number">The number at its start; 0 for none.</param>
    /// <param name="isOfMariaDb">It begins with <c>/*M!</c>.</param>
    public bool Executes(int number, bool isOfMariaDb) =>
        number <= Version && (Server == SourceKind.MySql ? !isOfMariaDb : isOfMariaDb || number is < FirstForeign or > LastForeign);
}
