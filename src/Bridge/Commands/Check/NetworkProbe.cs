using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CanalBridge.Commands.Check;

/// <summary>Name resolution and TCP, several servers at a time.</summary>
internal static class NetworkProbe
{
    /// <summary>Resolves names, and gives the servers whose name is known; one that is not is a warning while another is.</summary>
    /// <param name="servers">Host and port.</param>
    /// <param name="option">Option that names them.</param>
    /// <param name="findings">Receives a line for each.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<IReadOnlyList<(string Host, int Port)>> ResolveAsync(
        IReadOnlyList<(string Host, int Port)> servers, string option, Findings findings, CancellationToken cancellationToken)
    {
        (string Host, string? Addresses, string Reason)[] asked = await Task.WhenAll(servers.Select(s => s.Host).Distinct().Select(host => AskAsync(host, cancellationToken)));
        bool any = asked.Any(static a => a.Addresses is not null);
        foreach ((string host, string? addresses, string reason) in asked)
        {
            if (addresses is not null)
            {
                findings.Ok(Texts.NameResolved, host, addresses);
            }
            else
            {
                Tell(findings, any, new Said(Texts.NameUnknown, host, new Quoted(reason)), new Said(Texts.NameUnknownRemedy, option));
            }
        }

        return [.. servers.Where(s => asked.Any(a => a.Host == s.Host && a.Addresses is not null))];
    }

    /// <summary>Connects to servers, and gives those that answer; one that does not is a warning while another does.</summary>
    /// <param name="servers">Host and port.</param>
    /// <param name="limit">Time of one attempt.</param>
    /// <param name="remedy">What to do about one that refuses.</param>
    /// <param name="findings">Receives a line for each.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<IReadOnlyList<(string Host, int Port)>> ConnectAsync(
        IReadOnlyList<(string Host, int Port)> servers, TimeSpan limit, Said remedy, Findings findings, CancellationToken cancellationToken)
    {
        (string? Address, double Milliseconds, Said? Failure)[] tried = await Task.WhenAll(servers.Select(s => TryAsync(s.Host, s.Port, limit, cancellationToken)));
        bool any = tried.Any(static t => t.Failure is null);
        for (int i = 0; i < servers.Count; i++)
        {
            string server = Name(servers[i]);
            if (tried[i].Failure is { } failure)
            {
                Tell(findings, any, new Said(Texts.TcpFailed, server, failure), remedy);
            }
            else
            {
                findings.Ok(Texts.TcpConnected, server, tried[i].Address!, tried[i].Milliseconds.ToString("0.0", CultureInfo.InvariantCulture));
            }
        }

        return [.. servers.Where((_, i) => tried[i].Failure is null)];
    }

    public static string Name((string Host, int Port) server) => server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]:{server.Port}" : $"{server.Host}:{server.Port}";

    /// <summary>A failure, or a warning where another server does.</summary>
    public static void Tell(Findings findings, bool anotherDoes, Said detail, Said remedy)
    {
        if (anotherDoes)
        {
            findings.Warn(detail, remedy);
        }
        else
        {
            findings.Fail(detail, remedy);
        }
    }

    private static async Task<(string Host, string? Addresses, string Reason)> AskAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return (host, string.Join(", ", addresses.Select(static a => a.ToString())), "");
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return (host, null, e.Message.TrimEnd('.'));
        }
    }

    private static async Task<(string? Address, double Milliseconds, Said? Failure)> TryAsync(string host, int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = TimeProvider.System.GetTimestamp();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        try
        {
            await socket.ConnectAsync(host, port, time.Token);
            return (socket.RemoteEndPoint is IPEndPoint at ? Plain(at.Address) : "", TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, null);
        }
        catch (SocketException e)
        {
            return (null, 0, e.SocketErrorCode == SocketError.ConnectionRefused ? new Said(Texts.TcpRefused) : new Said(Texts.Reason, new Quoted(e.Message.TrimEnd('.'))));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, 0, new Said(Texts.TcpSilent, limit.TotalSeconds));
        }
    }

    private static string Plain(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
