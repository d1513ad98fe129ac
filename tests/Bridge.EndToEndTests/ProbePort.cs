using System.Diagnostics;
using System.Globalization;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>The probes of a bridge that was started with this port.</summary>
internal sealed class ProbePort : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly HttpClient _client = new();
    private readonly int _port = FreePort.Next();

    public (string Name, string Value) Option => ("Http__Port", _port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits for an answer; the process must not end meanwhile.</summary>
    public async Task WaitForAsync(string probe, int status, BridgeProcess bridge)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.False(bridge.HasExited, $"The bridge has ended:\n{bridge.Output}");
            int answer;
            try
            {
                using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/{probe}"));
                answer = (int)response.StatusCode;
            }
            catch (HttpRequestException e)
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < Limit, e.Message);
                continue;
            }

            if (answer == status)
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"/{probe} answers {answer}, not {status}:\n{bridge.Output}");
            await Task.Delay(50);
        }
    }

    public void Dispose() => _client.Dispose();
}
