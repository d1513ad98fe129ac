using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>The server's first frame: eight random bytes that salt the password.</summary>
/// <remarks>
/// Bytes: <c>10 01 18 01 2a 0a 12 08</c> and the seed. Source: CanalProtocol.proto, Handshake; canal e20e4424,
/// HandshakeInitializationHandler.
/// </remarks>
internal static class HandshakePacket
{
    private const int Version = 1;

    public static byte[] ReadSeed(PacketHeader packet, string source)
    {
        if (packet.Version != Version)
        {
            throw new CanalProtocolException($"Handshake from {source} has version {packet.Version}; expected {Version}.");
        }

        return ControlPackets.Parse(Handshake.Parser, packet.Body, source).Seeds.ToByteArray();
    }
}
