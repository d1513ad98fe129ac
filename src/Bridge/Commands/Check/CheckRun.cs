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
        (string Steps, Task Walking, ChannelReader<StepResult> Results)[] chains =
        [
            Start("canal.", ExitCode.Canal, async chain =>
            {
                try
                {
                    await new CanalCheck(options, settings, exchange, chain).RunAsync();
                }
                finally
                {
                    exchange.Tell(row: null);
                }
            }, deadline.Token, cancellationToken),
            Start("source.", ExitCode.Source, chain => new SourceCheck(options.Source, settings, chain).RunAsync(), deadline.Token, cancellationToken),
            Start("registry.", ExitCode.Registry, chain => new RegistryCheck(options, settings, chain).RunAsync(), deadline.Token, cancellationToken),
            Start("kafka.", ExitCode.Kafka, async chain =>
            {
                try
                {
                    using var kafka = new KafkaCheck(options, settings, exchange, chain);
                    await kafka.RunAsync();
                }
                finally
                {
                    exchange.Tell(PositionLook.Unknown);
                }
            }, deadline.Token, cancellationToken),
        ];
        foreach ((string steps, Task walking, ChannelReader<StepResult> results) in chains)
        {
            // Not cancelled: a chain that is told to stop ends by itself, after it has given back what it took.
            await foreach (StepResult result in results.ReadAllAsync(CancellationToken.None))
            {
                reported.Add(result);
            }

            await walking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (walking.Exception?.GetBaseException() is { } fault)
            {
                reported.AddFault(steps, fault);
            }
        }

        int exitCode = cancellationToken.IsCancellationRequested && reported.ExitCode == ExitCode.Success ? ExitCode.Unexpected : reported.ExitCode;
        report.End(exitCode, cancellationToken.IsCancellationRequested);
        return exitCode;
    }

    private static (string Steps, Task Walking, ChannelReader<StepResult> Results) Start(string steps, int exitCode, Func<Chain, Task> walk, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var results = Channel.CreateUnbounded<StepResult>();
        return (steps, WalkAsync(), results.Reader);

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
        private readonly HashSet<string> _told = [];

        public int ExitCode { get; private set; }

        /// <summary>A fault between a chain's steps: without this line those that are missing would pass for good.</summary>
        public void AddFault(string steps, Exception fault)
        {
            string[] chain = [.. Steps.All.Where(step => step.StartsWith(steps, StringComparison.Ordinal))];
            string[] missing = [.. chain.Where(step => !_told.Contains(step))];
            string broken = missing.FirstOrDefault(chain[^1]);
            Add(new StepResult(broken, CheckStatus.Failed, new Said(Texts.StepUnexpected, fault.GetType().Name, new Quoted(fault.Message)), new Said(Texts.StepUnexpectedRemedy), CanalBridge.ExitCode.Unexpected, TimeSpan.Zero));
            foreach (string step in missing.Skip(1))
            {
                Add(new StepResult(step, CheckStatus.Skipped, new Said(Texts.NeedsStep, new Said(Texts.Titles[broken])), null, 0, TimeSpan.Zero));
            }
        }

        public void Add(StepResult result)
        {
            _told.Add(result.Step);
            ExitCode = ExitCode == 0 ? result.ExitCode : ExitCode;
            report.Add(result);
        }
    }
}
