using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.Testing;

/// <summary>What a destination holds: entries with put, get and ack pointers, and the batches outstanding.</summary>
/// <remarks>
/// The rules of canal e20e4424, MemoryEventStoreWithBuffer and MemoryMetaManager, in MEMSIZE mode: one get and one ack pointer
/// whatever the client ids; ids rise by one from 1; only the oldest batch can be acked; a rollback moves get back to ack.
/// Entries are put in whole batches while the ring has room.
/// </remarks>
internal sealed class FakeStore(TimeProvider time)
{
    private const int MemoryUnitBytes = 1024, RingEntries = 16384;

    private readonly Lock _sync = new();
    private readonly List<StoredEntry> _entries = [];
    private readonly Queue<(long Id, int End)> _outstanding = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _put, _get, _ack, _batchesAcked;
    private long _ringBytes, _ungotBytes;
    private long _lastId;
    private long? _pacedSince;
    private bool _complete;

    public double EntriesPerSecond { get; set; }

    public bool KeepBatches { get; set; } = true;

    public long RingBytes { get; set; } = 16 << 20;

    public Task Drained => _drained.Task;

    public int BatchesAcked
    {
        get
        {
            lock (_sync)
            {
                return _batchesAcked;
            }
        }
    }

    public void Append(IEnumerable<byte[]> entries, int round)
    {
        lock (_sync)
        {
            byte[][] batch = [.. entries];
            for (int i = 0; i < batch.Length; i++)
            {
                _entries.Add(new StoredEntry(batch[i], round, i == batch.Length - 1));
            }

            SignalChange();
        }
    }

    public void Complete()
    {
        lock (_sync)
        {
            _complete = true;
            ReportDrained();
        }
    }

    /// <summary>The instance starts anew: ids from 1, what was not acked comes again.</summary>
    public void Restart()
    {
        lock (_sync)
        {
            _outstanding.Clear();
            _lastId = 0;
            MoveGetBack();
        }
    }

    /// <summary>A GET: waits as a server does, until the size is there in full or the time is over; zero: without limit.</summary>
    public async Task<Messages> GetAsync(int fetchSize, TimeSpan? wait, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (wait is { } limit)
        {
            Task changed;
            lock (_sync)
            {
                Put();
                changed = _changed.Task;
                if (_ungotBytes >= (long)fetchSize * MemoryUnitBytes)
                {
                    break;
                }
            }

            TimeSpan left = limit == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : limit - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            TimeSpan pause = EntriesPerSecond > 0 ? TimeSpan.FromMilliseconds(1) : left;
            await WaitAsync(changed, pause < left ? pause : left, cancellationToken).ConfigureAwait(false);
        }

        return Take(fetchSize);
    }

    public Messages Take(int fetchSize)
    {
        lock (_sync)
        {
            Put();
            if (_get == _put)
            {
                return new Messages { BatchId = -1 };
            }

            var messages = new Messages { BatchId = ++_lastId };
            long limit = (long)fetchSize * MemoryUnitBytes;
            long size = 0;
            bool more;
            do
            {
                StoredEntry entry = _entries[_get++];
                size += entry.Bytes.Length;
                messages.Messages_.Add(UnsafeByteOperations.UnsafeWrap(entry.Round == 0 ? entry.Bytes : Recording.Shift(entry.Bytes, entry.Round)));
                more = _get < _put && (KeepBatches ? !entry.EndsBatch : size <= limit);
            }
            while (more);

            _ungotBytes -= size;
            _outstanding.Enqueue((_lastId, _get));
            return messages;
        }
    }

    /// <returns>Null, or the server's text.</returns>
    public string? Acknowledge(long id, string clientId)
    {
        lock (_sync)
        {
            if (Refuse("ack", id, clientId) is { } refusal)
            {
                return refusal;
            }

            int end = _outstanding.Dequeue().End;
            for (; _ack < end; _ack++)
            {
                _ringBytes -= _entries[_ack].Bytes.Length;

                // Freed here, so that a long run does not keep what it has given out.
                _entries[_ack] = _entries[_ack] with { Bytes = [] };
            }

            _batchesAcked++;
            SignalChange();
            ReportDrained();
            return null;
        }
    }

    /// <param name="id">0: all. Any other drops that one alone, yet moves get back for all, as the real one does.</param>
    /// <param name="clientId">For the text.</param>
    /// <returns>Null, or the server's text.</returns>
    public string? RollBack(long id, string clientId)
    {
        lock (_sync)
        {
            if (id == 0)
            {
                _outstanding.Clear();
            }
            else if (Refuse("rollback", id, clientId) is { } refusal)
            {
                return refusal;
            }
            else
            {
                _outstanding.Dequeue();
            }

            MoveGetBack();
            return null;
        }
    }

    private string? Refuse(string what, long id, string clientId)
    {
        if (_outstanding.All(b => b.Id != id))
        {
            return $"{what} error, clientId:{clientId} batchId:{id} is not exist , please check";
        }

        long oldest = _outstanding.Peek().Id;
        return id == oldest ? null : $"{what} error, clientId:{clientId} batchId:{id} is not the firstly:{oldest}";
    }

    private void MoveGetBack()
    {
        while (_get > _ack)
        {
            _ungotBytes += _entries[--_get].Bytes.Length;
        }

        SignalChange();
    }

    /// <summary>Moves what is due and fits from behind the ring into it, in whole batches.</summary>
    private void Put()
    {
        long due = long.MaxValue;
        if (EntriesPerSecond > 0)
        {
            _pacedSince ??= time.GetTimestamp();
            due = 1 + (long)(time.GetElapsedTime(_pacedSince.Value).TotalSeconds * EntriesPerSecond);
        }

        bool inBatch = false;
        while (_put < _entries.Count && (inBatch || (_put < due && _ringBytes < RingBytes && _put - _ack < RingEntries)))
        {
            StoredEntry entry = _entries[_put++];
            _ringBytes += entry.Bytes.Length;
            _ungotBytes += entry.Bytes.Length;
            inBatch = !entry.EndsBatch;
        }
    }

    private void SignalChange()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void ReportDrained()
    {
        if (_complete && _ack == _entries.Count)
        {
            _drained.TrySetResult();
        }
    }

    private async Task WaitAsync(Task changed, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Time is over: the caller looks again.
        }
    }
}
