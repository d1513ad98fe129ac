using System.CommandLine;
using CanalBridge.Options;
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
    public static void AddTo(Command command)
    {
        command.Options.Add(ConfigFile);
        command.TreatUnmatchedTokensAsErrors = false;
    }

    /// <summary>Reads the given sections, all by default.</summary>
    /// <exception cref="OptionsValidationException">With every mistake.</exception>
    public static BridgeOptions Read(ParseResult parsed, params string[] sections) => OptionsReader.Read(Build(parsed), sections);

    private static IConfigurationRoot Build(ParseResult parsed)
    {
        string[] arguments = [.. parsed.UnmatchedTokens];
        foreach (string argument in arguments)
        {
            int colon = argument.IndexOf(':', StringComparison.Ordinal), equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal) || colon < 0 || equals < colon)
            {
                throw Mistake($"'{argument}' is no argument here; options are written --Section:Name=value, such as --Topics:Prefix=shop.");
            }

            string section = argument[2..colon];
            if (typeof(BridgeOptions).GetProperty(section, System.Reflection.BindingFlags.IgnoreCase | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance) is not { CanWrite: true })
            {
                string known = string.Join(", ", typeof(BridgeOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name));
                throw Mistake($"'{argument}': {section} is no section; there are {known}.");
            }
        }

        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile("appsettings.json", optional: true)
                .AddJsonFiles(parsed.GetValue(ConfigFile))
                .AddEnvironmentVariables()
                .AddCommandLine(arguments)
                .Build();
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            throw Mistake($"{e.Message} {e.InnerException?.Message}".Trim());
        }
    }

    private static ConfigurationBuilder AddJsonFiles(this IConfigurationBuilder builder, FileInfo? file)
    {
        if (file is not null)
        {
            builder.AddJsonFile(file.FullName, optional: false);
        }

        return (ConfigurationBuilder)builder;
    }

    private static OptionsValidationException Mistake(string text) => new(nameof(BridgeOptions), typeof(BridgeOptions), [text]);
}
