namespace CanalBridge.Serialization;

/// <summary>What an entry turned out to be.</summary>
public enum EntryKind
{
    /// <summary>Row changes; records were written.</summary>
    Rows,

    /// <summary>Row changes of a table or an operation that is left out; no records.</summary>
    ExcludedRows,

    /// <summary>BEGIN of a source transaction.</summary>
    TransactionBegin,

    /// <summary>END of a source transaction.</summary>
    TransactionEnd,

    /// <summary>DDL, or another statement that is no row change (GRANT, CREATE DATABASE).</summary>
    Ddl,

    /// <summary>DDL that became a record, but for <see cref="Truncate"/>.</summary>
    DdlRecord,

    /// <summary>TRUNCATE TABLE that became a record.</summary>
    Truncate,

    /// <summary>INSERT, UPDATE or DELETE as text (statement format): rows are missing, the source is misconfigured.</summary>
    StatementDml,

    /// <summary>Statement text ahead of its rows, or a statement that changes no table.</summary>
    Query,

    /// <summary>XA COMMIT or XA ROLLBACK.</summary>
    Xa,

    /// <summary>An entry of a kind unknown here, or one that carries nothing.</summary>
    Other,
}

/// <summary>What came of one entry.</summary>
/// <param name="Kind">What the entry was.</param>
/// <param name="Rows">Rows in the entry, skipped ones included.</param>
/// <param name="DamagedValues">Text values with U+FFFD (the source column is not UTF-8 and Canal has destroyed it), and JSON that Canal broke.</param>
/// <param name="UndefinedTable">Table whose rows are written for the first time without a definition; null usually.</param>
/// <param name="UnmaskedColumns">Columns that a mask covers and that stand in the clear, as they are no texts; told once per table.</param>
/// <param name="UnreadTable">Table whose definition is unknown from here on, because the statement could not be read; null usually.</param>
/// <param name="UnfitValues">Values that fit no type and for which NULL or their text was written.</param>
/// <param name="PutRightTable">Table whose rows Canal labelled with other names than the statements gave it; told once per table.</param>
public readonly record struct EntryResult(
    EntryKind Kind,
    int Rows,
    int DamagedValues,
    string? UnreadTable = null,
    string? UndefinedTable = null,
    string? UnmaskedColumns = null,
    int UnfitValues = 0,
    string? PutRightTable = null);
