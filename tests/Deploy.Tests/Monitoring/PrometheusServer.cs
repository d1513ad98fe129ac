using System.Diagnostics;
using System.Text.Json.Nodes;
using CanalBridge.Testing;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>A Prometheus that reads one page each second, with the bridge's alert rules.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("canal-bridge-prometheus-").FullName;
    private readonly HttpClient _client;
    private readonly Process _process;
    private readonly List<string> _log = [];

    /// <param name="target">Host and port of the page.</param>
    public PrometheusServer(string target)
    {
        string program = PrometheusTools.Find("prometheus");
        string address = $"127.0.0.1:{FreePort.Next()}";
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{MonitoringFiles.AlertsPath}}"]
            scrape_configs:
            - job_name: canal-bridge
              static_configs: [{targets: ["{{target}}"]}]
            """);
        _client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        _process = Process.Start(new ProcessStartInfo(program, [$"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address={address}"]) { RedirectStandardError = true })!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.Add(line.Data ?? "");
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>Number of series that an expression finds now, those that are no number left out; null while Prometheus does not answer.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refused the expression, or has ended.</exception>
    public async Task<int?> CountAsync(string expression)
    {
        if (_process.HasExited)
        {
            lock (_log)
            {
                throw new InvalidOperationException($"Prometheus ended with {_process.ExitCode}:\n{string.Join('\n', _log)}");
            }
        }

        try
        {
            using var form = new FormUrlEncodedContent([new("query", expression)]);
            using HttpResponseMessage response = await _client.PostAsync(new Uri("api/v1/query", UriKind.Relative), form);
            if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            {
                return null; // It is starting.
            }

            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            return (string?)answer["status"] == "success"
                ? answer["data"]!["result"]!.AsArray().Count(r => (string?)r!["value"]![1] != "NaN")
                : throw new InvalidOperationException($"{answer["error"]}: {expression}");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Kill();
        _client.Dispose();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
