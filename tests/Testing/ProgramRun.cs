using System.Diagnostics;

namespace CanalBridge.Testing;

/// <summary>A program that was run to its end, and all that it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Runs a program; it is killed after 20 minutes, or the given time.</summary>
    public static Task<ProgramRun> OfAsync(string program, params string[] arguments) => OfAsync(new ProcessStartInfo(program, arguments));

    /// <inheritdoc cref="OfAsync(string, string[])"/>
    public static async Task<ProgramRun> OfAsync(ProcessStartInfo start, TimeSpan? limit = null)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var stop = new CancellationTokenSource(limit ?? Limit);
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProgramRun(process.ExitCode, await output, await errors);
    }

    /// <summary>Standard output of a program that must end with 0.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code: all it printed.</exception>
    public static Task<string> OutputOfAsync(string program, params string[] arguments) => OutputOfAsync(new ProcessStartInfo(program, arguments));

    /// <inheritdoc cref="OutputOfAsync(string, string[])"/>
    public static async Task<string> OutputOfAsync(ProcessStartInfo start)
    {
        ProgramRun run = await OfAsync(start);
        return run.ExitCode == 0
            ? run.Output
            : throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {run.ExitCode}:\n{run.Errors}{run.Output}");
    }
}
