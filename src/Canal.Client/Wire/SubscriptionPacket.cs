using System.Globalization;
using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>Subscribe and unsubscribe; both are answered by an ACK.</summary>
/// <remarks>The filter is field 7, and a non-empty one replaces the server's for everybody. Source: CanalProtocol.proto, Sub and Unsub.</remarks>
internal static class SubscriptionPacket
{
    public static byte[] Subscribe(CanalClientOptions options, string filter) =>
        FrameWriter.Build(PacketType.Subscription, new Sub { Destination = options.Destination, ClientId = ClientId(options), Filter = filter });

    public static byte[] Unsubscribe(CanalClientOptions options) =>
        FrameWriter.Build(PacketType.Unsubscription, new Unsub { Destination = options.Destination, ClientId = ClientId(options) });

    public static string ClientId(CanalClientOptions options) => options.ClientId.ToString(CultureInfo.InvariantCulture);
}
