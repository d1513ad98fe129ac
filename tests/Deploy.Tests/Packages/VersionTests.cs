using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Packages;

/// <summary>Which version a build gets. The tags are the test's own, in a clone: a checkout without tags must build too.</summary>
public sealed class VersionTests(BuiltPackages packages)
{
    [Fact]
    public async Task Tag_is_the_version()
    {
        string clone = await CloneAsync("tagged", "v7.8.9");

        Assert.Equal("7.8.9", await VersionAsync(clone));
    }

    [Fact]
    public async Task Checkout_without_a_tag_is_a_preview_of_the_next_version()
    {
        string clone = await CloneAsync("untagged", tag: null);

        Assert.StartsWith($"{await PropertyAsync(clone, "VersionPrefix")}-alpha.0.", await VersionAsync(clone), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_that_is_given_wins_over_the_tag()
    {
        string clone = await CloneAsync("given", "v7.8.9");

        Assert.Equal("1.2.3-rc.4", await VersionAsync(clone, "-p:Version=1.2.3-rc.4"));
    }

    [Fact]
    public async Task Sources_without_a_repository_build_as_a_development_version()
    {
        string clone = await CloneAsync("archive", tag: null);
        Directory.Delete(Path.Combine(clone, ".git"), recursive: true);

        Assert.Equal($"{await PropertyAsync(clone, "VersionPrefix")}-dev", await VersionAsync(clone));
    }

    [Fact]
    public async Task Tag_that_is_not_the_version_of_the_checkout_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(static () => Shell.RunAsync(Repository.Root, [], Path.Combine(Repository.Root, "deploy", "release", "check-tag"), "v99.0.0"));

        Assert.Contains("The tag is v99.0.0 but VersionPrefix", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<string> VersionAsync(string clone, params string[] arguments) => PropertyAsync(clone, "Version", ["-t:GetAssemblyVersion", .. arguments]);

    private static async Task<string> PropertyAsync(string clone, string name, params string[] arguments) =>
        (await Shell.RunAsync(clone, [], "dotnet", ["msbuild", "src/Canal.Client", $"-getProperty:{name}", .. arguments])).Trim();

    /// <summary>A clone without other tags, restored, and with this tag.</summary>
    private async Task<string> CloneAsync(string name, string? tag)
    {
        string source = await packages.CloneAsync(), clone = Path.Combine(packages.Root, name);
        await Shell.RunAsync(packages.Root, [], "git", "clone", "--quiet", "--no-tags", source, clone);

        // Changes that are not committed are in the source's working tree.
        await Shell.RunAsync(source, [], "cp", "Directory.Build.props", "Directory.Packages.props", clone);
        await Shell.RunAsync(source, [], "cp", "-r", "src", clone);
        if (tag is not null)
        {
            await Shell.RunAsync(clone, [], "git", "tag", tag);
        }

        await Shell.RunAsync(clone, [], "dotnet", "restore", "src/Canal.Client", "--locked-mode");
        return clone;
    }
}
