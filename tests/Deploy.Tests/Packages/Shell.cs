using System.Diagnostics;
using CanalBridge.Testing;

namespace CanalBridge.DeployTests.Packages;

/// <summary>Runs what a person types who builds, packs and installs.</summary>
internal static class Shell
{
    /// <summary>Standard output of a program that must end with 0.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code: all it printed.</exception>
    public static Task<string> RunAsync(string folder, (string Name, string Value)[] environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };

        // Nodes that stay would keep the temporary folders open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return ProgramRun.OutputOfAsync(start, TestContext.Current.CancellationToken);
    }
}
