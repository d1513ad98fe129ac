using CanalBridge.Telemetry;

namespace CanalBridge.UnitTests.Telemetry;

public sealed class ProcessMemoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("canal-bridge-memory-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Container_sees_its_limit_at_the_root()
    {
        Write("memory.max", "402653184\n");

        Assert.Equal(402653184, ProcessMemory.LimitOf(_folder.FullName, Own("0::/\n")));
    }

    [Fact]
    public void Service_finds_its_limit_in_its_own_group()
    {
        Write("system.slice/canal-bridge.service/memory.max", "1048576\n");

        Assert.Equal(1048576, ProcessMemory.LimitOf(_folder.FullName, Own("0::/system.slice/canal-bridge.service\n")));
    }

    [Theory]
    [InlineData("memory.max", "max\n")]
    [InlineData("memory/memory.limit_in_bytes", "9223372036854771712\n")]
    [InlineData("unrelated", "1")]
    public void No_limit_is_zero(string file, string text)
    {
        Write(file, text);

        Assert.Equal(0, ProcessMemory.LimitOf(_folder.FullName, Own("0::/\n")));
    }

    private string Own(string text)
    {
        Write("own", text);
        return Path.Combine(_folder.FullName, "own");
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
