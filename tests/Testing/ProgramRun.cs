using System.Diagnostics;

namespace CanalBridge.Testing;

/// <summary>A program that was run to its end, and all that it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Runs a program; it is killed when it is cancelled, or after the limit.</summary>
    /// <exception cref="TimeoutException">It did not end, or left a process behind that holds its output.</exception>
    public static Task<ProgramRun> OfAsync(string program, params string[] arguments) => OfAsync(new ProcessStartInfo(program, arguments));

    /// <inheritdoc cref="OfAsync(string, string[])"/>
    public static async Task<ProgramRun> OfAsync(ProcessStartInfo start, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(limit ?? Limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop.Token), errors = process.StandardError.ReadToEndAsync(stop.Token);
            await process.WaitForExitAsync(stop.Token);
            return new ProgramRun(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Command(start)} did not end within {limit ?? Limit:c}.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Standard output of a program that must end with 0.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code: all it printed.</exception>
    public static Task<string> OutputOfAsync(string program, params string[] arguments) => OutputOfAsync(new ProcessStartInfo(program, arguments));

    /// <inheritdoc cref="OutputOfAsync(string, string[])"/>
    public static async Task<string> OutputOfAsync(ProcessStartInfo start, CancellationToken cancellationToken = default)
    {
        ProgramRun run = await OfAsync(start, cancellationToken: cancellationToken);
        return run.ExitCode == 0
            ? run.Output
            : throw new InvalidOperationException($"{Command(start)} ended with {run.ExitCode}:\n{run.Errors}{run.Output}");
    }

    private static string Command(ProcessStartInfo start) => $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
}
