using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.Testing;

/// <summary>A Canal server stand-in: a real listener on loopback that speaks the real protocol for one destination.</summary>
/// <remarks>
/// It keeps what clients rely on: get and ack pointers over a list of batches, ids that rise by one from 1, acks in order, roll
/// back to the last ack, silence on success and an unasked-for ACK with the server's text on a refusal. The knobs are properties
/// and may be turned while clients are connected.
/// </remarks>
public sealed class FakeCanalServer : IAsyncDisposable
{
    private const int RequestsKept = 10_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<FakeConnection, bool> _connections = new();
    private readonly ConcurrentDictionary<string, bool> _subscribed = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly ConcurrentQueue<byte[]> _rawAnswers = new();
    private readonly ConcurrentQueue<(int Code, string Text)> _refusals = new();
    private readonly FakeStore _store;
    private readonly TimeProvider _time;
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _frozen;
    private int _connectionCount;
    private bool _disposed;

    /// <summary>Starts listening on a free port.</summary>
    /// <param name="destination">The destination that it runs.</param>
    /// <param name="time">Clock for waits and pace.</param>
    public FakeCanalServer(string destination, TimeProvider? time = null)
    {
        Destination = destination;
        _time = time ?? TimeProvider.System;
        _store = new FakeStore(_time);
        _listener.Start();
        Endpoint = new CanalEndpoint("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public CanalEndpoint Endpoint { get; }

    /// <summary>The destination that it runs; any other is refused with <c>should start first</c>.</summary>
    public string Destination { get; }

    /// <summary>False: the destination is stopped, and everything about it is refused with <c>should start first</c>.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>User name asked for; null or empty: any.</summary>
    public string? Username { get; set; }

    /// <summary>Password asked for; null or empty: any.</summary>
    public string? Password { get; set; }

    /// <summary>Pace; 0 gives everything at once.</summary>
    public double EntriesPerSecond { get => _store.EntriesPerSecond; set => _store.EntriesPerSecond = value; }

    /// <summary>True: batches come as they were added, whatever the fetch size. False: cut by fetch size, as a real server does.</summary>
    public bool KeepBatches { get => _store.KeepBatches; set => _store.KeepBatches = value; }

    /// <summary>Un-acked bytes above which nothing more becomes available.</summary>
    public long RingBytes { get => _store.RingBytes; set => _store.RingBytes = value; }

    /// <summary>Pause before each answer.</summary>
    public TimeSpan AnswerDelay { get; set; }

    /// <summary>True: connections are accepted and closed at once.</summary>
    public bool RefusesConnections { get; set; }

    /// <summary>True: requests are read and never answered, as after a lost host; false again: the answers follow.</summary>
    public bool IsFrozen
    {
        get => _frozen is not null;
        set
        {
            TaskCompletionSource? before = _frozen;
            _frozen = value ? before ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            if (!value)
            {
                before?.TrySetResult();
            }
        }
    }

    /// <summary>Closes each connection after so many bytes sent to it.</summary>
    public long? CutAfterBytes { get; set; }

    /// <summary>Closes each connection after so many frames sent to it; the handshake is the first.</summary>
    public int? CutAfterFrames { get; set; }

    /// <summary>Sends answers in pieces of so many bytes; 0: whole.</summary>
    public int SegmentBytes { get; set; }

    /// <summary>Pause before each piece of <see cref="SegmentBytes"/> but the first of an answer.</summary>
    public TimeSpan SegmentDelay { get; set; }

    /// <summary>Called before each request is executed, on the connection's own turn.</summary>
    public Action<FakeRequest>? BeforeRequest { get; set; }

    /// <summary>The last 10,000 requests, oldest first.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>Connections accepted so far, refused ones included.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Connections open now.</summary>
    public int OpenConnections => _connections.Count;

    /// <summary>Batches that were acked.</summary>
    public int BatchesAcked => _store.BatchesAcked;

    /// <summary>Ends when, after <see cref="Complete"/>, every entry has been acked.</summary>
    public Task Drained => _store.Drained;

    /// <summary>Adds a batch of serialized entries.</summary>
    public void Append(IEnumerable<byte[]> entries) => _store.Append(entries, round: 0);

    /// <summary>Adds the batches of a recording, several times over with binlog files and times that go on rising; GTIDs stay as they are.</summary>
    /// <param name="recording">Frames as <see cref="CanalFrames"/> reads them.</param>
    /// <param name="repeat">How often.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Number of rows added.</returns>
    /// <exception cref="CanalProtocolException">It is no recording.</exception>
    public async Task<long> LoadAsync(Stream recording, int repeat = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        Recording loaded = await Recording.ReadAsync(recording, cancellationToken).ConfigureAwait(false);
        for (int round = 0; round < repeat; round++)
        {
            foreach (byte[][] batch in loaded.Batches)
            {
                _store.Append(batch, round);
            }
        }

        return loaded.Rows * repeat;
    }

    /// <summary>No batch will follow.</summary>
    public void Complete() => _store.Complete();

    /// <summary>Closes every connection, as a failing network does; outstanding batches stay outstanding.</summary>
    public void CutConnections()
    {
        foreach (FakeConnection connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    /// <summary>The destination starts anew: ids from 1, what was not acked comes again, connections stay.</summary>
    public void RestartInstance() => _store.Restart();

    /// <summary>What another consumer, or a late request of an earlier connection, does: it takes the next batch and never acks it.</summary>
    /// <returns>The id it took; -1 when nothing was there.</returns>
    public long TakeAsAnotherConsumer() => _store.Take(1).BatchId;

    /// <summary>What another consumer does when it starts: everything outstanding is given back.</summary>
    public void RollBackAsAnotherConsumer() => _store.RollBack(0, clientId: "1001");

    /// <summary>An unasked-for error ACK, sent before the next answer.</summary>
    public void SendRefusalBeforeNextAnswer(string text, int code = 400) => _refusals.Enqueue((code, text));

    /// <summary>Sends these bytes in place of the next answer.</summary>
    public void SendInsteadOfNextAnswer(byte[] bytes) => _rawAnswers.Enqueue(bytes);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    internal void Observe(FakeRequest request)
    {
        _requests.Enqueue(request);
        if (_requests.Count > RequestsKept)
        {
            _requests.TryDequeue(out _);
        }

        BeforeRequest?.Invoke(request);
    }

    internal string? FindProblem(string destination, string? clientId)
    {
        if (destination != Destination || !IsRunning)
        {
            return $"destination:{destination} should start first";
        }

        return clientId is null || IsSubscribed(clientId) ? null : $"ClientIdentity[destination={destination},clientId={clientId},filter=<null>] should subscribe first";
    }

    internal bool IsSubscribed(string clientId) => _subscribed.ContainsKey(clientId);

    internal string? Subscribe(Sub subscription)
    {
        string? problem = FindProblem(subscription.Destination, clientId: null);
        if (problem is null && !short.TryParse(subscription.ClientId, out _))
        {
            problem = $"java.lang.NumberFormatException: Value out of range. Value:\"{subscription.ClientId}\" Radix:10";
        }

        if (problem is null)
        {
            _subscribed[subscription.ClientId] = true;
        }

        return problem;
    }

    internal string? Unsubscribe(Unsub unsubscription)
    {
        _subscribed.TryRemove(unsubscription.ClientId, out _);
        return FindProblem(unsubscription.Destination, clientId: null);
    }

    internal (int Code, string Text)? TakeRefusal() => _refusals.TryDequeue(out (int Code, string Text) refusal) ? refusal : null;

    internal byte[]? TakeRawAnswer() => _rawAnswers.TryDequeue(out byte[]? bytes) ? bytes : null;

    internal Task BeforeSegmentAsync(CancellationToken cancellationToken) =>
        SegmentDelay > TimeSpan.Zero ? Task.Delay(SegmentDelay, _time, cancellationToken) : Task.CompletedTask;

    internal async Task BeforeAnswerAsync(CancellationToken cancellationToken)
    {
        if (AnswerDelay > TimeSpan.Zero)
        {
            await Task.Delay(AnswerDelay, _time, cancellationToken).ConfigureAwait(false);
        }

        while (_frozen is { } frozen)
        {
            await frozen.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                int number = Interlocked.Increment(ref _connectionCount);
                serving.RemoveAll(t => t.IsCompleted);
                serving.Add(ServeAsync(new FakeConnection(this, _store, client, number)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(FakeConnection connection)
    {
        _connections[connection] = true;
        try
        {
            if (!RefusesConnections)
            {
                await connection.ServeAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException or CanalProtocolException or InvalidProtocolBufferException)
        {
            // The client went away, sent what is no packet, or the server is stopping: the connection ends, as a real one does.
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            connection.Dispose();
        }
    }
}
