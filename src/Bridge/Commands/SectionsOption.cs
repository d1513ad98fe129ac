using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CanalBridge.Options;
using CanalBridge.Telemetry;

namespace CanalBridge.Commands;

/// <summary>The line of a command's help that lists the bridge's options. Described only when help is shown: walking over all options would slow down every start.</summary>
internal sealed class SectionsOption : Option<string>
{
    private readonly string[] _sections;

    /// <param name="sections">Sections that the command reads; all if there are none.</param>
    public SectionsOption(string[] sections)
        : base("--Section:Name")
    {
        _sections = sections;
        HelpName = "VALUE";
    }

    /// <summary>Lets a program's help describe these options.</summary>
    public static void AddToHelp(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new DescribingHelp((SynchronousCommandLineAction)help.Action!);
    }

    /// <summary>Fills in the description.</summary>
    public void Describe()
    {
        IEnumerable<string> options = OptionsReader.Defaults(_sections).Select(static option => $"\n  {option.Key}{(option.Value.Length == 0 ? "" : $" ({option.Value})")}");
        Description = "An option of the bridge, also as Section__Name in the environment or in a JSON file; docs/options.md explains each. This command reads:"
            + string.Concat(options)
            + $"\n{ConsoleLog.LevelVariable} in the environment sets how much is logged to standard error: {string.Join(", ", ConsoleLog.Levels)}; {ConsoleLog.FormatVariable} in which form: {string.Join(", ", ConsoleLog.Formats)}.";
    }

    private sealed class DescribingHelp(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            foreach (SectionsOption option in parseResult.CommandResult.Command.Options.OfType<SectionsOption>())
            {
                option.Describe();
            }

            return help.Invoke(parseResult);
        }
    }
}
