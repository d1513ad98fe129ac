using System.IO.Compression;
using System.Xml.Linq;
using CanalBridge.DeployTests.Packages;
using CanalBridge.Testing.Peers;

[assembly: AssemblyFixture(typeof(BuiltPackages))]

namespace CanalBridge.DeployTests.Packages;

/// <summary>The packages as deploy/release/reproduce builds them: once for all tests, from two clones, under a version that no cache holds.</summary>
public sealed class BuiltPackages : IAsyncDisposable
{
    /// <summary>Where the clones say they come from.</summary>
    public const string Remote = "https://github.com/example/canal-bridge";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("canal-bridge-packages-");
    private readonly Lazy<Task<string>> _built;

    public BuiltPackages() => _built = new Lazy<Task<string>>(BuildAsync);

    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():n}";

    /// <summary>A folder that lives as long as the packages.</summary>
    public string Root => _root.FullName;

    /// <summary>Builds them, the first time: the script's last line.</summary>
    public async Task<string> BuiltAsync()
    {
        if (!Directory.Exists(Path.Combine(Repository.Root, ".git")) && !File.Exists(Path.Combine(Repository.Root, ".git")))
        {
            const string HowToGet = "No git repository: the packages are built from clones of one.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("PEERS_REQUIRED") == "true", HowToGet);
            Assert.Fail(HowToGet);
        }

        return await _built.Value;
    }

    /// <summary>One of the two folders of packages, a local feed.</summary>
    public async Task<string> FeedAsync()
    {
        await BuiltAsync();
        return Path.Combine(Root, "packages", "first");
    }

    /// <summary>A clone that was built in.</summary>
    public async Task<string> CloneAsync()
    {
        await BuiltAsync();
        return Path.Combine(Root, "packages", "a");
    }

    internal async Task<ZipArchive> OpenAsync(string id, string extension) => await ZipFile.OpenReadAsync(Path.Combine(await FeedAsync(), $"{id}.{Version}.{extension}"));

    internal async Task<XElement> MetadataAsync(string id)
    {
        await using ZipArchive package = await OpenAsync(id, "nupkg");
        await using Stream nuspec = await package.GetEntry($"{id}.nuspec")!.OpenAsync();
        return (await XDocument.LoadAsync(nuspec, LoadOptions.None, TestContext.Current.CancellationToken)).Root!.Elements().Single();
    }

    public ValueTask DisposeAsync()
    {
        _root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<string> BuildAsync()
    {
        string output = await Shell.RunAsync(
            Repository.Root, [("REMOTE", Remote)], Path.Combine(Repository.Root, "deploy", "release", "reproduce"), Path.Combine(Root, "packages"), Version);
        return output.TrimEnd().Split('\n')[^1];
    }
}
