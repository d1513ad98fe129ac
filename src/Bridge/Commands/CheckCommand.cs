using System.CommandLine;
using System.Globalization;
using CanalBridge.Commands.Check;
using CanalBridge.Options;
using Microsoft.Extensions.Options;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge check</c>: every step from a name to the first record, each with what to do about it; moves no position.</summary>
internal static class CheckCommand
{
    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON document instead of lines." };
        var language = new Option<string>("--language") { Description = "en or zh; by default what LC_ALL, LC_MESSAGES or LANG say." };
        language.AcceptOnlyFromAmong("en", "zh");
        var read = new Option<bool>("--read") { Description = "Read a row although a bridge or another client may be reading the destination. Each run disturbs a running bridge one to three times, and from the fifth in ten minutes on it pauses, up to a minute each time. Also starts a lazy instance." };
        var create = new Option<bool>("--create") { Description = "Create the bridge's own topics, as run would at its start, so that a record can be tried." };
        var wait = new Option<double>("--wait") { Description = "Seconds to wait for the first row.", DefaultValueFactory = _ => 5 };
        wait.Validators.Add(static result => OptionRules.RefuseBelow(result, 0));
        var command = new Command("check", "Walks from the options to the first row of Canal and the first record in Kafka, and says what to do about each step that fails. Moves no position on either side.") { json, language, read, create, wait };
        CommandConfiguration.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Language wanted = Wanted(parsed.GetValue(language), Environment.GetEnvironmentVariable);
            CheckSettings settings = new(parsed.GetValue(read), parsed.GetValue(create), TimeSpan.FromSeconds(Math.Min(parsed.GetValue(wait), 600)));
            await using Stream output = Console.OpenStandardOutput();
            await using var text = new StreamWriter(output);
            IReport Report(Func<string, string> hide) => parsed.GetValue(json) ? new JsonReport(output, wanted, hide) : new TextReport(text, wanted, hide);
            BridgeOptions options;
            try
            {
                options = CommandConfiguration.Read(parsed);
            }
            catch (OptionsValidationException e)
            {
                return TellMistakes(Report(static shown => shown), e);
            }

            return await CheckRun.RunAsync(options, settings with { Limit = settings.Limit + settings.Wait }, Report(new SecretMask(options).Hide), cancellationToken);
        });
        return command;
    }

    /// <summary>The language asked for; else the environment's, by POSIX's order; else English.</summary>
    public static Language Wanted(string? asked, Func<string, string?> environment)
    {
        string locale = asked ?? LocaleVariables.Select(environment).FirstOrDefault(static value => !string.IsNullOrEmpty(value)) ?? "";
        return locale.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English;
    }

    /// <summary>Nothing else can be looked at: half of the addresses may be wrong.</summary>
    private static int TellMistakes(IReport report, OptionsValidationException mistakes)
    {
        foreach (string mistake in mistakes.Failures)
        {
            report.Add(new StepResult(Steps.Options, CheckStatus.Failed, new Said(Texts.OptionsMistake, mistake), new Said(Texts.OptionsRemedy), ExitCode.Configuration, TimeSpan.Zero));
        }

        foreach (string step in Steps.All.Skip(1))
        {
            report.Add(new StepResult(step, CheckStatus.Skipped, new Said(Texts.NeedsStep, new Said(Texts.Titles[Steps.Options])), null, 0, TimeSpan.Zero));
        }

        report.End(ExitCode.Configuration, isInterrupted: false);
        return ExitCode.Configuration;
    }
}
