using Confluent.Kafka;

namespace CanalBridge.Loop.Publish;

/// <summary>The calls of a transactional producer that the publisher makes, one thread at a time.</summary>
/// <remarks>The seam between the rules of delivery and the client library: tests make each call fail as the real one does.</remarks>
internal interface ITransactionalProducer : IDisposable
{
    /// <summary>What the error handler was told last and no call reports, such as a wrong password or a refused connection; null while there is nothing, and after a call that worked.</summary>
    Error? LastError { get; }

    /// <summary>Last cause that the client wrote to its log (facility TXNERR); null while there is none.</summary>
    string? LastTransactionError { get; }

    /// <summary>Bytes of the values of the records in the client's queue, as of its last statistics; they come every few seconds, while somebody polls.</summary>
    long QueuedBytes { get; }

    /// <summary>Fences older producers of the same id and ends their open transaction.</summary>
    void InitTransactions(TimeSpan timeout);

    /// <summary>Starts a transaction; local.</summary>
    void BeginTransaction();

    /// <summary>Hands a record over; the bytes are copied before the call returns.</summary>
    /// <param name="topic">Topic.</param>
    /// <param name="partition">Partition, or null to let the key decide.</param>
    /// <param name="message">The record.</param>
    void Produce(string topic, int? partition, Message<byte[]?, byte[]?> message);

    /// <summary>Serves delivery reports and callbacks.</summary>
    void Poll(TimeSpan timeout);

    /// <summary>Flushes and commits; called again after a retriable failure it resumes.</summary>
    void CommitTransaction(TimeSpan timeout);

    /// <summary>Aborts; called again after a retriable failure it resumes.</summary>
    void AbortTransaction(TimeSpan timeout);
}
