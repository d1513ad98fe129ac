using System.Net.Sockets;
using System.Security.Cryptography;
using Canal.Client.Protocol;
using Canal.Client.Wire;
using Google.Protobuf;

namespace Canal.Client.Testing;

/// <summary>One client of the stand-in: its requests executed in order, each to its end before the next, as the real server does.</summary>
internal sealed class FakeConnection(FakeCanalServer server, FakeStore store, TcpClient client, int number) : IDisposable
{
    private const int RequestCapBytes = 1 << 20, ErrorCode = 400;
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(8);
    private bool _loggedIn;
    private long _bytesSent;
    private int _framesSent;

    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        NetworkStream stream = client.GetStream();
        using var reader = new FrameReader(stream, RequestCapBytes, $"client {number}");
        await SendAsync(new Packet { Version = 1, Type = PacketType.Handshake, Body = new Handshake { Seeds = ByteString.CopyFrom(_seed) }.ToByteString() }, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            Packet request;
            using (frame)
            {
                request = Packet.Parser.ParseFrom(frame.Memory.Span);
            }

            await ExecuteAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => client.Dispose();

    private async Task ExecuteAsync(Packet request, CancellationToken cancellationToken)
    {
        // Before login the real server reads whatever comes as a login.
        FakeRequest seen = Describe(_loggedIn ? request.Type : PacketType.Clientauthentication, request);
        server.Observe(seen);
        if (!_loggedIn)
        {
            var login = ClientAuth.Parser.ParseFrom(request.Body);
            _loggedIn = IsAllowed(login);
            await ConfirmAsync(_loggedIn ? null : $"auth failed for user:{login.Username}", cancellationToken).ConfigureAwait(false);
            return;
        }

        switch (request.Type)
        {
            case PacketType.Subscription:
                await ConfirmAsync(server.Subscribe(Sub.Parser.ParseFrom(request.Body)), cancellationToken).ConfigureAwait(false);
                break;
            case PacketType.Unsubscription:
                await ConfirmAsync(server.Unsubscribe(Unsub.Parser.ParseFrom(request.Body)), cancellationToken).ConfigureAwait(false);
                break;
            case PacketType.Get:
                await AnswerGetAsync(Get.Parser.ParseFrom(request.Body), cancellationToken).ConfigureAwait(false);
                break;
            case PacketType.Clientack:
                await AckAsync(ClientAck.Parser.ParseFrom(request.Body), cancellationToken).ConfigureAwait(false);
                break;
            case PacketType.Clientrollback:
                var rollback = ClientRollback.Parser.ParseFrom(request.Body);
                string? problem = server.FindProblem(rollback.Destination, clientId: null)
                    ?? (server.IsSubscribed(rollback.ClientId) ? store.RollBack(rollback.BatchId, rollback.ClientId) : null);
                await RefuseAsync(problem, ErrorCode, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await RefuseAsync($"packet type={request.Type} is NOT supported!", ErrorCode, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private bool IsAllowed(ClientAuth login)
    {
        if (!string.IsNullOrEmpty(server.Username) && login.Username != server.Username)
        {
            return false;
        }

        return string.IsNullOrEmpty(server.Password) || login.Password.ToStringUtf8() == AuthenticationPacket.Scramble(server.Password, _seed);
    }

    private async Task AnswerGetAsync(Get get, CancellationToken cancellationToken)
    {
        string? problem = server.FindProblem(get.Destination, get.ClientId);
        if (problem is null && get.FetchSize is < 0 or >= 2_097_152)
        {
            problem = "java.lang.IndexOutOfBoundsException";
        }

        if (problem is not null)
        {
            await RefuseAsync(problem, ErrorCode, cancellationToken).ConfigureAwait(false);
            return;
        }

        TimeSpan? wait = get.Timeout == -1 ? null : get.Timeout < 0 ? TimeSpan.Zero : Duration(get.Timeout, get.Unit);
        Messages messages = await store.GetAsync(get.FetchSize, wait, cancellationToken).ConfigureAwait(false);
        var packet = new Packet { Type = PacketType.Messages, Body = UnsafeByteOperations.UnsafeWrap(messages.ToByteArray()) };
        if (messages.BatchId == -1)
        {
            packet.Version = 1;
        }

        await SendAsync(packet, cancellationToken).ConfigureAwait(false);
    }

    private async Task AckAsync(ClientAck ack, CancellationToken cancellationToken)
    {
        if (ack.BatchId == 0)
        {
            await RefuseAsync("batchId should assign value. Ack: 0", 402, cancellationToken).ConfigureAwait(false);
        }
        else if (ack.BatchId != -1)
        {
            string? problem = server.FindProblem(ack.Destination, ack.ClientId) ?? store.Acknowledge(ack.BatchId, ack.ClientId);
            await RefuseAsync(problem, ErrorCode, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task ConfirmAsync(string? problem, CancellationToken cancellationToken) =>
        problem is null
            ? SendAsync(new Packet { Version = 1, Type = PacketType.Ack }, cancellationToken)
            : RefuseAsync(problem, ErrorCode, cancellationToken);

    private async Task RefuseAsync(string? problem, int code, CancellationToken cancellationToken)
    {
        if (problem is not null)
        {
            await SendAsync(Refusal(code, problem), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(Packet packet, CancellationToken cancellationToken)
    {
        await server.BeforeAnswerAsync(cancellationToken).ConfigureAwait(false);
        if (server.TakeRefusal() is { } refusal)
        {
            await WriteAsync(FrameWriter.Build(Refusal(refusal.Code, refusal.Text)), cancellationToken).ConfigureAwait(false);
        }

        await WriteAsync(server.TakeRawAnswer() ?? FrameWriter.Build(packet), cancellationToken).ConfigureAwait(false);
        _framesSent++;
        if (_framesSent >= server.CutAfterFrames)
        {
            client.Close();
        }
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        NetworkStream stream = client.GetStream();
        int step = server.SegmentBytes > 0 ? server.SegmentBytes : bytes.Length;
        for (int at = 0; at < bytes.Length; at += step)
        {
            long room = (server.CutAfterBytes ?? long.MaxValue) - _bytesSent;
            int count = (int)Math.Min(Math.Min(step, bytes.Length - at), room);
            if (at > 0)
            {
                await server.BeforeSegmentAsync(cancellationToken).ConfigureAwait(false);
            }

            await stream.WriteAsync(bytes.AsMemory(at, count), cancellationToken).ConfigureAwait(false);
            _bytesSent += count;
            if (_bytesSent >= server.CutAfterBytes)
            {
                client.Client.Shutdown(SocketShutdown.Both);
                client.Close();
                return;
            }
        }
    }

    private FakeRequest Describe(PacketType type, Packet request)
    {
        string kind = type.ToString().ToUpperInvariant();
        switch (type)
        {
            case PacketType.Clientauthentication:
                return new FakeRequest(number, kind, IdleTimeoutMilliseconds: ClientAuth.Parser.ParseFrom(request.Body).NetReadTimeout);
            case PacketType.Subscription:
                return new FakeRequest(number, kind, Filter: Sub.Parser.ParseFrom(request.Body).Filter);
            case PacketType.Get:
                var get = Get.Parser.ParseFrom(request.Body);
                return new FakeRequest(number, kind, FetchSize: get.FetchSize, Timeout: get.HasTimeout ? get.Timeout : null, Unit: get.HasUnit ? get.Unit : null);
            case PacketType.Clientack:
                return new FakeRequest(number, kind, BatchId: ClientAck.Parser.ParseFrom(request.Body).BatchId);
            case PacketType.Clientrollback:
                return new FakeRequest(number, kind, BatchId: ClientRollback.Parser.ParseFrom(request.Body).BatchId);
            default:
                return new FakeRequest(number, kind);
        }
    }

    private static Packet Refusal(int code, string text) => new()
    {
        Version = 1,
        Type = PacketType.Ack,
        Body = new Ack
        {
            ErrorCode = code,
            ErrorMessage = $"something goes wrong with channel: [id: 0x0, stand-in], exception: com.alibaba.otter.canal.server.exception.CanalServerException: {text}\n\tat stand-in",
        }.ToByteString(),
    };

    // The server's table of units, SessionHandler: anything it does not know is milliseconds.
    private static TimeSpan Duration(long value, int unit) => unit switch
    {
        0 => TimeSpan.FromTicks(value / 100),
        1 => TimeSpan.FromMicroseconds(value),
        3 => TimeSpan.FromSeconds(value),
        4 => TimeSpan.FromMinutes(value),
        5 => TimeSpan.FromHours(value),
        6 => TimeSpan.FromDays(value),
        _ => TimeSpan.FromMilliseconds(value),
    };
}
