using System.Buffers.Binary;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.Wire;

/// <summary>Builds frames: four-byte big-endian length, then a Packet of the given type.</summary>
internal static class FrameWriter
{
    /// <summary>A whole frame. Small: clients send no data.</summary>
    public static byte[] Build(PacketType type, IMessage body) => Build(new Packet { Type = type, Body = body.ToByteString() });

    public static byte[] Build(Packet packet)
    {
        int length = packet.CalculateSize();
        byte[] frame = new byte[4 + length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        packet.WriteTo(frame.AsSpan(4));
        return frame;
    }
}
