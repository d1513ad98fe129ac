using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>One TCP connection: requests out, answers in, matched by order.</summary>
/// <remarks>
/// One reader at a time; any number of writers. Breaks once: the first cause is kept, the socket closed, and every later call
/// throws that cause. Cancelling a read breaks nothing: the answer stays due and the next read continues inside the frame.
/// </remarks>
internal sealed class Channel : IAsyncDisposable
{
    // The socket is closed without waiting for acks still in its buffer otherwise; a server that is gone costs this long.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly FrameReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _sync = new();
    private readonly Queue<ExpectedAnswer> _expected = new();
    private readonly TimeSpan _responseTimeout;
    private readonly TimeProvider _time;
    private readonly AnswerLimit _limit;
    private bool _settledSinceRequest;
    private int _readers;
    private CanalException? _cause;
    private bool _disposed;
    private bool _closedAtOnce;

    // The server's side is closed: it executes nothing more of this connection.
    private bool _serverEnded;

    private Channel(Socket socket, CanalEndpoint endpoint, CanalClientOptions options, TimeProvider time)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new FrameReader(_stream, options.FrameCapBytes, endpoint.ToString(), OnProgress);
        _responseTimeout = options.ResponseTimeout;
        _time = time;
        _limit = new AnswerLimit(options.ResponseTimeout, time);
        Endpoint = endpoint;
        _expected.Enqueue(new ExpectedAnswer(Requests.Connect, PacketType.Handshake, TimeSpan.Zero, AfterSettlement: false));
    }

    public CanalEndpoint Endpoint { get; }

    /// <summary>Answers still due.</summary>
    public int Expected
    {
        get
        {
            lock (_sync)
            {
                return _expected.Count;
            }
        }
    }

    /// <summary>The first cause is kept: every call throws it.</summary>
    public bool IsBroken => Volatile.Read(ref _cause) is not null;

    /// <summary>GETs that were sent and not answered before the connection ended, and that the server may still execute: each may take a batch.</summary>
    public int GetsLeftBehind
    {
        get
        {
            lock (_sync)
            {
                return _serverEnded ? 0 : _expected.Count(answer => answer.Type == PacketType.Messages);
            }
        }
    }

    /// <summary>Connects; the handshake is the first answer due. Names are resolved anew each time.</summary>
    /// <exception cref="CanalConnectionException">Refused, unreachable, unknown name, or too late.</exception>
    public static async Task<Channel> ConnectAsync(CanalEndpoint endpoint, CanalClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, linked.Token).ConfigureAwait(false);
            var channel = new Channel(socket, endpoint, options, time);
            socket = null;
            return channel;
        }
        catch (SocketException e)
        {
            throw new CanalConnectionException($"Cannot connect to Canal {endpoint}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CanalConnectionException($"Cannot connect to Canal {endpoint}: nothing answered within {options.ConnectTimeout:c}.", e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Sends a request that is answered.</summary>
    public async ValueTask RequestAsync(byte[] frame, string request, PacketType answer, TimeSpan wait, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfUnusable();
            lock (_sync)
            {
                _expected.Enqueue(new ExpectedAnswer(request, answer, wait, _settledSinceRequest));
                _settledSinceRequest = false;
            }

            await WriteAsync(frame, request).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sends an ack or a rollback: silent on success.</summary>
    public async ValueTask SettleAsync(byte[] frame, string request, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfUnusable();
            lock (_sync)
            {
                _settledSinceRequest = true;
            }

            await WriteAsync(frame, request).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads the oldest answer due. Its frame is the caller's.</summary>
    /// <exception cref="CanalServerException">A refusal. The connection lives on only where it certainly belongs to that request.</exception>
    /// <exception cref="CanalException">The connection is broken.</exception>
    public async ValueTask<Answer> ReceiveAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        if (Interlocked.CompareExchange(ref _readers, 1, 0) != 0)
        {
            throw new InvalidOperationException($"Another call is reading from Canal {Endpoint}; read from one caller at a time.");
        }

        Frame? frame = null;
        try
        {
            ExpectedAnswer expected = Oldest();
            frame = await ReadFrameAsync(expected, cancellationToken).ConfigureAwait(false);
            var packet = PacketHeader.Parse(frame.Memory, Endpoint.ToString());
            Check(packet, expected);
            lock (_sync)
            {
                _expected.Dequeue();
            }

            var answer = new Answer(frame, packet);
            frame = null;
            return answer;
        }
        catch (CanalProtocolException e)
        {
            throw Break(e);
        }
        finally
        {
            frame?.Dispose();
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <summary>Keeps the first cause, closes, and returns the cause to throw.</summary>
    public CanalException Break(CanalException cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is { } first)
        {
            return first;
        }

        _closedAtOnce = true;
        _stream.Dispose();
        return cause;
    }

    /// <summary>
    /// Like <see cref="Break"/> where the bytes are sound: only the end of the requests is announced. The server executes what it
    /// has, also GETs whose answers nobody wants; disposal waits for that, so that none of them takes a batch from the next session.
    /// </summary>
    public CanalException BreakOff(CanalException cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is { } first)
        {
            return first;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection has gone, and with it what the server would have read.
        }

        return cause;
    }

    public void ThrowIfUnusable()
    {
        if (_cause is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
    }

    /// <summary>Closes so that what was sent arrives: the end is announced and the server's end awaited for up to a second.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        bool idle = Interlocked.CompareExchange(ref _readers, 1, 0) == 0;
        if (!_closedAtOnce && idle)
        {
            await DrainAsync().ConfigureAwait(false);
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
        if (idle)
        {
            // With a read still under way its buffer may be written to: left to the garbage collector.
            _reader.Dispose();
        }

        _writing.Dispose();
    }

    private ExpectedAnswer Oldest()
    {
        lock (_sync)
        {
            return _expected.TryPeek(out ExpectedAnswer expected)
                ? expected
                : throw new InvalidOperationException($"No answer is due from Canal {Endpoint}.");
        }
    }

    private void Check(PacketHeader packet, ExpectedAnswer expected)
    {
        if (packet.Type == PacketType.Ack && AckPacket.Read(packet, Endpoint.ToString()) is { ErrorCode: > 0 } refusal)
        {
            var exception = new CanalServerException(Endpoint, expected.Request, refusal.ErrorCode, refusal.ErrorMessage);

            // A failed ack or rollback looks the same as a failed request: taken for the wrong one, all later answers are off by one.
            if (expected.AfterSettlement)
            {
                throw BreakOff(exception);
            }

            lock (_sync)
            {
                _expected.Dequeue();
            }

            throw exception;
        }

        if (packet.Type != expected.Type)
        {
            throw new CanalProtocolException($"Canal {Endpoint} answered {expected.Request} with packet type {packet.Type}; expected {expected.Type}.");
        }
    }

    private async ValueTask<Frame> ReadFrameAsync(ExpectedAnswer expected, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        _limit.Begin(timer, expected.Wait, _reader.AnnouncedBytes);
        bool isWhole = false;
        try
        {
            if (await _reader.ReadAsync(linked.Token).ConfigureAwait(false) is { } frame)
            {
                isWhole = true;
                return frame;
            }

            _serverEnded = true;
            throw Break(new CanalConnectionException($"Canal {Endpoint} closed the connection while {expected.Request} was awaited."));
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Break(TooLate(expected, e));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            _serverEnded = IsServersEnd(e);
            throw Break(new CanalConnectionException($"The connection to Canal {Endpoint} was lost while the answer to {expected.Request} was due: {e.Message}", e));
        }
        finally
        {
            _limit.End(isWhole);
        }
    }

    private CanalConnectionException TooLate(ExpectedAnswer expected, OperationCanceledException cause)
    {
        int announced = _reader.AnnouncedBytes;
        string what = _limit.IsSilence
            ? $"sent nothing for {_limit.Silence:c} while the answer to {expected.Request} was due"
            : $"sent {_reader.ReceivedBytes} of {(announced == 0 ? "an unknown number of" : announced)} bytes of the answer to {expected.Request} within {_limit.Whole(announced):c}, which is too slow";
        return new CanalConnectionException($"Canal {Endpoint} {what}.", cause) { IsLateAnswer = true };
    }

    /// <summary>The stream ended, or the server's host answered that there is no such connection any more.</summary>
    private static bool IsServersEnd(Exception failure) =>
        failure is EndOfStreamException || (failure as SocketException ?? failure.InnerException as SocketException)?.SocketErrorCode == SocketError.ConnectionReset;

    private void OnProgress() => _limit.OnBytes(_reader.AnnouncedBytes);

    private async ValueTask WriteAsync(byte[] frame, string request)
    {
        // Not the caller's token: half a frame would break the connection, and an ack must not be lost to a shutdown.
        using var limit = new CancellationTokenSource(_responseTimeout, _time);
        try
        {
            await _stream.WriteAsync(frame, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw Break(new CanalConnectionException($"Canal {Endpoint} did not take {request} within {_responseTimeout:c}.", e));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw Break(new CanalConnectionException($"The connection to Canal {Endpoint} was lost while {request} was sent: {e.Message}", e));
        }
    }

    private async ValueTask DrainAsync()
    {
        // System time: closing is not part of what a test's clock governs.
        using var limit = new CancellationTokenSource(CloseLimit, TimeProvider.System);
        byte[] discarded = new byte[4096];
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            while (await _stream.ReadAsync(discarded, limit.Token).ConfigureAwait(false) > 0)
            {
            }

            _serverEnded = true;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Closed either way.
            _serverEnded |= IsServersEnd(e);
        }
    }
}
