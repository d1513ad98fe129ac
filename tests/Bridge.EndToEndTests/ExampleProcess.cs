using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>A program of the folder examples, as a process.</summary>
internal sealed class ExampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Path.Combine(Repository.Root, "examples");
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ExampleProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    /// <summary>Starts the C# mirror.</summary>
    public static ExampleProcess Mirror(params string[] arguments) => new(StartInfo(
        "dotnet", [Path.Combine(Folder, "csharp", "Mirror", "bin", Repository.Configuration, "net10.0", "Mirror.dll"), .. arguments]));

    /// <summary>Runs Python to its end on this input; skips the test where there is none.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> PythonAsync(string input, params string[] arguments)
    {
        Tools.Require(Tools.OnPath("python3") is not null, "No python3 in the path.");
        ProcessStartInfo start = StartInfo("python3", arguments);
        start.RedirectStandardInput = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        start.WorkingDirectory = Path.Combine(Folder, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUTF8"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all.
        }

        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await errors);
    }

    public void Kill() => _process.Kill();

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string program, params string[] arguments) => new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    };
}
