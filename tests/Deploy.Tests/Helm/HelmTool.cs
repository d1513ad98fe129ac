using CanalBridge.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Helm;

/// <summary>The chart, and helm as a process.</summary>
internal static class HelmTool
{
    private const string HowToGet = "No helm: put helm 4 on the PATH, name it by HELM, or set PEERS_STACK to the stack script that brings it.";

    private static readonly Lazy<Task<string?>> Program = new(FindAsync);

    public static string Chart { get; } = Path.Combine(Repository.Root, "deploy", "helm");

    public static string ReadChart(params string[] path) => File.ReadAllText(Path.Combine([Chart, .. path]));

    /// <summary>Runs helm to its end; without helm the test is skipped, or fails where PEERS_REQUIRED=true.</summary>
    public static async Task<ProgramRun> RunAsync(params string[] arguments)
    {
        string? program = await Program.Value;
        Tools.Require(program is not null, HowToGet);
        return await ProgramRun.OfAsync(program!, arguments);
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

    private static async Task<string?> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("HELM") is { Length: > 0 } named)
        {
            return named;
        }

        string script = Environment.GetEnvironmentVariable("PEERS_STACK") ?? Path.Combine(Repository.Root, "..", "shared", "peers", "stack");
        return Tools.OnPath("helm") ?? (File.Exists(script) ? await AskStackAsync(script) : null);
    }

    /// <summary>The script prints HELM=PATH.</summary>
    private static async Task<string?> AskStackAsync(string script)
    {
        ProgramRun stack = await ProgramRun.OfAsync(script, "install", "helm");
        return stack.Output.Split('\n').FirstOrDefault(line => line.StartsWith("HELM=", StringComparison.Ordinal))?["HELM=".Length..];
    }
}
