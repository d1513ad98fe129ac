using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>What a consumer saw around a fault, also in a file: the runner shows no output of tests that pass.</summary>
internal static class FaultLog
{
    public static void Say(ITestOutputHelper? output, string line)
    {
        output?.WriteLine(line);
        Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts"));
        File.AppendAllText(Path.Combine(Repository.Root, "artifacts", "recovery.txt"), line + '\n');
    }
}
