using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;
using Google.Protobuf;
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
        Span[] spans = [.. collector.Bodies.Where(b => b.Path == "/v1/traces").SelectMany(b => Spans(Encoding.Latin1.GetBytes(b.Body)))];
        string[] batches = [.. spans.Where(s => s.Name == "canal batch").Select(s => s.Id)];
        Assert.NotEmpty(batches);
        Assert.Contains(spans, s => s.Name == "kafka transaction" && s.Links.Any(batches.Contains));
    }

    /// <summary>Spans of an ExportTraceServiceRequest: resource_spans 1, in it scope_spans 2, in it spans 2, in those span_id 2, name 5, links 13 with span_id 2.</summary>
    private static IEnumerable<Span> Spans(byte[] request) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        from span in Fields(scope, 2)
        select new Span(
            Convert.ToHexString(Fields(span, 2).Single()), Encoding.UTF8.GetString(Fields(span, 5).Single()), [.. Fields(span, 13).Select(link => Convert.ToHexString(Fields(link, 2).Single()))]);

    /// <summary>The contents of a protobuf message's fields of one number that have a length.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        var input = new CodedInputStream(message);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }

    private sealed record Span(string Id, string Name, string[] Links);

    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _collecting;

        public Collector()
        {
            _listener.Prefixes.Add($"{Url}/");
            _listener.Start();
            _collecting = CollectAsync();
        }

        public string Url { get; } = $"http://127.0.0.1:{FreePort.Next()}";

        public ConcurrentQueue<(string Path, string Body)> Bodies { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Close();
            await _collecting;
            _stop.Dispose();
        }

        private async Task CollectAsync()
        {
            try
            {
                while (true)
                {
                    // A wait that begins while the listener is being closed never ends by itself.
                    HttpListenerContext request = await _listener.GetContextAsync().WaitAsync(_stop.Token);
                    using var body = new StreamReader(request.Request.InputStream, Encoding.Latin1);
                    Bodies.Enqueue((request.Request.Url!.AbsolutePath, await body.ReadToEndAsync()));
                    request.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException)
            {
                // Closed.
            }
        }
    }
}
