using CanalBridge.Loop.Publish;
using Confluent.Kafka;

namespace CanalBridge.Testing;

/// <summary>Records begin, produce, commit and abort; fails where told. It fences nobody: only a real broker can.</summary>
internal sealed class FakeProducer : ITransactionalProducer
{
    private readonly Dictionary<string, Queue<Exception>> _failures = [];
    private readonly List<FakeRecord> _open = [];

    /// <summary>Calls in order, such as <c>Begin</c> or <c>Commit</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What committed transactions hold, in order.</summary>
    public List<FakeRecord> Committed { get; } = [];

    /// <summary><see cref="Committed"/>, safe to take from another thread.</summary>
    public FakeRecord[] CommittedSnapshot()
    {
        lock (Committed)
        {
            return [.. Committed];
        }
    }

    /// <summary>Called before each call with its name.</summary>
    public Action<string>? OnCall { get; set; }

    public Error? LastError { get; set; }

    public string? LastTransactionError { get; set; }

    public long QueuedBytes { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>The next call of that name fails so; several are taken in order.</summary>
    public FakeProducer Fail(string call, params Exception[] failures)
    {
        if (!_failures.TryGetValue(call, out Queue<Exception>? queue))
        {
            _failures[call] = queue = new Queue<Exception>();
        }

        foreach (Exception failure in failures)
        {
            queue.Enqueue(failure);
        }

        return this;
    }

    public void InitTransactions(TimeSpan timeout) => Call("Init");

    public void BeginTransaction() => Call("Begin");

    public void Produce(string topic, int? partition, Message<byte[]?, byte[]?> message)
    {
        Call("Produce");
        _open.Add(new FakeRecord(topic, partition, message.Key?.ToArray(), message.Value?.ToArray(), [.. (message.Headers ?? []).Select(h => h.Key)]));
    }

    public void Poll(TimeSpan timeout) => Call("Poll");

    public void CommitTransaction(TimeSpan timeout)
    {
        Call("Commit");
        lock (Committed)
        {
            Committed.AddRange(_open);
        }

        _open.Clear();
    }

    public void AbortTransaction(TimeSpan timeout)
    {
        Call("Abort");
        _open.Clear();
    }

    public void Dispose() => IsDisposed = true;

    private void Call(string name)
    {
        OnCall?.Invoke(name);
        Calls.Add(name);
        if (_failures.TryGetValue(name, out Queue<Exception>? queue) && queue.TryDequeue(out Exception? failure))
        {
            throw failure;
        }
    }
}

/// <summary>A record as the fake took it.</summary>
internal sealed record FakeRecord(string Topic, int? Partition, byte[]? Key, byte[]? Value, IReadOnlyList<string> HeaderNames);
