using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Canal.Client;

namespace CanalBridge.Commands.Check;

/// <summary>Hears what a server says first, and tells a Canal server from others.</summary>
/// <remarks>A Canal server speaks first: four bytes of length, then <c>10 01 18 01</c> (version 1, a handshake). Source: canal e20e4424, HandshakeInitializationHandler.</remarks>
internal static class CanalGreeting
{
    private const int Enough = 8, MostShown = 24;

    /// <returns>Null for a Canal server, else what answered; the <see cref="Texts.Reason"/> where the network failed meanwhile.</returns>
    public static async Task<Said?> HearAsync(CanalEndpoint endpoint, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        byte[] heard = new byte[256];
        int count = 0;
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, time.Token);
            while (count < Enough && await socket.ReceiveAsync(heard.AsMemory(count), time.Token) is var more and > 0)
            {
                count += more;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return count == 0 ? new Said(Texts.GreetingSilent, limit.TotalSeconds) : Judge(heard.AsSpan(0, count));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return new Said(Texts.GreetingClosed);
        }
        catch (SocketException e)
        {
            // Of this server: the others have greeted perhaps.
            return new Said(Texts.Reason, new Quoted(e.Message.TrimEnd('.')));
        }

        return count == 0 ? new Said(Texts.GreetingClosed) : Judge(heard.AsSpan(0, count));
    }

    /// <summary>What these first bytes are; null for a Canal server's.</summary>
    public static Said? Judge(ReadOnlySpan<byte> heard)
    {
        if (heard.Length >= Enough && BinaryPrimitives.ReadInt32BigEndian(heard) is > 0 and < 4096 && heard[4..Enough] is [0x10, _, 0x18, 0x01])
        {
            return null;
        }

        // MySQL and MariaDB: three bytes of length, a counter of 0, protocol version 10.
        if (heard.Length > 4 && heard[3] == 0 && heard[4] == 10)
        {
            return new Said(Texts.GreetingMySql);
        }

        ReadOnlySpan<byte> first = heard[..Math.Min(MostShown, heard.Length)].TrimEnd("\r\n"u8);
        return first.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e)
            ? new Said(Texts.GreetingOther, Convert.ToHexStringLower(first))
            : new Said(Texts.GreetingOther, new Quoted(Encoding.ASCII.GetString(first)));
    }
}
