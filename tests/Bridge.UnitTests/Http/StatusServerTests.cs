using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CanalBridge.Health;
using CanalBridge.Http;
using CanalBridge.Options;
using CanalBridge.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CanalBridge.UnitTests.Http;

public sealed class StatusServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Paths => ["/", "/status", "/metrics", "/livez", "/readyz", "/healthz"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_answer_is_fresh_and_is_taken_for_what_it_says_it_is(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();

        using HttpResponseMessage response = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Head_gives_the_code_and_no_body(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative));

        using HttpResponseMessage response = await server.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("POST", "/status")]
    [InlineData("PUT", "/")]
    [InlineData("DELETE", "/metrics")]
    [InlineData("OPTIONS", "/livez")]
    public async Task Whoever_wants_to_change_something_is_refused(string method, string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new StringContent("x") };

        using HttpResponseMessage response = await server.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/favicon.ico")]
    [InlineData("/Status")]
    [InlineData("/metrics/")]
    [InlineData("/metrics/x")]
    [InlineData("/status/../appsettings.json")]
    [InlineData("/%2e%2e/etc/passwd")]
    public async Task Other_paths_are_not_found_and_the_answer_names_those_that_are(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();

        (HttpStatusCode code, string text) = await server.ReadAsync(path);

        Assert.Equal((HttpStatusCode.NotFound, "There are /, /status, /metrics, /livez, /readyz and /healthz.\n"), (code, text));
    }

    [Fact]
    public async Task Page_lets_the_browser_run_its_own_style_and_script_and_nothing_else()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        using HttpResponseMessage response = await server.GetAsync("/");

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Matches("^default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'; connect-src 'self'; ", policy);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_names_nothing_on_another_host_and_holds_no_style_or_script_outside_the_two_hashed_ones()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        (_, string html) = await server.ReadAsync("/");

        Assert.DoesNotMatch("(?i)(https?:)?//[a-z0-9]", Regex.Replace(html, "(?m)^ *// .*$", ""));
        Assert.DoesNotMatch(@"(?i)\s(style|on[a-z]+)\s*=", html);
        Assert.Single(Regex.Matches(html, "<script"));
        Assert.Single(Regex.Matches(html, "<style"));
    }

    [Fact]
    public async Task Port_in_use_is_a_mistake_of_the_options_and_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        string mistake = await MistakeAsync(new HttpOptions { Port = port });

        Assert.Equal($"Http:Port is {port} but another process listens there (Http:Address is 'localhost'); choose another port, or 0 for none.", mistake);
    }

    [Fact]
    public async Task Address_that_this_host_does_not_have_is_a_mistake_of_the_options_and_named() =>
        Assert.Equal(
            "Http:Address is '192.0.2.7' but this host has no such address; use * for all of its addresses.",
            await MistakeAsync(new HttpOptions { Port = FreePort.Next(), Address = "192.0.2.7" }));

    [Fact]
    public async Task Port_zero_opens_none()
    {
        IAsyncDisposable? server = await HttpSide.StartAsync(new HttpOptions { Port = 0 }, AnySource(), NullLoggerFactory.Instance, Token);

        Assert.Null(server);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("*")]
    public async Task It_listens_at_the_address_that_the_options_name(string address)
    {
        await using RunningServer server = await RunningServer.StartAsync(address);

        Assert.Equal("HTTP/1.1 200 OK", await FirstLineAsync(server.Port, "GET /livez HTTP/1.1\r\nHost: any\r\n\r\n"));
    }

    [Fact]
    public async Task Star_listens_on_IPv6_too_where_the_host_has_it()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static i => i.GetIPProperties().UnicastAddresses).Any(static a => a.Address.Equals(IPAddress.IPv6Loopback)), "This host has no IPv6.");
        await using RunningServer server = await RunningServer.StartAsync("*");

        using var client = new TcpClient(AddressFamily.InterNetworkV6);
        await client.ConnectAsync(IPAddress.IPv6Loopback, server.Port, Token);

        Assert.True(client.Connected);
    }

    [Fact]
    public async Task Huge_header_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        Assert.Equal("HTTP/1.1 431 Request Header Fields Too Large", await FirstLineAsync(server.Port, $"GET / HTTP/1.1\r\nHost: any\r\nX: {new string('x', 20_000)}\r\n\r\n"));
        Assert.Equal("HTTP/1.1 414 URI Too Long", await FirstLineAsync(server.Port, $"GET /{new string('x', 3_000)} HTTP/1.1\r\nHost: any\r\n\r\n"));
    }

    private static async Task<string?> FirstLineAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        using var answer = new StreamReader(client.GetStream());
        return await answer.ReadLineAsync(Token);
    }

    private static async Task<string> MistakeAsync(HttpOptions options) =>
        Assert.Single((await Assert.ThrowsAsync<OptionsValidationException>(() => HttpSide.StartAsync(options, AnySource(), NullLoggerFactory.Instance, Token))).Failures);

    private static StatusSource AnySource() =>
        RunningServer.Source(new DestinationHealth("shop", Guid.Empty, TimeProvider.System), TimeProvider.System, CancellationToken.None);
}
