namespace CanalBridge.Serialization;

/// <summary>Columns are missing from a row image: the source does not log whole rows. A missing column is unknown, not NULL, so no record can be made.</summary>
public sealed class IncompleteRowImageException : RowException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="table">Table, as schema.name.</param>
    /// <param name="detail">What is missing.</param>
    public IncompleteRowImageException(string table, string detail)
        : base($"Incomplete row image of {table}: {detail}. Set binlog_row_image=FULL on the source, for all sessions, and take any column filter out of Canal.")
    {
    }
}
