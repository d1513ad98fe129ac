using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>Asks for one batch; answered by one MESSAGES.</summary>
/// <remarks>
/// Time-out and unit are always sent: absent, the server waits without limit, and goes on after the client is gone.
/// auto_ack is not sent: the server ignores it. Source: CanalProtocol.proto, Get; canal e20e4424, SessionHandler.
/// </remarks>
internal static class GetPacket
{
    private const long ReturnAtOnce = -1;
    private const int UnitMilliseconds = 2;

    /// <param name="options">Destination and client id.</param>
    /// <param name="fetchSize">KiB or entries, by the server's batch mode.</param>
    /// <param name="wait">How long the server may wait for a full answer; null or zero: not at all.</param>
    public static byte[] Build(CanalClientOptions options, int fetchSize, TimeSpan? wait)
    {
        // Zero would mean "without limit": rounded up, never down.
        long timeout = wait is { } w && w > TimeSpan.Zero ? (long)Math.Ceiling(w.TotalMilliseconds) : ReturnAtOnce;
        return FrameWriter.Build(PacketType.Get, new Get
        {
            Destination = options.Destination,
            ClientId = SubscriptionPacket.ClientId(options),
            FetchSize = fetchSize,
            Timeout = timeout,
            Unit = UnitMilliseconds,
        });
    }
}
