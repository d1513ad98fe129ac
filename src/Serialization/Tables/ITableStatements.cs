namespace CanalBridge.Serialization.Tables;

/// <summary>The source itself, asked for a table of which no statement in the stream has told.</summary>
public interface ITableStatements
{
    /// <summary>What <c>SHOW CREATE TABLE</c> prints; null if there is no such table any more. It may block.</summary>
    /// <param name="schema">Database.</param>
    /// <param name="table">Table.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">By the token.</exception>
    string? ShowCreateTable(string schema, string table, CancellationToken cancellationToken = default);

    /// <summary>The character set of a database's new tables, for what is shown of them; null if it cannot be told. It may block.</summary>
    /// <param name="schema">Database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">By the token.</exception>
    string? DatabaseCharset(string schema, CancellationToken cancellationToken = default) => null;
}
