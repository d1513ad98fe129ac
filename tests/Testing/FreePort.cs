using System.Net;
using System.Net.Sockets;

namespace CanalBridge.Testing;

/// <summary>Ports of loopback.</summary>
internal static class FreePort
{
    /// <summary>One that nobody listens on at the moment.</summary>
    public static int Next()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
