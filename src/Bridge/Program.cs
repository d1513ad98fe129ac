using System.CommandLine;
using System.CommandLine.Invocation;
using CanalBridge;
using CanalBridge.Commands;
using Microsoft.Extensions.Options;

var root = new RootCommand("Canal's changes, in Kafka, as Debezium records: exactly once for a read-committed consumer.")
{
    RunCommand.Create(),
    CheckCommand.Create(),
    DemoCommand.Create(),
    TailCommand.Create(),
    RecordCommand.Create(),
    MapCommand.Create(),
};
SectionsOption.AddToHelp(root);

try
{
    ParseResult parsed = root.Parse(args);
    int exitCode = await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,

        // The commands end by themselves when cancelled; run needs its grace period, which two seconds by default would cut.
        ProcessTerminationTimeout = TimeSpan.FromMinutes(20),
    });
    return parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction ? ExitCode.Configuration : exitCode;
}
catch (OptionsValidationException e)
{
    await Console.Error.WriteLineAsync($"canal-bridge cannot start, {e.Failures.Count()} mistake(s):");
    foreach (string failure in e.Failures)
    {
        await Console.Error.WriteLineAsync($"  {failure}");
    }

    return ExitCode.Configuration;
}
catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
{
    // A file that was named as an argument.
    await Console.Error.WriteLineAsync($"canal-bridge: {e.Message}");
    return ExitCode.Configuration;
}
#pragma warning disable CA1031 // The last one to be told: a message and an exit code, whatever it is.
catch (Exception e)
#pragma warning restore CA1031
{
    int exitCode = ExitCode.Of(e);
    await Console.Error.WriteLineAsync($"canal-bridge: {(exitCode == ExitCode.Unexpected && e is not IOException ? e : e.Message)}");
    return exitCode;
}
