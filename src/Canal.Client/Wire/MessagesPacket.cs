using System.Buffers;
using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>The answer to a GET: batch id and raw entries, read in place over the frame.</summary>
/// <remarks>
/// Empty answer: <c>10 01 18 07 2a 0b 08 ff ff ff ff ff ff ff ff ff 01</c>. Source: CanalProtocol.proto, Messages; canal
/// e20e4424, SessionHandler.
/// </remarks>
internal static class MessagesPacket
{
    /// <param name="frame">The serialized Packet.</param>
    /// <param name="packet">Its fields.</param>
    /// <param name="owner">Owner of the frame's buffer; goes to the batch, and stays the caller's if this throws.</param>
    /// <param name="source">For error messages.</param>
    public static CanalBatch Read(ReadOnlyMemory<byte> frame, PacketHeader packet, IMemoryOwner<byte>? owner, string source)
    {
        if (packet.Type != PacketType.Messages)
        {
            throw new CanalProtocolException($"Packet from {source} has type {packet.Type}; expected MESSAGES (7).");
        }

        var batch = new CanalBatch(packet.Body, owner, frame);
        if (batch.Id is 0 or < -1 || (batch.IsEmpty && batch.Count > 0))
        {
            throw new CanalProtocolException($"Batch id {batch.Id} with {batch.Count} entries from {source}; expected -1 without entries, or a positive id.");
        }

        return batch;
    }
}
