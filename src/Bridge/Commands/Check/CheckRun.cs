using System.Threading.Channels;
using CanalBridge.Options;

namespace CanalBridge.Commands.Check;

/// <summary>Walks the chains side by side, so that all mistakes show at once and a dead network costs its time-outs once; reports them in order.</summary>
internal static class CheckRun
{
    /// <returns>0, or the exit code of the first failure in the order of the report.</returns>
    public static async Task<int> RunAsync(BridgeOptions options, CheckSettings settings, IReport report, CancellationToken cancellationToken)
    {
        var exchange = new Exchange();
        using var deadline = new CancellationTokenSource(settings.Limit);
        var reported = new Tally(report);
        reported.Add(new StepResult(Steps.Options, CheckStatus.Ok, new Said(Texts.OptionsGood, options.Canal.Destination!, options.Topics.Prefix!, options.TransactionalId), null, 0, TimeSpan.Zero));
        (Task Walking, ChannelReader<StepResult> Results)[] chains =
        [
            Start(ExitCode.Canal, chain => new CanalCheck(options, settings, exchange, chain).RunAsync(), deadline.Token, cancellationToken),
            Start(ExitCode.Source, chain => new SourceCheck(options.Source, settings, chain).RunAsync(), deadline.Token, cancellationToken),
            Start(ExitCode.Registry, chain => new RegistryCheck(options, settings, chain).RunAsync(), deadline.Token, cancellationToken),
            Start(ExitCode.Kafka, async chain =>
            {
                using var kafka = new KafkaCheck(options, settings, exchange, chain);
                await kafka.RunAsync();
            }, deadline.Token, cancellationToken),
        ];
        foreach ((Task walking, ChannelReader<StepResult> results) in chains)
        {
            // Not cancelled: a chain that is told to stop ends by itself, after it has given back what it took.
            await foreach (StepResult result in results.ReadAllAsync(CancellationToken.None))
            {
                reported.Add(result);
            }

            await walking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        int exitCode = cancellationToken.IsCancellationRequested && reported.ExitCode == ExitCode.Success ? ExitCode.Unexpected : reported.ExitCode;
        report.End(exitCode, cancellationToken.IsCancellationRequested);
        return exitCode;
    }

    private static (Task Walking, ChannelReader<StepResult> Results) Start(int exitCode, Func<Chain, Task> walk, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var results = Channel.CreateUnbounded<StepResult>();
        return (WalkAsync(), results.Reader);

        async Task WalkAsync()
        {
            try
            {
                await walk(new Chain(exitCode, results.Writer, cancellationToken, deadline));
            }
            finally
            {
                results.Writer.TryComplete();
            }
        }
    }

    private sealed class Tally(IReport report)
    {
        public int ExitCode { get; private set; }

        public void Add(StepResult result)
        {
            ExitCode = ExitCode == 0 ? result.ExitCode : ExitCode;
            report.Add(result);
        }
    }
}
