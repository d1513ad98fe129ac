namespace Canal.Client.UnitTests;

public sealed class CanalServerExceptionTests
{
    private static readonly CanalEndpoint Endpoint = new("canal");

    [Theory]
    [InlineData("GET", 400, "destination:example should start first", true)]
    [InlineData("GET", 400, "should subscribe first", true)]
    [InlineData("GET", 400, "17 is not the firstly:15", true)]
    [InlineData("SUBSCRIPTION", 400, "java.lang.NumberFormatException: Value out of range", false)]
    [InlineData("GET", 400, "java.lang.IndexOutOfBoundsException", false)]
    [InlineData("GET", 401, "destination or clientId is null", false)]
    [InlineData("CLIENTAUTHENTICATION", 400, "auth failed for user:canal", false)]
    [InlineData("CLIENTAUTHENTICATION", 400, "auth failed for seed is null", true)]
    public void Transient_is_what_a_new_connection_may_mend(string request, int code, string text, bool transient) =>
        Assert.Equal(transient, new CanalServerException(Endpoint, request, code, text).IsTransient);

    [Fact]
    public void Message_holds_only_the_first_line()
    {
        var e = new CanalServerException(Endpoint, "GET", 400, "something goes wrong\n\tat com.alibaba");

        Assert.Equal("Canal canal:11111 refused GET with code 400: something goes wrong", e.Message);
        Assert.Contains("com.alibaba", e.ServerText, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_text_is_cut()
    {
        var e = new CanalServerException(Endpoint, "GET", 400, new string('x', 100_000));

        Assert.Equal(4096, e.ServerText.Length);
        Assert.InRange(e.Message.Length, 300, 400);
    }

    [Fact]
    public void Refused_login_names_no_user() =>
        Assert.DoesNotContain("alice", new CanalServerException(Endpoint, "CLIENTAUTHENTICATION", 400, "auth failed for user:alice").Message, StringComparison.Ordinal);
}
