using CanalBridge.Options;
using CanalBridge.Testing.Peers;

namespace CanalBridge.UnitTests.Documents;

/// <summary>docs/options.md has every option.</summary>
public sealed class OptionsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "options.md"));

    public static TheoryData<string> Options { get; } = [.. OptionsReader.Defaults().Select(static option => option.Key)];

    [Theory]
    [MemberData(nameof(Options))]
    public void Option_stands_on_the_page(string key) => Assert.Contains($"`{key}`", Page, StringComparison.Ordinal);
}
