using System.Text.Json;
using System.Text.Json.Nodes;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>The image, built from the Dockerfile on stand-ins of the public base images when first asked for; and containers of it.</summary>
public sealed class ContainerImage : IAsyncDisposable
{
    private const string HowToGet = "No buildah or no runc, or not root: apt-get install -y --no-install-recommends buildah runc (docs/image.md).";
    private static readonly string Script = Path.Combine(Repository.Root, "deploy", "image", "build-with-stand-ins.sh");
    private readonly string _folder = Directory.CreateTempSubdirectory("canal-bridge-image-").FullName;
    private readonly Dictionary<string, (string Root, JsonElement Config)> _images = [];

    public async ValueTask DisposeAsync()
    {
        if (_images.Count > 0)
        {
            await ProgramRun.OutputOfAsync(Script, Storage, "clean");
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Builds an image: the folder where its files are, and the <c>config</c> of its OCI configuration.</summary>
    internal async Task<(string Root, JsonElement Config)> GetAsync(string architecture)
    {
        bool usable = Tools.OnPath("buildah") is not null && Tools.OnPath("runc") is not null && Environment.UserName == "root";
        Tools.Require(usable, HowToGet);
        if (!_images.TryGetValue(architecture, out (string Root, JsonElement Config) image))
        {
            // Known even if the build fails half-way, so that its storage is removed.
            _images[architecture] = default;
            string output = await ProgramRun.OutputOfAsync(Script, Storage, architecture);
            Dictionary<string, string> said = output.Split('\n').Where(l => l.Contains('=', StringComparison.Ordinal)).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
            JsonElement config = JsonDocument.Parse(await File.ReadAllTextAsync(said["CONFIG"])).RootElement.GetProperty("OCIv1").GetProperty("config");
            _images[architecture] = image = (said["ROOTFS"], config);
        }

        return image;
    }

    /// <summary>Starts the image's own entry point as Kubernetes would with a read-only root: no capability, an empty /tmp and nothing else to write to.</summary>
    internal async Task<BridgeProcess> RunAsync(string name, string[] arguments, params (string Name, string Value)[] environment)
    {
        (string root, JsonElement config) = await GetAsync("amd64");
        int user = int.Parse(config.GetProperty("User").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        string[] args = [.. config.GetProperty("Entrypoint").EnumerateArray().Select(a => a.GetString()!), .. arguments];
        string[] env = [.. config.GetProperty("Env").EnumerateArray().Select(e => e.GetString()!), .. environment.Select(e => $"{e.Name}={e.Value}")];
        var bundle = new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = user, ["gid"] = user },
                ["args"] = JsonSerializer.SerializeToNode(args),
                ["env"] = JsonSerializer.SerializeToNode(env),
                ["cwd"] = config.GetProperty("WorkingDir").GetString(),
                ["capabilities"] = new JsonObject(),
                ["noNewPrivileges"] = true,
            },
            ["root"] = new JsonObject { ["path"] = root, ["readonly"] = true },
            ["mounts"] = new JsonArray(
                Mount("/proc", "proc", "proc"),
                Mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=64k"),
                Mount("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "noexec", "mode=1777", "size=16m"),
                Mount("/etc/hosts", "bind", "/etc/hosts", "bind", "ro")),
            // No network namespace: the peers listen on the machine's loopback addresses.
            ["linux"] = new JsonObject { ["namespaces"] = new JsonArray([.. new[] { "pid", "mount", "ipc" }.Select(n => new JsonObject { ["type"] = n })]) },
        };
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), bundle.ToJsonString());
        return BridgeProcess.Start("runc", [.. Runc, "run", "--bundle", folder, name]);
    }

    /// <summary>The container's first process, as the machine numbers it.</summary>
    internal async Task<int> ProcessIdAsync(string name) =>
        JsonDocument.Parse(await ProgramRun.OutputOfAsync("runc", [.. Runc, "state", name])).RootElement.GetProperty("pid").GetInt32();

    internal Task SignalAsync(string name, string signal) => ProgramRun.OutputOfAsync("runc", [.. Runc, "kill", name, signal]);

    /// <summary>Ends and forgets a container that a failed test left.</summary>
    internal Task RemoveAsync(string name) => ProgramRun.OfAsync("runc", [.. Runc, "delete", "--force", name]);

    private string Storage => Path.Combine(_folder, "storage");

    private string[] Runc => ["--root", Path.Combine(_folder, "runc")];

    private static JsonObject Mount(string destination, string type, string source, params string[] options) =>
        new() { ["destination"] = destination, ["type"] = type, ["source"] = source, ["options"] = JsonSerializer.SerializeToNode(options) };
}
