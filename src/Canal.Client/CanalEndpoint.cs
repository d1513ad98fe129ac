using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Canal.Client;

/// <summary>Where a Canal server listens. Text form: <c>host</c>, <c>host:port</c> or <c>[IPv6]:port</c>.</summary>
public readonly record struct CanalEndpoint
{
    /// <summary>Canal's own default, <c>canal.port</c>.</summary>
    public const int DefaultPort = 11111;

    /// <param name="host">Name or address; IPv6 without brackets.</param>
    /// <param name="port">TCP port, 1 to 65535.</param>
    public CanalEndpoint(string host, int port = DefaultPort)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        Host = host;
        Port = port;
    }

    /// <summary>Name or address; IPv6 without brackets.</summary>
    public string Host { get; }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>Reads one endpoint.</summary>
    /// <exception cref="FormatException">The text is no endpoint; the message says what was expected.</exception>
    public static CanalEndpoint Parse(string text) =>
        TryParse(text, out CanalEndpoint endpoint)
            ? endpoint
            : throw new FormatException($"'{text}' is no Canal endpoint; expected host, host:port or [IPv6]:port.");

    /// <summary>Reads one endpoint; false when the text is none.</summary>
    public static bool TryParse(string? text, out CanalEndpoint endpoint)
    {
        endpoint = default;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        ReadOnlySpan<char> host;
        if (rest.StartsWith("["))
        {
            int end = rest.IndexOf(']');
            if (end < 0 || !IPAddress.TryParse(rest[1..end], out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }

            host = rest[1..end];
            rest = rest[(end + 1)..];
        }
        else
        {
            int colon = rest.IndexOf(':');
            host = colon < 0 ? rest : rest[..colon];
            rest = rest[host.Length..];
        }

        int port = DefaultPort;
        if (!rest.IsEmpty
            && (rest[0] != ':' || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > IPEndPoint.MaxPort))
        {
            return false;
        }

        if (host.IsEmpty || host.IndexOfAny(" \t/,@") >= 0)
        {
            return false;
        }

        endpoint = new CanalEndpoint(host.ToString(), port);
        return true;
    }

    /// <summary>Reads a comma separated list, such as <c>canal1:11111,canal2:11111</c>; blanks around the items are allowed.</summary>
    /// <exception cref="FormatException">An item is no endpoint, or there is none.</exception>
    public static IReadOnlyList<CanalEndpoint> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split(',').Select(Parse)];
    }

    /// <summary>Reads a comma separated list; false when an item is no endpoint, or there is none.</summary>
    public static bool TryParseList(string? text, out IReadOnlyList<CanalEndpoint> endpoints)
    {
        endpoints = [];
        var list = new List<CanalEndpoint>();
        foreach (string item in (text ?? "").Split(','))
        {
            if (!TryParse(item, out CanalEndpoint endpoint))
            {
                return false;
            }

            list.Add(endpoint);
        }

        endpoints = list;
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => Host?.Contains(':', StringComparison.Ordinal) == true ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
