using Xunit;

namespace CanalBridge.Testing;

/// <summary>Programs from outside that a test runs.</summary>
internal static class Tools
{
    /// <summary>The path of a program, or skips the test with the way to get it; with PEERS_REQUIRED=true its absence is a failure.</summary>
    /// <param name="name">Name on PATH.</param>
    /// <param name="variable">Environment variable that may name another.</param>
    /// <param name="howToGet">Told where it is missing, such as <c>apt-get install chromium</c>.</param>
    public static string Find(string name, string variable, string howToGet)
    {
        string? candidate = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : OnPath(name);
        if (candidate is { } path && File.Exists(path))
        {
            return path;
        }

        Require(false, $"No {name}: {howToGet}, or set {variable} to its path.");
        return "";
    }

    /// <summary>The path of a program on PATH; null if it is not there.</summary>
    public static string? OnPath(string name) => Array.Find(
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))], File.Exists);

    /// <summary>Skips the test where something from outside is missing; with PEERS_REQUIRED=true that is a failure.</summary>
    /// <param name="isThere">It is there.</param>
    /// <param name="howToGet">Told where it is missing.</param>
    public static void Require(bool isThere, string howToGet)
    {
        if (!isThere && Environment.GetEnvironmentVariable("PEERS_REQUIRED") == "true")
        {
            Assert.Fail(howToGet);
        }

        Assert.SkipUnless(isThere, howToGet);
    }
}
