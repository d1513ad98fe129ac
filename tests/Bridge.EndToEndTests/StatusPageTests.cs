using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>The page for people, in a real browser, of a bridge that carries rows between real peers.</summary>
public sealed class StatusPageTests(SharedPeers shared)
{
    [Fact]
    public async Task Page_follows_the_bridge_and_in_the_end_shows_as_many_rows_as_the_topics_hold()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        using var browser = new Browser();

        // The rows of an earlier run must not be in the topics: the page counts those of this process.
        string prefix = $"statuspage{Guid.NewGuid():N}";
        (BridgeProcess bridge, Uri page) = await StartAsync(peers, prefix);
        await using (bridge)
        {
            browser.Resize(1280, 800, isPhone: false);
            browser.Open(page);
            await using Load load = await Load.StartAsync(peers, "statuspage_rows");
            await browser.WaitForAsync("state", static text => text == "● running", () => bridge.Output);
            await browser.WaitForAsync("committed", static text => Number(text) > 2000, () => bridge.Output);
            await browser.WaitForAsync("committedRate", static text => Number(text) > 0, () => bridge.Output);
            browser.Capture("status-page.png");

            Dictionary<string, string> rows = await load.StopAsync();
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, prefix);
            string last = $"{{\"id\":{load.LastId}}}";
            await consumer.WaitForAsync(r => r.Key == last, () => bridge.Output);
            await browser.WaitForAsync("inFlight", static text => text == "0", () => bridge.Output);
            await browser.WaitForAsync("deliveryLag", static text => text == "0 s", () => bridge.Output);
            await consumer.ReadToEndAsync();
            int published = consumer.Records.Count(static r => !r.IsTombstone);
            await browser.WaitForAsync("committed", text => Number(text) == published, () => $"The topics hold {published}. {bridge.Output}");

            Assert.True(published >= rows.Count);
            Assert.Equal(
                Number(browser.Text("received")!),
                Number(browser.Text("committed")!) + Number(browser.Text("filtered")!) + Number(browser.Text("duplicates")!) + Number(browser.Text("returned")!));
            Assert.Equal("✓ 0 unaccounted", browser.Text("verdict"));
            Assert.StartsWith("mysql-bin.", browser.Text("position"), StringComparison.Ordinal);
            Assert.EndsWith("(this process)", browser.Text("owner"), StringComparison.Ordinal);
            Assert.Empty(browser.ConsoleErrors);
            IReadOnlyList<string> requests = browser.Requests();
            Assert.Contains($"{page}status", requests);
            Assert.All(requests, url => Assert.True(url.StartsWith(page.ToString(), StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        }
    }

    [Fact]
    public async Task Page_fits_a_phone()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        using var browser = new Browser();
        (BridgeProcess bridge, Uri page) = await StartAsync(peers, "statusphone");
        await using (bridge)
        {
            browser.Resize(360, 780, isPhone: true);
            browser.Open(page);
            await using Load load = await Load.StartAsync(peers, "statusphone_rows");
            await browser.WaitForAsync("committed", static text => Number(text) > 1000, () => bridge.Output);
            browser.Capture("status-page-phone.png");

            Assert.False(browser.ScrollsSideways);
        }
    }

    [Fact]
    public async Task Page_speaks_Chinese_when_asked()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        using var browser = new Browser();
        (BridgeProcess bridge, Uri page) = await StartAsync(peers, "statuszh");
        await using (bridge)
        {
            browser.Open(new Uri(page, "?lang=zh"));

            await browser.WaitForAsync("state", static text => text == "● 运行中", () => bridge.Output);
            Assert.Equal("zh-CN", browser.Language);
            Assert.Equal("✓ 未对上的行:0", browser.Text("verdict"));
            Assert.Equal("English", browser.Text("language"));
        }
    }

    [Fact]
    public async Task Page_says_so_when_the_bridge_is_gone()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        using var browser = new Browser();
        (BridgeProcess bridge, Uri page) = await StartAsync(peers, "statusgone");
        await using (bridge)
        {
            browser.Open(page);
            await browser.WaitForAsync("link", static text => text == "● Live", () => bridge.Output);

            bridge.Kill();

            await browser.WaitForAsync("link", static text => text.StartsWith("✗ The bridge does not answer. These data are ", StringComparison.Ordinal), () => "");
            await browser.WaitForAsync("state", static text => text == "✗ no answer", () => "");
        }
    }

    private static async Task<(BridgeProcess Bridge, Uri Page)> StartAsync(PeerStack peers, string prefix)
    {
        int port = FreePort.Next();
        BridgeProcess bridge = BridgeProcess.Run(peers, prefix, ("Http__Port", port.ToString(CultureInfo.InvariantCulture)));
        await bridge.WaitUntilReadingAsync();
        return (bridge, new Uri($"http://localhost:{port}/"));
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long number) ? number : -1;
}
