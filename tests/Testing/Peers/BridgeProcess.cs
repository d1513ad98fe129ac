using System.Collections.Concurrent;
using System.Diagnostics;

namespace CanalBridge.Testing.Peers;

/// <summary>The bridge as a process of its own, so that it can be killed.</summary>
internal sealed class BridgeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private bool _isDisposed;

    private BridgeProcess(ProcessStartInfo start)
    {
        StartedAt = Stopwatch.GetTimestamp();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Stopwatch time of the start.</summary>
    public long StartedAt { get; }

    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    /// <summary>Runs a command to its end.</summary>
    public static Task<ProgramRun> ExecuteAsync(params string[] arguments) => ProgramRun.OfAsync(StartInfo(arguments), Limit);

    /// <summary>Starts <c>canal-bridge run</c> between the peers.</summary>
    public static BridgeProcess Run(PeerStack peers, string prefix, params (string Name, string Value)[] options)
    {
        ProcessStartInfo start = StartInfo("run");
        start.Environment["Canal__Endpoints"] = peers.CanalEndpoints;
        start.Environment["Canal__Destination"] = peers.CanalDestination;
        start.Environment["Kafka__BootstrapServers"] = peers.BootstrapServers;
        start.Environment["Topics__Prefix"] = prefix;
        start.Environment["Source__Kind"] = peers.SourceKind;
        foreach ((string name, string value) in options)
        {
            start.Environment[name] = value;
        }

        return new BridgeProcess(start);
    }

    /// <summary>Starts what runs the bridge in another way, such as in a container.</summary>
    public static BridgeProcess Start(string program, params string[] arguments) => new(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    });

    /// <summary>Waits until it reads from Canal.</summary>
    public Task WaitUntilReadingAsync() => WaitForOutputAsync("Reading destination");

    public async Task WaitForOutputAsync(string text)
    {
        long began = Stopwatch.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (HasExited || Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new InvalidOperationException($"The bridge did not say '{text}' ({(HasExited ? $"it ended with {_process.ExitCode}" : "time is over")}):\n{Output}");
            }

            await Task.Delay(10);
        }
    }

    public void Kill() => _process.Kill();

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The bridge did not end:\n{Output}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(params string[] arguments) => new("dotnet", [Repository.BridgeProgram, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    };

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
            while (_output.Count > 2000)
            {
                _output.TryDequeue(out _);
            }
        }
    }
}
