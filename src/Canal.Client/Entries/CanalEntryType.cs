namespace Canal.Client.Entries;

/// <summary>Kind of an entry. Values as on the wire; unknown values are passed on as they came.</summary>
/// <remarks>Source: EntryProtocol.proto, EntryType.</remarks>
public enum CanalEntryType
{
    /// <summary>A source transaction began (MySQL only; MariaDB sends none).</summary>
    TransactionBegin = 1,

    /// <summary>Rows of one table, a DDL or another statement. Also what an entry without a type means.</summary>
    RowData = 2,

    /// <summary>A source transaction ended. May be missing: never wait for it.</summary>
    TransactionEnd = 3,

    /// <summary>Never delivered by a real server.</summary>
    Heartbeat = 4,

    /// <summary>Never delivered by a real server.</summary>
    GtidLog = 5,
}
