namespace CanalBridge.Serialization.Tables;

/// <summary>The source itself, asked for a table of which no statement in the stream has told.</summary>
public interface ITableStatements
{
    /// <summary>What <c>SHOW CREATE TABLE</c> prints; null if there is no such table any more. It may block.</summary>
    /// <remarks>The same question may be answered from memory, until <see cref="Forget"/>: a statement shows that the answer may be another.</remarks>
    /// <param name="schema">Database.</param>
    /// <param name="table">Table.</param>
    /// <param name="shape">What the table's rows look like: with other rows it is another question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">By the token.</exception>
    string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default);

    /// <summary>The character set of a database's new tables, for what is shown of them; null if it cannot be told. It may block.</summary>
    /// <param name="schema">Database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">By the token.</exception>
    string? DatabaseCharset(string schema, CancellationToken cancellationToken = default) => null;

    /// <summary>A statement has come behind which the answers may be others: they are not given from memory any more.</summary>
    /// <param name="schema">Database that it is about; null for any.</param>
    /// <param name="table">Table that it is about; null for all of the database and for its character set, empty for that alone.</param>
    void Forget(string? schema = null, string? table = null)
    {
    }
}
