using Canal.Client;
using CanalBridge.Kafka;
using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Loop.Settle;
using CanalBridge.Telemetry;

namespace CanalBridge.Loop;

/// <summary>The end of a transaction: it is committed, and then, and only then, its batches are acknowledged.</summary>
internal sealed class Settlement(BatchPublisher publisher, BatchSettler settler, BatchMapper mapper, DestinationWitness witness, TimeProvider time)
{
    /// <summary>A commit that took longer was an outage: its end is told.</summary>
    private static readonly TimeSpan LateCommit = TimeSpan.FromSeconds(2);

    /// <summary>Acks were sent in this session; the next answer tells whether Canal took them.</summary>
    public bool HasSettled { get; private set; }

    /// <summary>Commits the open transaction and acknowledges its batches. Those whose ack fails come again and are dropped.</summary>
    /// <param name="cancellationToken">Ends the waiting for Kafka.</param>
    /// <exception cref="KafkaFaultException">It was not committed, and nothing was acknowledged.</exception>
    /// <exception cref="CanalException">It was committed; the session ended while it was acknowledged.</exception>
    public async ValueTask CommitAndSettleAsync(CancellationToken cancellationToken)
    {
        PendingCommit commit = Commit(cancellationToken);
        await settler.SettleAsync(commit.Batches, cancellationToken);
        witness.Settled(mapper.Position, publisher.Transaction.Batches);
        HasSettled |= commit.Batches.Count > 0;
    }

    /// <summary>The session was lost. What was sent is whole and is committed; its batches come again and are dropped.</summary>
    /// <remarks>Left open, the transaction would hide later records from readers for as long as Canal is away.</remarks>
    /// <inheritdoc cref="CommitAndSettleAsync"/>
    public void CommitAndForget(CancellationToken cancellationToken)
    {
        if (!publisher.Transaction.IsEmpty)
        {
            Commit(cancellationToken);
        }

        publisher.Transaction.Forget();
        witness.BatchesForgotten();
        HasSettled = false;
    }

    /// <summary>After the last step of a loop that was asked to stop: what was sent is committed and acknowledged.</summary>
    /// <param name="cancellationToken">Ends with the grace period.</param>
    /// <exception cref="KafkaFaultException">It was not committed, and nothing was acknowledged.</exception>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (publisher.Transaction.IsEmpty)
        {
            return;
        }

        try
        {
            await CommitAndSettleAsync(cancellationToken);
        }
        catch (CanalException e)
        {
            // The commit stands; the batches come again and are dropped.
            witness.AckLostAtStop(e.Message);
        }
    }

    private PendingCommit Commit(CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        PendingCommit commit = publisher.Commit(cancellationToken);
        witness.Committed(
            commit.Rows, commit.Records, commit.Batches.Count, mapper.Position, commit.Lag(time.GetUtcNow()), wasLate: time.GetElapsedTime(begun) > LateCommit);
        return commit;
    }
}
