using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CanalBridge.Testing;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>A page as a bridge's /metrics, with every metric of docs/metrics.md under all its labels; what counts rises with each reading.</summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly long _start = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private int _readings;

    public MetricsPage()
    {
        Address = $"localhost:{FreePort.Next()}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public void Dispose() => ((IDisposable)_listener).Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // Disposed.
            }

            _readings++;
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            using Stream body = context.Response.OutputStream;
            await body.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(KnownMetric.All.Select(Text))));
        }
    }

    private string Text(KnownMetric metric) =>
        $"# TYPE {metric.Name} {metric.Kind}\n" + string.Concat(LabelSets(metric).Select(labels => metric.Kind switch
        {
            "histogram" => Histogram(metric.Name, labels),
            "counter" => $"{metric.Name}{{{labels}}} {Number(_readings * 10)}\n",
            _ => $"{metric.Name}{{{labels}}} {Number(Gauge(metric.Name, labels))}\n",
        }));

    private string Histogram(string name, string labels)
    {
        string bound = labels.Length == 0 ? "" : labels + ",";
        return $"{name}_bucket{{{bound}le=\"0.1\"}} {Number(_readings * 5)}\n{name}_bucket{{{bound}le=\"1\"}} {Number(_readings * 10)}\n"
            + $"{name}_bucket{{{bound}le=\"+Inf\"}} {Number(_readings * 10)}\n{name}_sum{{{labels}}} {Number(_readings * 2)}\n{name}_count{{{labels}}} {Number(_readings * 10)}\n";
    }

    private double Gauge(string name, string labels) => name switch
    {
        "canal_bridge_start_time_seconds" => _start,
        "canal_bridge_destination_state" => labels.Contains("\"running\"", StringComparison.Ordinal) ? 1 : 0,
        "canal_bridge_rows_unaccounted" => 0,
        _ => 1,
    };

    /// <summary>One text for each combination of the labels' values.</summary>
    private static IEnumerable<string> LabelSets(KnownMetric metric)
    {
        IEnumerable<string> sets = [metric.HasDestination ? "canal_bridge_destination=\"shop\",otel_scope_name=\"CanalBridge\"" : "otel_scope_name=\"System.Runtime\""];
        return metric.Labels.Aggregate(sets, (all, label) => all.SelectMany(s => label.Value.Select(v => $"{s},{label.Key}=\"{v}\"")));
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
