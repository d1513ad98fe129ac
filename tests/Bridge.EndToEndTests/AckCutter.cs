using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace CanalBridge.EndToEndTests;

/// <summary>Stands between the bridge and Canal, and cuts the connection when an ack is to pass: that ack is lost for certain.</summary>
internal sealed class AckCutter : IAsyncDisposable
{
    /// <summary>Type of a packet that acknowledges a batch.</summary>
    private const int ClientAck = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _canal;
    private readonly int _every;
    private readonly Task _running;
    private int _acks;
    private int _cuts;

    /// <param name="canal">Host and port of Canal.</param>
    /// <param name="every">The last of so many acks is lost.</param>
    public AckCutter(string canal, int every)
    {
        _canal = IPEndPoint.Parse(canal);
        _every = every;
        _listener.Start();
        _running = Task.Run(AcceptAsync);
    }

    /// <summary>Where the bridge connects.</summary>
    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    /// <summary>Acks that were lost.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            using TcpClient bridge = await _listener.AcceptTcpClientAsync(_stop.Token);
            using var canal = new TcpClient();
            try
            {
                await canal.ConnectAsync(_canal, _stop.Token);
            }
            catch (SocketException)
            {
                // Canal is away; the bridge's connection ends with it.
                continue;
            }

            Task answers = canal.GetStream().CopyToAsync(bridge.GetStream(), _stop.Token);
            await Task.WhenAny(answers, PassRequestsAsync(bridge.GetStream(), canal.GetStream()));
        }
    }

    /// <summary>Ends when an ack is to be lost, or the bridge has gone.</summary>
    private async Task PassRequestsAsync(NetworkStream bridge, NetworkStream canal)
    {
        byte[] length = new byte[4];
        while (true)
        {
            await bridge.ReadExactlyAsync(length, _stop.Token);
            byte[] packet = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await bridge.ReadExactlyAsync(packet, _stop.Token);
            if (TypeOf(packet) == ClientAck && ++_acks % _every == 0)
            {
                Interlocked.Increment(ref _cuts);
                return;
            }

            await canal.WriteAsync(length, _stop.Token);
            await canal.WriteAsync(packet, _stop.Token);
        }
    }

    private static int TypeOf(byte[] packet)
    {
        using var input = new CodedInputStream(packet);
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == 3)
            {
                return input.ReadEnum();
            }

            input.SkipLastField();
        }

        return 0;
    }
}
