using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Canal.Client.Entries;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.Testing;

/// <summary>A Canal server stand-in: a real listener on loopback that speaks the real protocol for one destination.</summary>
/// <remarks>
/// It keeps what clients rely on: get and ack pointers over a list of batches, ids that rise by one from 1, acks in order, roll
/// back to the last ack, silence on success and an unasked-for ACK with the server's text on a refusal.
/// </remarks>
public sealed class FakeCanalServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _sync = new();
    private readonly List<byte[][]> _batches = [];
    private readonly Queue<(long Id, int End)> _outstanding = new();
    private readonly HashSet<TcpClient> _clients = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly Task _accepting;
    private long _startedAt;
    private long _entriesGiven;
    private int _get;
    private int _ack;
    private long _lastId;
    private bool _complete;

    /// <summary>Starts listening on a free port.</summary>
    /// <param name="destination">The destination that it runs.</param>
    /// <param name="time">Clock for waits and pace.</param>
    public FakeCanalServer(string destination, TimeProvider? time = null)
    {
        Destination = destination;
        _time = time ?? TimeProvider.System;
        _listener.Start();
        Endpoint = new CanalEndpoint("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public CanalEndpoint Endpoint { get; }

    /// <summary>The destination that it runs; any other is refused with <c>should start first</c>.</summary>
    public string Destination { get; }

    /// <summary>Pace; 0 gives everything at once.</summary>
    public double EntriesPerSecond { get; set; }

    /// <summary>Ends when, after <see cref="Complete"/>, every batch has been acked.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Adds a batch of serialized entries.</summary>
    public void Append(IEnumerable<byte[]> entries)
    {
        lock (_sync)
        {
            _batches.Add([.. entries]);
        }
    }

    /// <summary>Adds the batches of a recording, several times over with binlog positions that go on rising.</summary>
    /// <param name="recording">Frames as <see cref="CanalFrames"/> reads them.</param>
    /// <param name="repeat">How often.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Number of rows added.</returns>
    public async Task<long> LoadAsync(Stream recording, int repeat = 1, CancellationToken cancellationToken = default)
    {
        var batches = new List<byte[][]>();
        long rows = 0;
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(recording, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                batches.Add(Copy(batch, ref rows));
            }
        }

        for (int round = 0; round < repeat; round++)
        {
            foreach (byte[][] batch in batches)
            {
                int shift = round;
                Append(round == 0 ? batch : batch.Select(entry => Shift(entry, shift)));
            }
        }

        return rows * repeat;
    }

    /// <summary>No batch will follow.</summary>
    public void Complete()
    {
        lock (_sync)
        {
            _complete = true;
            ReportDrained();
        }
    }

    /// <summary>Batches that were acked.</summary>
    public int BatchesAcked
    {
        get
        {
            lock (_sync)
            {
                return _ack;
            }
        }
    }

    /// <summary>Closes every connection, as a failing network does; outstanding batches stay outstanding.</summary>
    public void CutConnections()
    {
        lock (_sync)
        {
            foreach (TcpClient client in _clients)
            {
                client.Close();
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private static byte[][] Copy(CanalBatch batch, ref long rows)
    {
        var entries = new List<byte[]>(batch.Count);
        foreach (CanalEntry entry in batch.Entries)
        {
            entries.Add(entry.Bytes.ToArray());
            if (entry.Type == CanalEntryType.RowData)
            {
                foreach (Entries.RowData _ in entry.ReadRowChange().Rows)
                {
                    rows++;
                }
            }
        }

        return [.. entries];
    }

    /// <summary>The same entry, as many binlog files later.</summary>
    private static byte[] Shift(byte[] bytes, int rounds)
    {
        Entry entry = Entry.Parser.ParseFrom(bytes);
        string file = entry.Header.LogfileName;
        int dot = file.LastIndexOf('.');
        int number = int.Parse(file.AsSpan(dot + 1), System.Globalization.CultureInfo.InvariantCulture);
        entry.Header.LogfileName = $"{file[..dot]}.{number + (rounds * 100):D6}";
        return entry.ToByteArray();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                connections.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            lock (_sync)
            {
                _clients.Add(client);
            }

            try
            {
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                await SendAsync(stream, PacketType.Handshake, new Handshake { Seeds = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(8)) }, 1).ConfigureAwait(false);
                while (await ReadAsync(stream).ConfigureAwait(false) is { } packet)
                {
                    await AnswerAsync(stream, packet).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the server is stopping.
            }
            finally
            {
                lock (_sync)
                {
                    _clients.Remove(client);
                }
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Clientauthentication:
            case PacketType.Unsubscription:
                await SendAsync(stream, PacketType.Ack, new Ack(), 1).ConfigureAwait(false);
                break;
            case PacketType.Subscription:
                string wanted = Sub.Parser.ParseFrom(packet.Body).Destination;
                await SendAsync(stream, PacketType.Ack, wanted == Destination ? new Ack() : Refusal($"destination:{wanted} should start first"), 1).ConfigureAwait(false);
                break;
            case PacketType.Get:
                await SendAsync(stream, PacketType.Messages, await GetAsync(Protocol.Get.Parser.ParseFrom(packet.Body)).ConfigureAwait(false), version: null).ConfigureAwait(false);
                break;
            case PacketType.Clientack:
                if (Acknowledge(ClientAck.Parser.ParseFrom(packet.Body).BatchId) is { } refusal)
                {
                    await SendAsync(stream, PacketType.Ack, refusal, 1).ConfigureAwait(false);
                }

                break;
            case PacketType.Clientrollback:
                if (RollBack(ClientRollback.Parser.ParseFrom(packet.Body).BatchId) is { } rollbackRefusal)
                {
                    await SendAsync(stream, PacketType.Ack, rollbackRefusal, 1).ConfigureAwait(false);
                }

                break;
            default:
                await SendAsync(stream, PacketType.Ack, Refusal($"packet type={packet.Type} is NOT supported!"), 1).ConfigureAwait(false);
                break;
        }
    }

    private async Task<Messages> GetAsync(Get get)
    {
        Messages messages = Take();
        if (messages.BatchId == -1 && get.Timeout > 0)
        {
            // A real server waits for its full time unless enough is there; looking again each millisecond is near enough.
            long began = _time.GetTimestamp();
            var limit = TimeSpan.FromMilliseconds(get.Timeout);
            while (messages.BatchId == -1 && _time.GetElapsedTime(began) < limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), _time, _stop.Token).ConfigureAwait(false);
                messages = Take();
            }
        }

        return messages;
    }

    private Messages Take()
    {
        lock (_sync)
        {
            if (_get >= _batches.Count || !IsDue(_batches[_get].Length))
            {
                return new Messages { BatchId = -1 };
            }

            byte[][] batch = _batches[_get++];
            _entriesGiven += batch.Length;
            var messages = new Messages { BatchId = ++_lastId };
            messages.Messages_.AddRange(batch.Select(e => UnsafeByteOperations.UnsafeWrap(e)));
            _outstanding.Enqueue((messages.BatchId, _get));
            return messages;
        }
    }

    private bool IsDue(int entries)
    {
        if (EntriesPerSecond <= 0)
        {
            return true;
        }

        _startedAt = _startedAt == 0 ? _time.GetTimestamp() : _startedAt;
        return _entriesGiven + entries <= _time.GetElapsedTime(_startedAt).TotalSeconds * EntriesPerSecond + entries;
    }

    private Ack? Acknowledge(long id)
    {
        lock (_sync)
        {
            if (!_outstanding.TryPeek(out (long Id, int End) oldest) || id < oldest.Id)
            {
                return Refusal($"ack error, clientId:1001 batchId:{id} is not exist , please check");
            }

            if (id != oldest.Id)
            {
                return Refusal($"clientId:1001 batchId:{id} is not the firstly:{oldest.Id}");
            }

            _ack = _outstanding.Dequeue().End;
            ReportDrained();
            return null;
        }
    }

    private Ack? RollBack(long id)
    {
        lock (_sync)
        {
            if (id != 0 && _outstanding.TryPeek(out (long Id, int End) oldest) && id != oldest.Id)
            {
                return Refusal($"clientId:1001 batchId:{id} is not the firstly:{oldest.Id}");
            }

            if (id != 0 && !_outstanding.TryDequeue(out _))
            {
                return Refusal($"rollback error, clientId:1001 batchId:{id} is not exist , please check");
            }

            if (id == 0)
            {
                _outstanding.Clear();
            }

            // Those taken back are given again, and count again for the pace.
            for (; _get > _ack; _get--)
            {
                _entriesGiven -= _batches[_get - 1].Length;
            }

            return null;
        }
    }

    private void ReportDrained()
    {
        if (_complete && _ack == _batches.Count)
        {
            _drained.TrySetResult();
        }
    }

    private static Ack Refusal(string text) => new() { ErrorCode = 400, ErrorMessage = $"something goes wrong with channel: [fake], exception: {text}" };

    private static async Task SendAsync(NetworkStream stream, PacketType type, IMessage body, int? version)
    {
        var packet = new Packet { Type = type, Body = UnsafeByteOperations.UnsafeWrap(body.ToByteArray()) };
        if (version is { } number)
        {
            packet.Version = number;
        }

        byte[] bytes = new byte[sizeof(int) + packet.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - sizeof(int));
        packet.WriteTo(bytes.AsSpan(sizeof(int)));
        await stream.WriteAsync(bytes).ConfigureAwait(false);
    }

    private async Task<Packet?> ReadAsync(NetworkStream stream)
    {
        byte[] length = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, _stop.Token).ConfigureAwait(false) < length.Length)
        {
            return null;
        }

        byte[] bytes = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(bytes, _stop.Token).ConfigureAwait(false);
        return Packet.Parser.ParseFrom(bytes);
    }
}
