using System.Diagnostics;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Helm;

/// <summary>The chart, and helm as a process.</summary>
internal static class HelmTool
{
    private const string HowToGet = "No helm: put helm 4 on the PATH, name it by HELM, or set PEERS_STACK to the stack script that brings it.";

    private static readonly Lazy<string?> Program = new(Find);

    public static string Chart { get; } = Path.Combine(Repository.Root, "deploy", "helm");

    public static string ReadChart(params string[] path) => File.ReadAllText(Path.Combine([Chart, .. path]));

    /// <summary>Runs helm to its end; without helm the test is skipped, or fails where PEERS_REQUIRED=true.</summary>
    public static Task<ProgramRun> RunAsync(params string[] arguments)
    {
        Tools.Require(Program.Value is not null, HowToGet);
        return ProgramRun.OfAsync(Program.Value!, arguments);
    }

    /// <summary>What <c>helm template</c> makes of the chart with a file of its folder ci and further arguments.</summary>
    public static async Task<Manifests> TemplateAsync(string values, params string[] arguments)
    {
        (int exitCode, string output, string errors) = await RunAsync([.. TemplateArguments(values), .. arguments]);
        Assert.True(exitCode == 0, errors);
        return Manifests.Parse(output);
    }

    /// <summary>The text with which helm refuses such values.</summary>
    public static async Task<string> RefusalAsync(string values, params string[] arguments)
    {
        (int exitCode, string output, string errors) = await RunAsync([.. TemplateArguments(values), .. arguments]);
        Assert.True(exitCode != 0, output);
        return errors;
    }

    private static string[] TemplateArguments(string values) =>
        ["template", "shop", Chart, "--namespace", "bridges", "--values", Path.Combine(Chart, "ci", $"{values}-values.yaml")];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("HELM") is { Length: > 0 } named)
        {
            return named;
        }

        string script = Environment.GetEnvironmentVariable("PEERS_STACK") ?? Path.Combine(Repository.Root, "..", "shared", "peers", "stack");
        return Tools.OnPath("helm") ?? (File.Exists(script) ? AskStack(script) : null);
    }

    /// <summary>The script prints HELM=PATH.</summary>
    private static string? AskStack(string script)
    {
        using var stack = Process.Start(new ProcessStartInfo(script, ["install", "helm"]) { RedirectStandardOutput = true })!;
        string output = stack.StandardOutput.ReadToEnd();
        stack.WaitForExit();
        return output.Split('\n').FirstOrDefault(line => line.StartsWith("HELM=", StringComparison.Ordinal))?["HELM=".Length..];
    }
}
