using Canal.Client;
using CanalBridge.Loop.Fetch;
using CanalBridge.Testing;

namespace CanalBridge.UnitTests.Loop;

/// <summary>Hands out what a test offers, by the test's clock.</summary>
internal sealed class FakeBatchSource(TimeProvider time) : IBatchSource
{
    private readonly Lock _sync = new();
    private readonly Queue<object> _offers = [];
    private readonly List<string> _calls = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _batchId;
    private bool _isResting;

    /// <summary>Keeps the next connection waiting until it is completed; null for none.</summary>
    public TaskCompletionSource? Connecting { get; set; }

    /// <summary>A fetch is not answered, however long it waits.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Everything offered was fetched, and the loop waits for more.</summary>
    public bool IsResting
    {
        get
        {
            lock (_sync)
            {
                return _isResting;
            }
        }
    }

    /// <summary>Connections and acks in order.</summary>
    public string[] Calls
    {
        get
        {
            lock (_sync)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The next batch.</summary>
    public void Offer(params byte[][] entries) => Add(EntryBuilder.Messages(++_batchId, entries));

    /// <summary>The session ends.</summary>
    public void Fail(CanalException failure) => Add(failure);

    public async Task<string> ConnectAsync(string position, CancellationToken cancellationToken)
    {
        if (Connecting is { } connecting)
        {
            await connecting.Task.WaitAsync(cancellationToken);
        }

        Note("connect");
        return "canal:11111";
    }

    public async ValueTask<CanalBatch> FetchAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        Task news;
        lock (_sync)
        {
            if (_offers.TryDequeue(out object? offer))
            {
                return offer is CanalException failure ? throw failure : new CanalBatch((byte[])offer);
            }

            news = _news.Task;
        }

        Task end = Task.Delay(IsSilent ? Timeout.InfiniteTimeSpan : wait, time, cancellationToken);
        lock (_sync)
        {
            _isResting = _offers.Count == 0;
        }

        if (await Task.WhenAny(news, end) == news)
        {
            return await FetchAsync(wait, cancellationToken);
        }

        await end;
        return CanalBatch.Empty;
    }

    public ValueTask AckAsync(long batchId, CancellationToken cancellationToken)
    {
        Note($"ack {batchId}");
        return ValueTask.CompletedTask;
    }

    private void Note(string call)
    {
        lock (_sync)
        {
            _calls.Add(call);
        }
    }

    private void Add(object offer)
    {
        lock (_sync)
        {
            _offers.Enqueue(offer);
            _isResting = false;
            _news.SetResult();
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
