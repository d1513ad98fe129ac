using System.Diagnostics;
using CanalBridge.Testing;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>Prometheus' programs: by the variables PROMTOOL and PROMETHEUS, or on the PATH.</summary>
internal static class PrometheusTools
{
    /// <summary>Path of promtool or prometheus.</summary>
    public static string Find(string name) =>
        Tools.Find(name, name.ToUpperInvariant(), "it is in Debian's package prometheus, which .ci/install-tools unpacks");

    /// <summary>Runs promtool; fails the test with all that it says if it refuses.</summary>
    public static async Task CheckAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Find("promtool"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"promtool {string.Join(' ', arguments)}\n{output}{await errors}");
    }
}
