using System.CommandLine;
using CanalBridge;
using CanalBridge.Commands;
using Microsoft.Extensions.Options;

var root = new RootCommand("Canal's changes, in Kafka, as Debezium records: exactly once for a read-committed consumer.")
{
    RunCommand.Create(),
    DemoCommand.Create(),
    TailCommand.Create(),
    RecordCommand.Create(),
    MapCommand.Create(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,

        // The commands end by themselves when cancelled; run needs its grace period, which two seconds by default would cut.
        ProcessTerminationTimeout = TimeSpan.FromMinutes(20),
    });
}
catch (OptionsValidationException e)
{
    await Console.Error.WriteLineAsync($"canal-bridge: the configuration has {e.Failures.Count()} mistake(s):");
    foreach (string failure in e.Failures)
    {
        await Console.Error.WriteLineAsync($"  {failure}");
    }

    return ExitCode.Configuration;
}
catch (Exception e) when (e is IOException || ExitCode.Of(e) != ExitCode.Unexpected)
{
    await Console.Error.WriteLineAsync($"canal-bridge: {e.Message}");
    return ExitCode.Of(e);
}
