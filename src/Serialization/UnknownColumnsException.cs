namespace CanalBridge.Serialization;

/// <summary>Rows with other columns than the statements gave their table, and no sign of which are right: a value could stand under another column's name.</summary>
public sealed class UnknownColumnsException : RowException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="table">Table, as schema.name.</param>
    /// <param name="shown">Names that Canal gives the columns.</param>
    /// <param name="told">Names by the statements.</param>
    public UnknownColumnsException(string table, IEnumerable<string> shown, IEnumerable<string> told)
        : base(
            $"The columns of {table} are uncertain: Canal calls them {string.Join(", ", shown)}, by the statements so far they are {string.Join(", ", told)}. "
            + "Canal has read a later definition, a statement did not come, or columns are missing from the row (binlog_row_image=FULL is needed). "
            + "Canal's table history (canal.instance.tsdb.enable=true) avoids the first; with Source:ConnectionString the bridge asks the source.")
    {
    }
}
