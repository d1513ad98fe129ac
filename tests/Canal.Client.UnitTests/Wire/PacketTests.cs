using Canal.Client.Protocol;
using Canal.Client.Wire;
using Google.Protobuf;

namespace Canal.Client.UnitTests.Wire;

public sealed class PacketTests
{
    private static readonly CanalClientOptions Options = new() { Destination = "example", ClientId = 7 };

    [Theory]
    [InlineData(null, -1)]
    [InlineData(0.0, -1)]
    [InlineData(0.2, 1)]
    [InlineData(50.0, 50)]
    public void Get_always_sends_timeout_and_unit_and_never_zero(double? waitMilliseconds, long timeout)
    {
        TimeSpan? wait = waitMilliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

        Get get = Get.Parser.ParseFrom(Body(GetPacket.Build(Options, 1000, wait)));

        Assert.Equal((true, timeout, true, 2, 1000), (get.HasTimeout, get.Timeout, get.HasUnit, get.Unit, get.FetchSize));
        Assert.Equal(("example", "7"), (get.Destination, get.ClientId));
    }

    [Fact]
    public void Filter_travels_in_field_7()
    {
        byte[] body = Body(SubscriptionPacket.Subscribe(Options, @"shop\..*")).ToByteArray();

        // 3a = field 7, length-delimited.
        Assert.Contains("3A0873686F705C2E2E2A", Convert.ToHexString(body), StringComparison.Ordinal);
    }

    [Fact]
    public void Unsubscribe_is_an_unsubscription() =>
        Assert.Equal(PacketType.Unsubscription, Packet.Parser.ParseFrom(SubscriptionPacket.Unsubscribe(Options).AsSpan(4)).Type);

    [Fact]
    public void Empty_answer_of_a_real_server_is_an_empty_batch()
    {
        byte[] packet = Convert.FromHexString("100118072A0B08FFFFFFFFFFFFFFFFFF01");

        using CanalBatch batch = MessagesPacket.Read(packet, PacketHeader.Parse(packet, "test"), null, "test");

        Assert.Equal((true, -1L, 0), (batch.IsEmpty, batch.Id, batch.Count));
    }

    [Fact]
    public void Positive_ack_of_a_real_server_has_no_body()
    {
        Ack ack = AckPacket.Read(PacketHeader.Parse(Convert.FromHexString("10011803"), "test"), "test");

        Assert.Equal(0, ack.ErrorCode);
    }

    [Theory]
    [InlineData("18072000")]
    [InlineData("18072001")]
    [InlineData("1807")]
    public void No_compression_is_accepted_in_all_its_forms(string packet) =>
        Assert.Equal(PacketType.Messages, PacketHeader.Parse(Convert.FromHexString(packet), "test").Type);

    [Theory]
    [InlineData("18072002", "compression 2")]
    [InlineData("18072004", "compression 4")]
    [InlineData("180D", "type 13")]
    [InlineData("", "type 0")]
    [InlineData("2A05", "Packet")]
    [InlineData("1F", "Packet")]
    public void Packet_that_cannot_be_understood_is_refused(string packet, string part)
    {
        var e = Assert.Throws<CanalProtocolException>(() => PacketHeader.Parse(Convert.FromHexString(packet), "canal:11111"));

        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_ack_is_refused_with_its_origin()
    {
        var packet = new PacketHeader(PacketType.Ack, 1, new byte[] { 0x12, 0x7f });

        var e = Assert.Throws<CanalProtocolException>(() => AckPacket.Read(packet, "canal:11111"));

        Assert.Contains("Ack from canal:11111", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ack_as_large_as_a_batch_is_refused_before_its_text_is_read()
    {
        var packet = new PacketHeader(PacketType.Ack, 1, new Ack { ErrorCode = 400, ErrorMessage = new string('x', ControlPackets.LargestBody) }.ToByteArray());

        var e = Assert.Throws<CanalProtocolException>(() => AckPacket.Read(packet, "canal:11111"));

        Assert.Contains("expected no more than 1048576", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-2, 0)]
    [InlineData(-1, 1)]
    public void Batch_id_that_no_server_sends_is_refused(long id, int entries)
    {
        var messages = new Messages { BatchId = id };
        messages.Messages_.AddRange(Enumerable.Repeat(ByteString.Empty, entries));
        byte[] packet = new Packet { Type = PacketType.Messages, Body = messages.ToByteString() }.ToByteArray();

        Assert.Throws<CanalProtocolException>(() => MessagesPacket.Read(packet, PacketHeader.Parse(packet, "test"), null, "test"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Handshake_of_another_version_is_refused(int version)
    {
        var packet = new PacketHeader(PacketType.Handshake, version, ReadOnlyMemory<byte>.Empty);

        var e = Assert.Throws<CanalProtocolException>(() => HandshakePacket.ReadSeed(packet, "canal:11111"));

        Assert.Equal($"Handshake from canal:11111 has version {version}; expected 1.", e.Message);
    }

    private static ByteString Body(byte[] frame) => Packet.Parser.ParseFrom(frame.AsSpan(4)).Body;
}
