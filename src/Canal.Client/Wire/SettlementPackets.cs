using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>Client ack and rollback: no answer on success; a refusal arrives as an ACK ahead of the next answer.</summary>
/// <remarks>Source: CanalProtocol.proto, ClientAck and ClientRollback; canal e20e4424, SessionHandler.</remarks>
internal static class SettlementPackets
{
    public static byte[] Ack(CanalClientOptions options, long batchId) => FrameWriter.Build(
        PacketType.Clientack,
        new ClientAck { Destination = options.Destination, ClientId = SubscriptionPacket.ClientId(options), BatchId = batchId });

    /// <param name="options">Destination and client id.</param>
    /// <param name="batchId">0: every outstanding batch. Any other only while it is the single one outstanding.</param>
    public static byte[] Rollback(CanalClientOptions options, long batchId) => FrameWriter.Build(
        PacketType.Clientrollback,
        new ClientRollback { Destination = options.Destination, ClientId = SubscriptionPacket.ClientId(options), BatchId = batchId });
}
