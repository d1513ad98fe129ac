using System.Security.Cryptography;
using System.Text.Json;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>The container image: what is in it, and a workload through it on real peers.</summary>
public sealed class ContainerTests(SharedPeers shared, ContainerImage image, ITestOutputHelper output) : IClassFixture<ContainerImage>
{
    private const long Rows = 5000;

    [Fact]
    public async Task Container_with_a_read_only_root_carries_a_workload_and_ends_with_0_on_sigterm()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        // Names of containers are those of control groups too: one for the whole machine.
        string name = $"canal-bridge-{Environment.ProcessId}";
        const string Prefix = "restart_container";
        BridgeProcess bridge = await image.RunAsync(
            name,
            ["run"],
            ("Canal__Endpoints", peers.CanalEndpoints), ("Canal__Destination", peers.CanalDestination), ("Kafka__BootstrapServers", peers.BootstrapServers),
            ("Topics__Prefix", Prefix), ("Source__Kind", peers.SourceKind),
            // A zone of the image's own: without them the options are refused.
            ("Source__CanalTimeZone", "Asia/Shanghai"));
        try
        {
            await bridge.WaitUntilReadingAsync();
            await using RestartRun run = await RestartRun.StartAsync(peers, "container", Prefix, bridge);
            await run.UntilRowAfterIsInTheTableAsync(Rows);
            string process = $"/proc/{await image.ProcessIdAsync(name)}";
            Dictionary<string, string> status = (await File.ReadAllLinesAsync($"{process}/status", TestContext.Current.CancellationToken))
                .Select(static line => line.Split(':', 2)).ToDictionary(static line => line[0], static line => line[1].Trim());
            string[] loaded = await LoadedAsync(process);
            string[] temporary = [.. Directory.EnumerateFileSystemEntries($"{process}/root/tmp").Select(f => Path.GetFileName(f)!)];
            string mounts = await File.ReadAllTextAsync($"{process}/mounts", TestContext.Current.CancellationToken);

            Assert.Equal(["1654", "1654", "1654", "1654"], status["Uid"].Split('\t'));
            Assert.Equal("0000000000000000", status["CapEff"]);
            Assert.Equal("1", status["NoNewPrivs"]);
            Assert.Contains(mounts.Split('\n'), static line => line.Split(' ') is [_, "/", _, var options, ..] && options.Split(',').Contains("ro"));
            // Sockets and pipes by which .NET's own tools reach a process.
            Assert.DoesNotContain(temporary, static f => !f.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) && !f.StartsWith("clr-debug-pipe-", StringComparison.Ordinal));
            Assert.Equal(NativesOf((await image.GetAsync("amd64")).Root), loaded.Where(static f => f.StartsWith("/app/", StringComparison.Ordinal)).Select(Path.GetFileName));

            await run.AssertEverythingOnceAsync();
            output.WriteLine($"{run.Load.Changes} changes; most memory {status["VmHWM"]}");
            await image.SignalAsync(name, "TERM");
            Assert.Equal(0, await bridge.WaitForExitAsync());
        }
        finally
        {
            await image.RemoveAsync(name);
            await bridge.DisposeAsync();
        }
    }

    [Fact]
    public async Task Image_starts_the_program_as_a_numbered_user_and_has_no_shell_and_no_other_native_library()
    {
        (string root, JsonElement config) = await image.GetAsync("amd64");

        Assert.Equal("1654", config.GetProperty("User").GetString());
        Assert.Equal("/app/canal-bridge", Assert.Single(config.GetProperty("Entrypoint").EnumerateArray()).GetString());
        Assert.False(config.TryGetProperty("Cmd", out JsonElement command) && command.ValueKind == JsonValueKind.Array && command.GetArrayLength() > 0);
        Assert.Equal(["centos8-librdkafka.so"], NativesOf(root));
        Assert.DoesNotContain(FilesOf(root), static f => Path.GetFileName(f) is "sh" or "bash" or "dash" or "busybox" or "apt" or "dpkg");
    }

    [Fact]
    public async Task Image_for_arm64_holds_programs_of_that_architecture_only()
    {
        (string root, _) = await image.GetAsync("arm64");
        string[] programs = [.. FilesOf(Path.Combine(root, "app")).Where(IsElf)];

        Assert.Equal(["canal-bridge", "librdkafka.so"], programs.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // e_machine of the ELF header: 183 is AArch64.
        Assert.All(programs, static program => Assert.Equal(183, BitConverter.ToUInt16(File.ReadAllBytes(program), 18)));
    }

    [Fact]
    public async Task Sbom_names_every_package_of_the_lock_file_and_every_file_with_its_hash()
    {
        (string root, JsonElement config) = await image.GetAsync("amd64");
        string sbom = config.GetProperty("Labels").GetProperty("io.canal-bridge.sbom").GetString()!, app = Path.Combine(root, "app");
        JsonElement bom = JsonDocument.Parse(await File.ReadAllTextAsync(root + sbom, TestContext.Current.CancellationToken)).RootElement;
        JsonElement[] components = [bom.GetProperty("metadata").GetProperty("component"), .. bom.GetProperty("components").EnumerateArray()];
        JsonElement packages = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Bridge", "packages.lock.json"), TestContext.Current.CancellationToken))
            .RootElement.GetProperty("dependencies").GetProperty("net10.0");

        // MinVer names the version at build and is not shipped.
        IEnumerable<string> shipped = packages.EnumerateObject().Where(static p => p.Value.GetProperty("type").GetString() != "Project" && p.Name != "MinVer")
            .Select(static p => $"pkg:nuget/{p.Name}@{p.Value.GetProperty("resolved").GetString()}");
        string[] named = [.. components.Where(static c => c.TryGetProperty("purl", out _)).Select(static c => c.GetProperty("purl").GetString()!)];
        Assert.Empty(shipped.Except(named, StringComparer.OrdinalIgnoreCase));
        Assert.Contains(named, static p => p.StartsWith("pkg:nuget/librdkafka.redist@", StringComparison.Ordinal));

        Dictionary<string, string> files = components.Where(static c => c.TryGetProperty("components", out _)).SelectMany(static c => c.GetProperty("components").EnumerateArray())
            .Where(static c => c.GetProperty("type").GetString() == "file")
            .ToDictionary(static c => c.GetProperty("name").GetString()!, static c => c.GetProperty("hashes")[0].GetProperty("content").GetString()!);
        Assert.Equal(
            FilesOf(app).Where(f => f != root + sbom).ToDictionary(f => Path.GetRelativePath(app, f), static f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))),
            files);
    }

    /// <summary>Names of the native libraries beside the program.</summary>
    private static IEnumerable<string?> NativesOf(string root) =>
        FilesOf(Path.Combine(root, "app")).Where(static f => f.EndsWith(".so", StringComparison.Ordinal)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>Links are not followed: some lead out of the image.</summary>
    private static IEnumerable<string> FilesOf(string root) =>
        Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private static bool IsElf(string file)
    {
        Span<byte> start = stackalloc byte[4];
        using FileStream stream = File.OpenRead(file);
        return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("\u007fELF"u8);
    }

    /// <summary>Shared libraries that the process has in its memory.</summary>
    private static async Task<string[]> LoadedAsync(string process) =>
        [.. (await File.ReadAllLinesAsync($"{process}/maps", TestContext.Current.CancellationToken)).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static line => line.Length >= 6 && line[5].EndsWith(".so", StringComparison.Ordinal)).Select(static line => line[5]).Distinct().Order(StringComparer.Ordinal)];
}
