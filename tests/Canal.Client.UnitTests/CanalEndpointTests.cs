namespace Canal.Client.UnitTests;

public sealed class CanalEndpointTests
{
    [Theory]
    [InlineData("canal", "canal", 11111)]
    [InlineData("canal:11112", "canal", 11112)]
    [InlineData(" 10.0.0.1:1 ", "10.0.0.1", 1)]
    [InlineData("[::1]", "::1", 11111)]
    [InlineData("[fe80::1]:65535", "fe80::1", 65535)]
    public void Text_is_read(string text, string host, int port) => Assert.Equal(new CanalEndpoint(host, port), CanalEndpoint.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(":11111")]
    [InlineData("canal:")]
    [InlineData("canal:0")]
    [InlineData("canal:65536")]
    [InlineData("canal:-1")]
    [InlineData("canal:1x")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[canal]:1")]
    [InlineData("[::1]11111")]
    [InlineData("tcp://canal:11111")]
    [InlineData("ca nal")]
    public void Text_that_is_no_endpoint_is_refused(string text)
    {
        Assert.False(CanalEndpoint.TryParse(text, out _));
        Assert.Contains($"'{text}' is no Canal endpoint", Assert.Throws<FormatException>(() => CanalEndpoint.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_keeps_its_order() =>
        Assert.Equal([new CanalEndpoint("canal2"), new CanalEndpoint("canal1", 1)], CanalEndpoint.ParseList("canal2:11111, canal1:1"));

    [Fact]
    public void List_with_an_empty_item_is_refused() => Assert.Throws<FormatException>(() => CanalEndpoint.ParseList("canal1,,canal2"));

    [Theory]
    [InlineData("canal:11111")]
    [InlineData("[::1]:11111")]
    public void Text_form_is_read_back(string text) => Assert.Equal(text, CanalEndpoint.Parse(text).ToString());

    [Fact]
    public void List_is_tried_without_an_exception()
    {
        bool good = CanalEndpoint.TryParseList("canal1, canal2:5", out IReadOnlyList<CanalEndpoint> endpoints);

        Assert.True(good);
        Assert.Equal([new CanalEndpoint("canal1"), new CanalEndpoint("canal2", 5)], endpoints);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("canal1,,canal2")]
    [InlineData("canal1:0")]
    public void List_that_is_none_gives_no_endpoint(string? text)
    {
        Assert.False(CanalEndpoint.TryParseList(text, out IReadOnlyList<CanalEndpoint> endpoints));
        Assert.Empty(endpoints);
    }
}
