namespace Canal.Client.Entries;

/// <summary>What happened to the table. Values as on the wire; unknown values are passed on as they came.</summary>
/// <remarks>Source: EntryProtocol.proto, EventType. Absent on transaction boundaries: <see cref="None"/>.</remarks>
public enum CanalEventType
{
    /// <summary>Not sent.</summary>
    None = 0,

    /// <summary>Rows were inserted; only after images.</summary>
    Insert = 1,

    /// <summary>Rows were updated; before and after images.</summary>
    Update = 2,

    /// <summary>Rows were deleted; only before images.</summary>
    Delete = 3,

    /// <summary>CREATE TABLE.</summary>
    Create = 4,

    /// <summary>ALTER TABLE.</summary>
    Alter = 5,

    /// <summary>DROP TABLE.</summary>
    Erase = 6,

    /// <summary>A statement that is none of the others, or its text ahead of its rows.</summary>
    Query = 7,

    /// <summary>TRUNCATE TABLE.</summary>
    Truncate = 8,

    /// <summary>RENAME TABLE.</summary>
    Rename = 9,

    /// <summary>CREATE INDEX.</summary>
    CreateIndex = 10,

    /// <summary>DROP INDEX.</summary>
    DropIndex = 11,

    /// <summary>Not delivered by a real server.</summary>
    Gtid = 12,

    /// <summary>XA COMMIT.</summary>
    XaCommit = 13,

    /// <summary>XA ROLLBACK.</summary>
    XaRollback = 14,

    /// <summary>Not delivered by a real server.</summary>
    MHeartbeat = 15,
}

/// <summary>Questions about <see cref="CanalEventType"/>.</summary>
public static class CanalEventTypes
{
    /// <summary>Whether rows are inserted, updated or deleted. In statement format such an entry has a text instead of rows.</summary>
    public static bool IsRowChange(this CanalEventType type) => type is CanalEventType.Insert or CanalEventType.Update or CanalEventType.Delete;
}
