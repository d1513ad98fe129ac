using System.Diagnostics;
using CanalBridge.Kafka;
using CanalBridge.Loop.Map;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization.Output;
using CanalBridge.Telemetry;

namespace CanalBridge.Loop.Publish;

/// <summary>Step 3: the records of batches, and the position behind them, in Kafka transactions. For one producer, and one thread.</summary>
/// <remarks>A transaction holds many batches. A batch whose records were not all sent is never part of a commit: it was not added.</remarks>
internal sealed class BatchPublisher
{
    /// <summary>An owner with nothing to publish writes its position anew this often. On it stands the rule by which a standby takes over.</summary>
    public static readonly TimeSpan OwnerInterval = TimeSpan.FromSeconds(5);

    private readonly TransactionalPublisher _producer;
    private readonly ProducerTopics _topics;
    private readonly Func<string, int?> _partitionsOf;
    private readonly DestinationWitness _witness;
    private readonly TimeProvider _time;
    private readonly OpenTransaction _transaction;
    private readonly Interval _ownership;
    private StoredPosition _committed;

    /// <param name="options">When a commit is due.</param>
    /// <param name="producer">Fenced; the claim is committed.</param>
    /// <param name="topics">Its topics.</param>
    /// <param name="partitionsOf">Partitions that a topic gets if it is created; null for <c>Topics:Partitions</c>.</param>
    /// <param name="claimed">The position that was committed with the claim.</param>
    /// <param name="witness">Told what happens.</param>
    /// <param name="time">Clock.</param>
    public BatchPublisher(
        DeliveryOptions options, TransactionalPublisher producer, ProducerTopics topics, Func<string, int?> partitionsOf, StoredPosition claimed,
        DestinationWitness witness, TimeProvider time)
    {
        _producer = producer;
        _topics = topics;
        _partitionsOf = partitionsOf;
        _committed = claimed;
        _witness = witness;
        _time = time;
        _transaction = new OpenTransaction(options, time, claimed);
        _ownership = new Interval(OwnerInterval, time);
    }

    /// <summary>The batches since the last commit.</summary>
    public OpenTransaction Transaction => _transaction;

    /// <summary>Place of the last entry in Kafka; null before the first.</summary>
    public string? CommittedPlace => _committed.Binlog?.ToString();

    /// <summary>Sends the records of a batch. The commit follows when it is due.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="span">Its trace; null for none.</param>
    /// <param name="cancellationToken">Ends the waiting for Kafka.</param>
    /// <exception cref="KafkaFaultException">Not all of them were sent.</exception>
    public void Publish(MappedBatch batch, Activity? span, CancellationToken cancellationToken)
    {
        RecordBuffer records = batch.Records;
        PrepareTopics(records, cancellationToken);
        long begun = _time.GetTimestamp();
        SendRecords(records, cancellationToken);
        foreach ((byte[] key, byte[]? value) in batch.Definitions)
        {
            _producer.Keep(key, value, cancellationToken);
        }

        if (records.Count > 0)
        {
            _witness.Sent(records.Count, _time.GetElapsedTime(begun));
        }

        _producer.Link(span);
        _transaction.Add(batch);
    }

    /// <summary>Sends a heartbeat. It rides in the open transaction, or has one of its own, and counts as none of its records.</summary>
    public void SendHeartbeat(RecordBuffer records, CancellationToken cancellationToken)
    {
        PrepareTopics(records, cancellationToken);
        bool isAlone = _transaction.IsEmpty;
        for (int i = 0; i < records.Count; i++)
        {
            string topic = records[i].Topic;
            int partitions = _topics.PartitionsOf(topic, _partitionsOf(topic), cancellationToken);
            _producer.Begin();
            _producer.Send(records[i], partitions, cancellationToken);
        }

        if (isAlone && records.Count > 0)
        {
            CommitPosition(_committed, cancellationToken);
        }
    }

    /// <summary>Commits what was sent, before work that may take long. Its batches are acknowledged with the next commit.</summary>
    public void CommitEarly(CancellationToken cancellationToken)
    {
        if (_producer.IsOpen)
        {
            CommitPosition(_transaction.Position ?? _committed, cancellationToken);
        }
    }

    /// <summary>Closes the open transaction and commits it.</summary>
    public PendingCommit Commit(CancellationToken cancellationToken)
    {
        // The rows stay counted as under way until they are committed: the transaction is closed after that.
        CommitPosition(_transaction.Position ?? _committed, cancellationToken);
        return _transaction.Close();
    }

    /// <summary>Serves the client's callbacks. An owner that has nothing to publish shows that it lives, and hears whether it was replaced. Call it often.</summary>
    public void KeepOwnership(CancellationToken cancellationToken)
    {
        _producer.Poll();
        _witness.Queued(_producer.QueuedBytes);
        if (_ownership.IsDue && _transaction.IsEmpty)
        {
            CommitPosition(_committed, cancellationToken);
        }
    }

    private void CommitPosition(StoredPosition position, CancellationToken cancellationToken)
    {
        _producer.Begin();
        _committed = position with { Time = _time.GetUtcNow() };
        _producer.Commit(_committed, cancellationToken);
        _ownership.Restart();
    }

    /// <summary>Record by record; what depends on the topic alone is done once for a run of records of one topic.</summary>
    private void SendRecords(RecordBuffer records, CancellationToken cancellationToken)
    {
        for (int i = 0; i < records.Count;)
        {
            string topic = records[i].Topic;
            int partitions = _topics.PartitionsOf(topic, _partitionsOf(topic), cancellationToken);
            int first = i;
            long bytes = 0;
            _producer.Begin();
            while (i < records.Count && records[i] is var record && ReferenceEquals(record.Topic, topic))
            {
                bytes += _producer.Send(record, partitions, cancellationToken);
                i++;
            }

            _transaction.AddRecords(topic, i - first, bytes, partitions);
        }
    }

    /// <summary>Topics that are not there yet are made first, which takes its time: the transaction that is open must not outlive its time-out meanwhile.</summary>
    private void PrepareTopics(RecordBuffer records, CancellationToken cancellationToken)
    {
        List<(string Topic, int? Partitions)>? unknown = null;
        string? last = null;
        for (int i = 0; i < records.Count; i++)
        {
            string topic = records[i].Topic;
            if (!ReferenceEquals(topic, last) && !_topics.IsKnown(topic))
            {
                (unknown ??= []).Add((topic, _partitionsOf(topic)));
            }

            last = topic;
        }

        if (unknown is not null)
        {
            CommitEarly(cancellationToken);
            _topics.Prepare(unknown, cancellationToken);
        }
    }
}
