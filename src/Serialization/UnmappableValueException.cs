namespace CanalBridge.Serialization;

/// <summary>A value that does not fit its column's type. Names table, column and type; never the value.</summary>
public sealed class UnmappableValueException : RowException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="table">Table, as schema.name.</param>
    /// <param name="column">Column name.</param>
    /// <param name="mysqlType">Type text as Canal sent it.</param>
    /// <param name="expected">What the type needs.</param>
    public UnmappableValueException(string table, string column, string mysqlType, string expected)
        : base($"Cannot map column {column} of {table}, type {mysqlType}: expected {expected}.")
    {
    }
}
