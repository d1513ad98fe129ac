using System.CommandLine;
using CanalBridge.Options;
using CanalBridge.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CanalBridge.Commands;

/// <summary>Where options come from, later ones winning: appsettings.json, --config FILE, environment, --Section:Name=value.</summary>
internal static class CommandConfiguration
{
    private static readonly Option<FileInfo?> ConfigFile = new("--config")
    {
        Description = "A JSON file with options, on top of appsettings.json in the current folder.",
        HelpName = "FILE",
    };

    /// <summary>Adds --config, and takes --Section:Name=value as options of the bridge.</summary>
    /// <param name="command">The command.</param>
    /// <param name="sections">Sections that it reads; all by default.</param>
    public static void AddTo(Command command, params string[] sections)
    {
        command.Options.Add(ConfigFile);
        command.TreatUnmatchedTokensAsErrors = false;
        command.Options.Add(new SectionsOption(sections));
    }

    /// <summary>Reads the given sections, all by default.</summary>
    /// <exception cref="OptionsValidationException">With every mistake.</exception>
    public static BridgeOptions Read(ParseResult parsed, params string[] sections)
    {
        var mistakes = new List<string>();
        string[] arguments = ReadArguments(parsed, sections, mistakes);
        IConfigurationRoot files = ReadFiles(parsed.GetValue(ConfigFile), mistakes);
        foreach (IConfigurationSection section in files.GetChildren().Where(s => !OptionsReader.Sections.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
        {
            mistakes.Add(NoSection(section.Key));
        }

        CheckEnvironment(mistakes);
        IConfigurationRoot configuration = new ConfigurationBuilder().AddConfiguration(files).AddEnvironmentVariables().AddCommandLine(arguments).Build();
        return OptionsReader.Read(configuration, mistakes, sections);
    }

    /// <summary>A mistake of the caller: printed without a stack trace, exit code 2.</summary>
    public static OptionsValidationException Mistake(string text) => new(nameof(BridgeOptions), typeof(BridgeOptions), [text]);

    private static string NoSection(string name) => $"{name} is no section; there are {string.Join(", ", OptionsReader.Sections)}.";

    private static string[] ReadArguments(ParseResult parsed, string[] sections, List<string> mistakes)
    {
        const string form = "options are written --Section:Name=value, such as --Topics:Prefix=shop.";
        var good = new List<string>();
        string? withoutValue = null;
        foreach (string argument in parsed.UnmatchedTokens)
        {
            int colon = argument.IndexOf(':', StringComparison.Ordinal), equals = argument.IndexOf('=', StringComparison.Ordinal);
            string section = argument.StartsWith("--", StringComparison.Ordinal) && colon > 0 ? argument[2..colon] : "";
            string shown = Shown(argument);
            bool isNamed = section.Length > 0 && section.All(char.IsAsciiLetterOrDigit) && !(equals >= 0 && equals < colon);
            bool mayBeValue = !argument.StartsWith('-') || (withoutValue is not null && !isNamed);
            if (mayBeValue)
            {
                string place = withoutValue is null ? "among the arguments" : $"behind '{withoutValue}'";
                mistakes.Add($"What stands {place} is no option, and not shown here, as it may be a secret; {form}");
            }
            else if (!isNamed)
            {
                mistakes.Add($"'{shown}' is no argument here; {form}");
            }
            else if (equals < 0)
            {
                mistakes.Add($"'{shown}' has no value; write {shown}=VALUE, in one word.");
            }
            else if (!OptionsReader.Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
            {
                mistakes.Add($"'{shown}': {NoSection(section)}");
            }
            else if (sections.Length > 0 && !sections.Contains(section, StringComparer.OrdinalIgnoreCase))
            {
                mistakes.Add($"'{shown}': this command reads only {string.Join(", ", sections)}.");
            }
            else if (OptionsReader.Defaults().Any(option => IsLonger(argument[2..equals], option.Key)))
            {
                mistakes.Add($"'{shown}' has more than a name before the equals sign; {form}");
            }
            else
            {
                good.Add(argument);
            }

            withoutValue = equals < 0 && !mayBeValue ? shown : null;
        }

        return [.. good];
    }

    /// <summary>Whether something that is no part of a name follows an option's name.</summary>
    private static bool IsLonger(string name, string option) =>
        name.Length > option.Length && name.StartsWith(option, StringComparison.OrdinalIgnoreCase) && !char.IsAsciiLetterOrDigit(name[option.Length]);

    /// <summary>What may be shown of an argument: never a value. Behind a wrong delimiter nobody knows where it begins.</summary>
    /// <returns>Section and name, of something else the first word.</returns>
    private static string Shown(string argument)
    {
        int end = EndOfWord(argument, 0);
        string first = argument[..end].TrimStart('-');
        end = MeantSection(first) is not null ? EndOfWord(argument, end) : end;
        return end == argument.Length || argument[end] == '=' ? argument[..end] : $"{argument[..end]}…";
    }

    /// <summary>Behind the next letters and digits, and what stands before them.</summary>
    private static int EndOfWord(string text, int start)
    {
        int i = start;
        while (i < text.Length && text[i] != '=' && !char.IsAsciiLetterOrDigit(text[i]))
        {
            i++;
        }

        while (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
        {
            i++;
        }

        return i;
    }

    private static IConfigurationRoot ReadFiles(FileInfo? file, List<string> mistakes)
    {
        var builder = new ConfigurationBuilder();
        builder.SetBasePath(Directory.GetCurrentDirectory());
        builder.AddJsonFile("appsettings.json", optional: true);
        if (file is not null)
        {
            if (Directory.Exists(file.FullName))
            {
                mistakes.Add($"--config {file.FullName} is a folder but must be a JSON file.");
            }
            else
            {
                builder.AddJsonFile(file.FullName, optional: false);
            }
        }

        try
        {
            return builder.Build();
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            // The innermost one has the line.
            Exception cause = e.GetBaseException();
            mistakes.Add(ReferenceEquals(cause, e) ? e.Message : $"{e.Message} {cause.Message}");
            return new ConfigurationBuilder().Build();
        }
    }

    /// <summary>The environment belongs to everybody, so only what is nearly one of our names is held for a slip.</summary>
    private static void CheckEnvironment(List<string> mistakes)
    {
        HashSet<string> withOneUnderscore = [.. OptionsReader.Defaults().Select(static option => option.Key.Replace(':', '_'))];
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            int end = name.IndexOf("__", StringComparison.Ordinal);
            string section = end > 0 ? name[..end] : "";
            if (!OptionsReader.Sections.Contains(section, StringComparer.OrdinalIgnoreCase) && MeantSection(section) is { } meant)
            {
                mistakes.Add($"The environment has {name}, but {section} is no section; {meant}{name[end..]} is probably meant.");
            }
            else if (end < 0 && withOneUnderscore.Contains(name))
            {
                mistakes.Add($"The environment has {name}; {name.Replace("_", "__", StringComparison.Ordinal)}, with two underscores, is probably meant.");
            }
        }

        if (Environment.GetEnvironmentVariable(ConsoleLog.LevelVariable) is { Length: > 0 } level && !ConsoleLog.Levels.Contains(level, StringComparer.OrdinalIgnoreCase))
        {
            mistakes.Add($"{ConsoleLog.LevelVariable} is '{level}' but must be one of {string.Join(", ", ConsoleLog.Levels)}.");
        }

        if (Environment.GetEnvironmentVariable(ConsoleLog.FormatVariable) is { Length: > 0 } format && !ConsoleLog.Formats.Contains(format, StringComparer.OrdinalIgnoreCase))
        {
            mistakes.Add($"{ConsoleLog.FormatVariable} is '{format}' but must be one of {string.Join(", ", ConsoleLog.Formats)}.");
        }
    }

    /// <summary>The section of this name, or the one that is probably meant; null if there is none like it.</summary>
    private static string? MeantSection(string name)
    {
        const int slip = 2;
        return name.Length <= slip
            ? null
            : OptionsReader.Sections.FirstOrDefault(section => Distance(section.ToUpperInvariant(), name.ToUpperInvariant()) <= slip);
    }

    /// <summary>Letters to change, add or leave out.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
