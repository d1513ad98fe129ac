using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>The standard variables switch the export on: a stub stands in for the collector and keeps what is posted to it.</summary>
public sealed class TelemetryTests(SharedPeers shared)
{
    [Fact]
    public async Task Metrics_and_spans_reach_the_collector_that_the_environment_names()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var collector = new Collector();
        await using (BridgeProcess bridge = BridgeProcess.Run(peers, "telemetry", ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")))
        {
            await bridge.WaitUntilReadingAsync();
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, "telemetry.telemetry_rows");
            await Sql.ExecuteAsync(connection, "CREATE DATABASE telemetry_rows; CREATE TABLE telemetry_rows.t (id INT PRIMARY KEY); INSERT INTO telemetry_rows.t VALUES (1)");
            await consumer.WaitForAsync(r => r.Key == "{\"id\":1}", () => bridge.Output);
            bridge.Signal("TERM");
            Assert.Equal(0, await bridge.WaitForExitAsync());
        }

        string metrics = string.Concat(collector.Bodies.Where(b => b.Path == "/v1/metrics").Select(b => b.Body));
        Assert.Contains("messaging.client.sent.messages", metrics, StringComparison.Ordinal);
        Assert.Contains("canal_bridge.kafka.transactions", metrics, StringComparison.Ordinal);
        Assert.Contains("canal_bridge.delivery.lag", metrics, StringComparison.Ordinal);
        Assert.Contains(collector.Bodies, b => b.Path == "/v1/traces" && b.Body.Contains("kafka transaction", StringComparison.Ordinal));
    }

    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _collecting;

        public Collector()
        {
            _listener.Prefixes.Add($"{Url}/");
            _listener.Start();
            _collecting = CollectAsync();
        }

        public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

        public ConcurrentQueue<(string Path, string Body)> Bodies { get; } = new();

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _collecting;
        }

        private async Task CollectAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext request = await _listener.GetContextAsync();
                    using var body = new StreamReader(request.Request.InputStream, Encoding.Latin1);
                    Bodies.Enqueue((request.Request.Url!.AbsolutePath, await body.ReadToEndAsync()));
                    request.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Closed.
            }
        }

        private static int FreePort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
    }
}
