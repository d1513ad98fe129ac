using System.Diagnostics;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>Prometheus' programs: by PROMTOOL, beside it, or on the PATH.</summary>
internal static class PrometheusTools
{
    private const string HowToGet =
        "{0} is not here: install Debian's package prometheus, or unpack it (apt-get download prometheus; dpkg -x prometheus_*.deb FOLDER) and set PROMTOOL to FOLDER/usr/bin/promtool.";

    /// <summary>Path of promtool or prometheus. Skips the test where there is none; with PEERS_REQUIRED=true that is a failure.</summary>
    public static string Find(string name)
    {
        string? promtool = Environment.GetEnvironmentVariable("PROMTOOL");
        string[] folders = [.. promtool is null ? [] : new[] { Path.GetDirectoryName(promtool) ?? "" }, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)];
        string? path = Array.Find([.. folders.Select(f => Path.Combine(f, name))], File.Exists);
        string howToGet = string.Format(System.Globalization.CultureInfo.InvariantCulture, HowToGet, name);
        if (path is null && Environment.GetEnvironmentVariable("PEERS_REQUIRED") == "true")
        {
            Assert.Fail(howToGet);
        }

        Assert.SkipWhen(path is null, howToGet);
        return path!;
    }

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
