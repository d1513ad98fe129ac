using Canal.Client.Entries;
using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>A Packet's fields, its body left in place.</summary>
/// <remarks>
/// Bytes of a data answer: <c>18 07 2a len body</c>, without magic number or version; of a positive ACK: <c>10 01 18 03</c>.
/// Source: CanalProtocol.proto, Packet; canal e20e4424, NettyUtils.
/// </remarks>
internal readonly record struct PacketHeader(PacketType Type, int Version, ReadOnlyMemory<byte> Body)
{
    /// <exception cref="CanalProtocolException">The bytes are no Packet, or its compression or type is unknown.</exception>
    public static PacketHeader Parse(ReadOnlyMemory<byte> packet, string source)
    {
        ulong type = 0, version = 0, compression = 0;
        ReadOnlyMemory<byte> body = default;
        var reader = new ProtoReader(packet.Span, "Packet");
        while (reader.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 0x10:
                    version = reader.ReadVarint();
                    break;
                case 0x18:
                    type = reader.ReadVarint();
                    break;
                case 0x20:
                    compression = reader.ReadVarint();
                    break;
                case 0x2a:
                    int length = reader.ReadBytes().Length;
                    body = packet.Slice(reader.Position - length, length);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        // No server compresses; 0 and 1 both mean none. Going on would read compressed bytes as a message.
        if (compression > (ulong)Compression.None)
        {
            throw new CanalProtocolException($"Packet from {source} has compression {compression}; expected none (0 or 1).");
        }

        if (type is 0 or > (ulong)PacketType.Clientrollback)
        {
            throw new CanalProtocolException($"Packet from {source} has type {type}; expected HANDSHAKE (1), ACK (3) or MESSAGES (7).");
        }

        return new PacketHeader((PacketType)type, (int)version, body);
    }
}
