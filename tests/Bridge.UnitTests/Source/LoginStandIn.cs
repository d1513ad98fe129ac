using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CanalBridge.UnitTests.Source;

/// <summary>A server on loopback that asks each client to log in by a method of its choice, and goes no further.</summary>
/// <remarks>Packets: MySQL's manual, Protocol::HandshakeV10 and Protocol::AuthSwitchRequest.</remarks>
internal sealed class LoginStandIn : IAsyncDisposable
{
    private const int CapabilitiesLow = 0xa20d, CapabilitiesHigh = 0x0008;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _method;
    private readonly Task _serving;

    /// <param name="method">Name of the method.</param>
    public LoginStandIn(string method)
    {
        _method = method;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                NetworkStream stream = client.GetStream();
                await stream.WriteAsync(Packet(0, Handshake()), _stop.Token);
                byte[] answer = new byte[4096];
                _ = await stream.ReadAtLeastAsync(answer, 1, cancellationToken: _stop.Token);
                await stream.WriteAsync(Packet(2, [0xfe, .. Encoding.ASCII.GetBytes(_method), 0, .. new byte[32], 0]), _stop.Token);
                while (await stream.ReadAsync(answer, _stop.Token) > 0)
                {
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over, or the client has gone.
        }
    }

    private static byte[] Handshake() =>
    [
        10, .. "8.4.0"u8, 0, 1, 0, 0, 0, .. Enumerable.Repeat((byte)'n', 8), 0, CapabilitiesLow & 0xff, CapabilitiesLow >> 8, 45, 2, 0, CapabilitiesHigh, 0, 21,
        .. new byte[10], .. Enumerable.Repeat((byte)'n', 12), 0, .. "mysql_native_password"u8, 0,
    ];

    private static byte[] Packet(byte number, byte[] payload) => [(byte)payload.Length, (byte)(payload.Length >> 8), 0, number, .. payload];
}
