using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>The server's yes or no.</summary>
/// <remarks>Yes: <c>10 01 18 03</c>, no body. Source: CanalProtocol.proto, Ack; canal e20e4424, NettyUtils.ack and error.</remarks>
internal static class AckPacket
{
    public static Ack Read(PacketHeader packet, string source) => ControlPackets.Parse(Ack.Parser, packet.Body, source);
}
