namespace CanalBridge.Serialization;

/// <summary>A row that cannot become a record. The message names table and column, never a value.</summary>
public abstract class RowException : Exception
{
    private protected RowException(string message)
        : base(message)
    {
    }

    /// <summary>Index of the row within its entry.</summary>
    public int Row { get; internal set; }
}
