using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Canal.Client.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Packages;

/// <summary>What a release hands out, looked into and used as its users do.</summary>
public sealed partial class PackageTests(BuiltPackages packages)
{
    private const string Client = "Canal.Client", Tool = "canal-bridge";
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    [Fact]
    public async Task Two_clones_in_different_folders_give_the_same_bytes() =>
        Assert.Equal("Both builds gave the same bytes.", await packages.BuiltAsync());

    [Fact]
    public async Task Client_package_holds_assembly_documentation_and_readme()
    {
        await using ZipArchive package = await packages.OpenAsync(Client, "nupkg");

        Assert.Subset(
            package.Entries.Select(static e => e.FullName).ToHashSet(),
            new HashSet<string> { "README.md", "lib/net10.0/Canal.Client.dll", "lib/net10.0/Canal.Client.xml" });
    }

    [Fact]
    public async Task Client_package_depends_on_what_the_page_of_dependencies_names()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "dependencies.md"), TestContext.Current.CancellationToken);
        string[] named = [.. RowOfClient().Matches(page).Select(static m => m.Groups[1].Value).Where(static id => !id.Contains("build only", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        XElement metadata = await packages.MetadataAsync(Client);

        Assert.NotEmpty(named);
        Assert.Equal(named, metadata.Descendants(metadata.Name.Namespace + "dependency").Select(static d => d.Attribute("id")!.Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Client)]
    [InlineData(Tool)]
    public async Task Package_names_licence_repository_and_revision_but_no_branch(string id)
    {
        string revision = (await Shell.RunAsync(await packages.CloneAsync(), [], "git", "rev-parse", "HEAD")).Trim();

        XElement metadata = await packages.MetadataAsync(id);

        XElement repository = metadata.Element(metadata.Name.Namespace + "repository")!;
        Assert.Equal("Apache-2.0", metadata.Element(metadata.Name.Namespace + "license")!.Value);
        Assert.Equal((BuiltPackages.Remote, revision, null), (repository.Attribute("url")!.Value, repository.Attribute("commit")!.Value, repository.Attribute("branch")?.Value));
    }

    [Fact]
    public async Task Symbols_lead_a_debugger_to_the_sources_of_the_revision()
    {
        string revision = (await Shell.RunAsync(await packages.CloneAsync(), [], "git", "rev-parse", "HEAD")).Trim();
        await using ZipArchive package = await packages.OpenAsync(Client, "snupkg");
        using var symbols = new MemoryStream();
        await using (Stream pdb = await package.GetEntry("lib/net10.0/Canal.Client.pdb")!.OpenAsync())
        {
            await pdb.CopyToAsync(symbols, TestContext.Current.CancellationToken);
        }

        symbols.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        MetadataReader reader = provider.GetMetadataReader();
        string map = Encoding.UTF8.GetString(reader.GetBlobBytes(reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(i => reader.GetGuid(i.Kind) == SourceLink).Value));

        Assert.Contains($"/example/canal-bridge/{revision}/*", map, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sample_built_on_the_package_reads_from_a_server()
    {
        string folder = Path.Combine(packages.Root, "consumer"), sample = Path.Combine(Repository.Root, "samples", "CanalTail");
        Directory.CreateDirectory(folder);
        string logging = PinnedLogging().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "Directory.Packages.props"), TestContext.Current.CancellationToken)).Groups[1].Value;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Consumer.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestorePackagesPath>{packages.Root}/cache</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{sample}/*.cs" />
                <PackageReference Include="Canal.Client" Version="[{packages.Version}]" />
                <PackageReference Include="Microsoft.Extensions.Logging.Console" Version="{logging}" />
              </ItemGroup>
            </Project>
            """,
            TestContext.Current.CancellationToken);
        await WriteFeedAsync(folder);
        await Shell.RunAsync(folder, [], "dotnet", "build", "--output", "out", "-p:UseSharedCompilation=false");
        await using var server = new FakeCanalServer("example");
        await using (FileStream recording = File.OpenRead(Path.Combine(Repository.Root, "src", "Bridge", "Commands", "Demo", "shop.frames")))
        {
            await server.LoadAsync(recording, cancellationToken: TestContext.Current.CancellationToken);
        }

        server.Complete();

        using Process tail = Process.Start(new ProcessStartInfo("dotnet", ["out/Consumer.dll", server.Endpoint.ToString(), "example"]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        Task<string> output = tail.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await server.Drained.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
        finally
        {
            tail.Kill();
            await tail.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Contains("\"table\":\"orders\"", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_holds_librdkafka_for_every_platform_and_its_own_command()
    {
        await using ZipArchive package = await packages.OpenAsync(Tool, "nupkg");
        string[] natives = ["linux-x64", "linux-arm64", "osx-x64", "osx-arm64", "win-x64"];

        Assert.All(natives, rid => Assert.Contains(package.Entries, e => e.FullName.StartsWith($"tools/net10.0/any/runtimes/{rid}/native/librdkafka.", StringComparison.Ordinal)));
        Assert.Contains(package.Entries, static e => e.FullName == "README.md");
        await using Stream settings = await package.GetEntry("tools/net10.0/any/DotnetToolSettings.xml")!.OpenAsync();
        Assert.Equal("canal-bridge", (await XDocument.LoadAsync(settings, LoadOptions.None, TestContext.Current.CancellationToken)).Descendants("Command").Single().Attribute("Name")!.Value);
    }

    [Fact]
    public async Task Tool_installed_from_a_feed_says_its_version_and_runs_the_demo()
    {
        string folder = Path.Combine(packages.Root, "tool");
        Directory.CreateDirectory(folder);
        await WriteFeedAsync(folder);
        await Shell.RunAsync(folder, [], "dotnet", "tool", "install", Tool, "--version", packages.Version, "--tool-path", "bin", "--no-cache", "--configfile", "nuget.config");
        string program = Path.Combine(folder, "bin", "canal-bridge"), revision = (await Shell.RunAsync(await packages.CloneAsync(), [], "git", "rev-parse", "HEAD")).Trim();

        string version = await Shell.RunAsync(folder, [], program, "--version"), demo = await Shell.RunAsync(folder, [], program, "demo", "--json");

        Assert.Equal($"{packages.Version}+{revision[..12]}", version.Trim());
        Assert.Contains("\"topic\":\"demo.shop.orders\"", demo, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| ([^|]+?) \| Canal\.Client \|", RegexOptions.Multiline)]
    private static partial Regex RowOfClient();

    [GeneratedRegex(@"Include=""Microsoft\.Extensions\.Logging\.Console"" Version=""([^""]+)""")]
    private static partial Regex PinnedLogging();

    /// <summary>Only the built packages are a source; the others are taken from where the build of this checkout has put them.</summary>
    private async Task WriteFeedAsync(string folder)
    {
        string cache = (await Shell.RunAsync(folder, [], "dotnet", "nuget", "locals", "global-packages", "--list")).Split(": ", 2)[1].Trim();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources><clear /><add key="built" value="{await packages.FeedAsync()}" /></packageSources>
              <fallbackPackageFolders><add key="cache" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """,
            TestContext.Current.CancellationToken);
    }
}
