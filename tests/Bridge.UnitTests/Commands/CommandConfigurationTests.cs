using System.CommandLine;
using CanalBridge.Commands;
using CanalBridge.Options;
using Microsoft.Extensions.Options;

namespace CanalBridge.UnitTests.Commands;

public sealed class CommandConfigurationTests : IDisposable
{
    private static readonly string[] Valid =
        ["--Canal:Endpoints=canal:11111", "--Canal:Destination=example", "--Kafka:BootstrapServers=kafka:9092", "--Topics:Prefix=shop"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("canal-bridge-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Arguments_are_read_as_options()
    {
        BridgeOptions options = Read([.. Valid, "--Delivery:GroupMaxRecords=7"]);

        Assert.Equal(("shop", 7), (options.Topics.Prefix, options.Delivery.GroupMaxRecords));
    }

    [Fact]
    public void Value_may_hold_colons_equal_signs_and_blanks() =>
        Assert.Equal(@"a=b:c d", Read([.. Valid, "--Kafka:Settings:client.id=a=b:c d"]).Kafka.Settings["client.id"]);

    [Fact]
    public void Section_and_name_may_be_written_in_any_case() =>
        Assert.Equal("other", Read([.. Valid, "--topics:prefix=other"]).Topics.Prefix);

    [Fact]
    public void File_is_read_and_an_argument_wins_over_it()
    {
        string file = Write("""{ "Topics": { "Prefix": "of-the-file", "Partitions": 3 } }""");

        BridgeOptions options = Read([.. Valid, "--config", file]);

        Assert.Equal(("shop", 3), (options.Topics.Prefix, options.Topics.Partitions));
    }

    [Fact]
    public void Argument_without_a_value_is_refused_with_the_way_to_write_it() =>
        Assert.Equal("'--Topics:Delimiter' has no value; write --Topics:Delimiter=VALUE, in one word.", Assert.Single(Mistakes([.. Valid, "--Topics:Delimiter"])));

    [Fact]
    public void Value_as_a_word_of_its_own_is_refused_with_its_option() =>
        Assert.Equal(
            [
                "'--Topics:Delimiter' has no value; write --Topics:Delimiter=VALUE, in one word.",
                "What stands behind '--Topics:Delimiter' is no option, and not shown here, as it may be a secret; options are written --Section:Name=value, such as --Topics:Prefix=shop.",
            ],
            Mistakes([.. Valid, "--Topics:Delimiter", "-"]));

    [Theory]
    [InlineData("--Kafka.SaslPassword=s3cret", "'--Kafka.SaslPassword' ")]
    [InlineData("--Kafka_SaslPassword=s3cret", "'--Kafka_SaslPassword' ")]
    [InlineData("--Kafka__SaslPassword=s3cret:x", "'--Kafka__SaslPassword' ")]
    [InlineData("--Kafka:SaslPassword:s3cret", "'--Kafka:SaslPassword…' ")]
    [InlineData("--Kafka:SaslPassword:s3cret=", "'--Kafka:SaslPassword…' ")]
    [InlineData("--Kafka:SaslPassword_s3cret==", "'--Kafka:SaslPassword…' ")]
    [InlineData("--KafkaSaslPassword:s3cret==", "'--KafkaSaslPassword…': ")]
    [InlineData("--Kafka.SaslPassword.s3cret", "'--Kafka.SaslPassword…' ")]
    [InlineData("-Kafka/SaslPassword/s3cret", "'-Kafka/SaslPassword…' ")]
    [InlineData("Kafka:SaslPassword=s3cret", "among the arguments ")]
    [InlineData("s3cret", "among the arguments ")]
    public void Value_of_an_option_that_is_written_wrongly_is_not_shown(string argument, string shown)
    {
        string mistake = Assert.Single(Mistakes([.. Valid, argument]));

        Assert.Contains(shown, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3cret")]
    [InlineData("-s3cret")]
    [InlineData("--s3cret=")]
    public void Value_as_a_word_of_its_own_is_not_shown(string value) =>
        Assert.DoesNotContain("s3cret", string.Concat(Mistakes([.. Valid, "--Kafka:SaslPassword", value])), StringComparison.Ordinal);

    [Theory]
    [InlineData("--Delimiter=a:b", "--Delimiter")]
    [InlineData("--force", "--force")]
    [InlineData("--:Delimiter=x", "--:Delimiter")]
    public void Word_that_is_no_option_is_refused(string word, string shown) =>
        Assert.Equal($"'{shown}' is no argument here; options are written --Section:Name=value, such as --Topics:Prefix=shop.", Assert.Single(Mistakes([.. Valid, word])));

    [Fact]
    public void Section_that_the_command_does_not_read_is_refused_with_those_it_does() =>
        Assert.Equal(
            "'--Kafka:BootstrapServers': this command reads only Source, Topics.",
            Assert.Single(Mistakes(["--Topics:Prefix=shop", "--Kafka:BootstrapServers=kafka:9092"], "Source", "Topics")));

    [Fact]
    public void Section_of_a_file_that_the_command_does_not_read_is_passed_over()
    {
        string file = Write("""{ "Topics": { "Prefix": "shop" }, "Kafka": { "BootstrapServers": "kafka:9092" } }""");

        Assert.Equal("shop", Read(["--config", file], "Topics").Topics.Prefix);
    }

    [Fact]
    public void Unknown_section_among_the_arguments_is_refused_with_all_there_are() =>
        Assert.Equal("'--Topcs:Delimiter': Topcs is no section; there are Canal, Source, Kafka, Topics, Delivery, Envelope, Registry, Http.", Assert.Single(Mistakes([.. Valid, "--Topcs:Delimiter=-"])));

    [Fact]
    public void Unknown_section_of_a_file_is_refused_with_all_there_are()
    {
        string file = Write("""{ "Topcs": { "Delimiter": "-" } }""");

        Assert.Equal("Topcs is no section; there are Canal, Source, Kafka, Topics, Delivery, Envelope, Registry, Http.", Assert.Single(Mistakes([.. Valid, "--config", file])));
    }

    [Fact]
    public void Unknown_option_of_an_argument_is_refused() =>
        Assert.StartsWith("Topics:Prefx is not an option; Topics has ", Assert.Single(Mistakes([.. Valid, "--Topics:Prefx=x"])), StringComparison.Ordinal);

    [Fact]
    public void Broken_json_names_its_file_and_its_line()
    {
        string file = Write("{\n  \"Topics\": {\n    \"Delimiter\": dash\n  }\n}");

        string mistake = Assert.Single(Mistakes([.. Valid, "--config", file]));

        Assert.Contains(file, mistake, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 2", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{ \"Topics\": { \"Delimiter\": \"-\", \"delimiter\": \"_\" } }")]
    public void File_without_options_as_json_has_them_is_refused_by_its_name(string text)
    {
        string file = Write(text);

        Assert.Contains(file, Assert.Single(Mistakes([.. Valid, "--config", file])), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_as_config_is_refused() =>
        Assert.Equal($"--config {_folder.FullName} is a folder but must be a JSON file.", Assert.Single(Mistakes([.. Valid, "--config", _folder.FullName])));

    [Fact]
    public void Missing_file_is_refused_by_its_name()
    {
        string file = Path.Combine(_folder.FullName, "nowhere", "bridge.json");

        Assert.Contains(file, Assert.Single(Mistakes([.. Valid, "--config", file])), StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_of_arguments_files_and_values_are_reported_at_once()
    {
        string file = Write("""{ "Topcs": { }, "Delivery": { "GroupMaxRecords": 0 }, "Shop": { "Prefix": "x" } }""");

        IReadOnlyCollection<string> mistakes = Mistakes(["--Canal:Endpoints=canal:11111", "--Kafka:BootstrapServers=kafka:9092", "--Topics:Prefix=shop", "stray", "--Topics:Delimiter", "--config", file]);

        string[] expected =
        [
            "What stands among the arguments is no option",
            "'--Topics:Delimiter' has no value",
            "Shop is no section",
            "Topcs is no section",
            "Canal:Destination is not set",
            "Delivery:GroupMaxRecords is 0",
        ];
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected.Zip(mistakes), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Help_lists_the_options_of_the_command_s_sections_alone()
    {
        Command command = CommandThatReads("Topics");

        SectionsOption option = Assert.Single(command.Options.OfType<SectionsOption>());
        option.Describe();

        string help = option.Description!;
        Assert.Contains("Topics:Prefix (required)", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Kafka:", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Misspelt_section_in_the_environment_is_reported_with_the_name_probably_meant() =>
        WithEnvironment("Topcs__Delimiter", "-", () =>
            Assert.Equal("The environment has Topcs__Delimiter, but Topcs is no section; Topics__Delimiter is probably meant.", Assert.Single(Mistakes(Valid))));

    [Fact]
    public void Other_names_of_the_environment_are_nobody_s_mistake() =>
        WithEnvironment("DOTNET__SOMETHING", "x", () => Assert.Equal("shop", Read(Valid).Topics.Prefix));

    [Fact]
    public void Name_with_one_underscore_in_the_environment_is_held_for_a_slip() =>
        WithEnvironment("Topics_Delimiter", "-", () =>
            Assert.Contains("The environment has Topics_Delimiter; Topics__Delimiter, with two underscores, is probably meant.", Assert.Throws<OptionsValidationException>(() => Read(Valid)).Failures));

    [Fact]
    public void Environment_is_read_and_an_argument_wins_over_it() =>
        WithEnvironment("Topics__Delimiter", "_", () =>
        {
            Assert.Equal("_", Read(Valid).Topics.Delimiter);
            Assert.Equal("-", Read([.. Valid, "--Topics:Delimiter=-"]).Topics.Delimiter);
        });

    [Fact]
    public void Log_level_that_there_is_not_is_refused_with_all_there_are() =>
        WithEnvironment("LOG_LEVEL", "Chatty", () =>
            Assert.Equal("LOG_LEVEL is 'Chatty' but must be one of Trace, Debug, Information, Warning, Error, Critical, None.", Assert.Single(Mistakes(Valid))));

    /// <summary>Only <see cref="CommandConfiguration"/> reads these names, and only the tests of this class, one after the other, call it.</summary>
    private static void WithEnvironment(string name, string value, Action act)
    {
        string? before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
        try
        {
            act();
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }

    private static Command CommandThatReads(params string[] sections)
    {
        var command = new Command("test", "A command.");
        CommandConfiguration.AddTo(command, sections);
        return command;
    }

    private static BridgeOptions Read(string[] arguments, params string[] sections) =>
        CommandConfiguration.Read(CommandThatReads(sections).Parse(arguments), sections);

    private static IReadOnlyCollection<string> Mistakes(string[] arguments, params string[] sections) =>
        [.. Assert.Throws<OptionsValidationException>(() => Read(arguments, sections)).Failures];

    private string Write(string text)
    {
        string file = Path.Combine(_folder.FullName, "bridge.json");
        File.WriteAllText(file, text);
        return file;
    }
}
