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
        ProgramRun run = await ProgramRun.OfAsync(Find("promtool"), arguments);

        Assert.True(run.ExitCode == 0, $"promtool {string.Join(' ', arguments)}\n{run.Output}{run.Errors}");
    }
}
