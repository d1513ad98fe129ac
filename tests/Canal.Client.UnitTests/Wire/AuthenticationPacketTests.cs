using Canal.Client.Protocol;
using Canal.Client.Wire;

namespace Canal.Client.UnitTests.Wire;

public sealed class AuthenticationPacketTests
{
    [Theory]
    [InlineData("canal", "0102030405060708", "7de44690d8e53782cb61804a2455c284a3bbfb06")]
    [InlineData("s3cr3t-Pässw0rd", "5fe220afcb266ec5", "9ebee47bc89d94f6bc45c225bf97dca11f8ea4a9")]
    [InlineData("canal", "5fe220afcb266ec5", "2bc4ad9665cfa6dc61129972f676e4ef2fb92a25")]
    public void Scramble_gives_the_servers_token(string password, string seed, string token) =>
        Assert.Equal(token, AuthenticationPacket.Scramble(password, Convert.FromHexString(seed)));

    [Fact]
    public void Idle_timeouts_are_sent_in_milliseconds()
    {
        ClientAuth login = Parse(new CanalClientOptions { ServerIdleTimeout = TimeSpan.FromMinutes(2) });

        Assert.Equal((120_000, 120_000), (login.NetReadTimeout, login.NetWriteTimeout));
    }

    [Fact]
    public void Login_names_no_destination_so_that_the_server_does_not_subscribe_by_itself()
    {
        ClientAuth login = Parse(new CanalClientOptions { Destination = "example" });

        Assert.Equal(("", ""), (login.Destination, login.ClientId));
    }

    [Fact]
    public void Without_a_password_none_is_sent() => Assert.True(Parse(new CanalClientOptions { Username = "canal" }).Password.IsEmpty);

    private static ClientAuth Parse(CanalClientOptions options)
    {
        byte[] frame = AuthenticationPacket.Build(options, new byte[8]);
        return ClientAuth.Parser.ParseFrom(Packet.Parser.ParseFrom(frame.AsSpan(4)).Body);
    }
}
