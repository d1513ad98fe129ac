namespace CanalBridge.Serialization;

/// <summary>Numbers of schemas: what records in Avro carry instead of their schema.</summary>
public interface ISchemaIds
{
    /// <summary>The id of a schema under a subject. Asked once per subject for each layout of a table; it may block.</summary>
    /// <param name="subject">Such as <c>shop.inventory.orders-value</c>.</param>
    /// <param name="schema">An Avro schema as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">By the token.</exception>
    int IdOf(string subject, string schema, CancellationToken cancellationToken = default);
}
