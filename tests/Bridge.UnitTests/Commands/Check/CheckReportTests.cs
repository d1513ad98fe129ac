using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Canal.Client;
using CanalBridge.Commands;
using CanalBridge.Commands.Check;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.UnitTests.Commands.Check;

public sealed class CheckReportTests
{
    private static readonly StepResult Failed = new(
        Steps.CanalLogin, CheckStatus.Failed, new Said(Texts.LoginRefused, "canal:11111", "reader"), new Said(Texts.LoginRemedy), ExitCode.Canal, TimeSpan.FromMilliseconds(12));

    [Fact]
    public void Line_has_mark_step_detail_and_the_remedy_below()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var report = new TextReport(output, Language.English, static text => text);

        report.Add(Failed);
        report.End(7, isInterrupted: false);

        string[] lines = output.ToString().Split('\n');
        Assert.Equal("FAIL  Canal: login           canal:11111 refuses user reader", lines[0]);
        Assert.StartsWith("      -> Set Canal:Username", lines[1], StringComparison.Ordinal);
        Assert.Equal("0 ok, 0 warning(s), 1 failed, 0 skipped; exit code 7.", lines[2]);
    }

    [Fact]
    public void Chinese_marks_and_titles_are_as_wide_as_english_ones()
    {
        using var output = new StringWriter { NewLine = "\n" };

        new TextReport(output, Language.Chinese, static text => text).Add(Failed);

        Assert.StartsWith("失败  Canal：鉴权            canal:11111 拒绝用户 reader", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_one_document_with_stable_names()
    {
        using var output = new MemoryStream();
        var report = new JsonReport(output, Language.English, static text => text);

        report.Add(Failed);
        report.End(7, isInterrupted: false);

        JsonElement root = JsonDocument.Parse(output.ToArray()).RootElement;
        Assert.Equal(7, root.GetProperty("exit_code").GetInt32());
        JsonElement step = root.GetProperty("steps")[0];
        Assert.Equal(["step", "status", "code", "detail", "remedy", "exit_code", "millis"], step.EnumerateObject().Select(static m => m.Name));
        Assert.Equal(("canal.login", "failed", "login_refused"), (step.GetProperty("step").GetString(), step.GetProperty("status").GetString(), step.GetProperty("code").GetString()));
    }

    [Fact]
    public void Secrets_are_hidden_wherever_they_stand()
    {
        var options = new BridgeOptions();
        options.Canal.Password = "canal-secret";
        options.Source.ConnectionString = "Server=db;User ID=reader;Password=db-secret";
        options.Kafka.Settings["ssl.key.password"] = "key-secret";

        Assert.Equal("*** and *** and ***", new SecretMask(options).Hide("canal-secret and db-secret and key-secret"));
    }

    [Fact]
    public void Password_that_is_a_part_of_our_own_names_is_hidden_in_others_words_only()
    {
        var options = new BridgeOptions();
        options.Canal.Password = "canal";
        using var output = new StringWriter { NewLine = "\n" };
        var report = new TextReport(output, Language.English, new SecretMask(options).Hide);

        report.Add(Failed with { Detail = new Said(Texts.RecordRefused, "canal-bridge.shop.positions", 29, new Quoted("no login with canal")), Remedy = new Said(Texts.DestinationRemedy, "canal") });

        string[] lines = output.ToString().Split('\n');
        Assert.EndsWith("no record can be written to canal-bridge.shop.positions: 29 (no login with ***)", lines[0], StringComparison.Ordinal);
        Assert.Contains("canal.destinations in canal.properties and the folder conf/canal;", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Others_words_within_a_text_within_a_text_are_hidden_too()
    {
        var said = new Said(Texts.TcpFailed, "a:1", new Said(Texts.Reason, new Quoted("secret")));

        Assert.Equal("a:1: ***", said.In(Language.English, static _ => "***"));
        Assert.Equal("a:1: secret", said.In(Language.English));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("-1")]
    public void Wait_that_is_no_time_is_refused(string wait) => Assert.NotEmpty(CheckCommand.Create().Parse(["--wait", wait]).Errors);

    [Theory]
    [InlineData(null, "zh_CN.UTF-8", null, "Chinese")]
    [InlineData(null, "zh_CN.UTF-8", "C", "English")]
    [InlineData(null, "en_US.UTF-8", null, "English")]
    [InlineData(null, null, null, "English")]
    [InlineData("en", "zh_CN.UTF-8", null, "English")]
    [InlineData("zh", "en_US.UTF-8", null, "Chinese")]
    public void Language_is_the_one_asked_for_else_that_of_the_environment(string? asked, string? lang, string? all, string expected) =>
        Assert.Equal(expected, CheckCommand.Wanted(asked, name => name switch { "LC_ALL" => all, "LANG" => lang, _ => null }).ToString());

    [Fact]
    public async Task Step_that_hangs_ends_at_its_limit_and_breaks_the_chain()
    {
        var results = Channel.CreateUnbounded<StepResult>();
        var chain = new Chain(ExitCode.Kafka, results.Writer, CancellationToken.None, CancellationToken.None);

        bool went = await chain.StepAsync(Steps.KafkaTcp, TimeSpan.FromMilliseconds(50), static (_, stop) => Task.Delay(Timeout.Infinite, stop));
        bool next = await chain.StepAsync(Steps.KafkaConnection, TimeSpan.FromSeconds(1), static (_, _) => Task.CompletedTask);

        Assert.False(went || next);
        results.Writer.Complete();
        StepResult[] told = [.. results.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken)];
        Assert.Equal([("step_too_late", ExitCode.Kafka), ("needs_step", 0)], told.Select(static r => (r.Detail.Text.Code, r.ExitCode)));
    }

    [Fact]
    public async Task Failure_of_a_peer_that_no_step_foresaw_has_the_exit_code_of_its_chain()
    {
        Exception[] faults = [new KafkaException(new Error(ErrorCode.Local_TimedOut, "No answer")), new SocketException((int)SocketError.HostUnreachable), new CanalProtocolException("no sense")];
        foreach (Exception fault in faults)
        {
            StepResult told = Assert.Single(await StepAsync((_, _) => throw fault));
            Assert.Equal((ExitCode.Source, "reason"), (told.ExitCode, told.Detail.Text.Code));
        }

        StepResult unexpected = Assert.Single(await StepAsync(static (_, _) => throw new InvalidOperationException("a mistake here")));
        Assert.Equal(ExitCode.Unexpected, unexpected.ExitCode);
    }

    [Fact]
    public async Task Step_is_not_begun_after_the_time_of_the_whole_check()
    {
        bool begun = false;

        StepResult told = Assert.Single(await StepAsync((_, _) => Task.FromResult(begun = true), new CancellationToken(canceled: true)));

        Assert.Equal((CheckStatus.Failed, "step_not_begun"), (told.Status, told.Detail.Text.Code));
        Assert.False(begun);
    }

    [Fact]
    public async Task What_is_found_after_the_last_word_of_a_step_is_not_told()
    {
        StepResult told = Assert.Single(await StepAsync(static (findings, _) =>
        {
            findings.End(new Said(Texts.StepTooLate, 1), new Said(Texts.StepTooLateRemedy));
            findings.Ok(Texts.RecordWritten, "positions", 1);
            return Task.CompletedTask;
        }));

        Assert.Equal("step_too_late", told.Detail.Text.Code);
    }

    [Fact]
    public async Task Fault_outside_the_steps_of_a_chain_is_a_failure_and_the_other_chains_end()
    {
        var options = new BridgeOptions();
        (options.Canal.Endpoints, options.Canal.Destination, options.Topics.Prefix) = ("no endpoint:x", "example", "shop");
        options.Kafka.BootstrapServers = "127.0.0.1:1";
        using var output = new MemoryStream();

        int exitCode = await CheckRun.RunAsync(options, new CheckSettings(Read: false, Create: false, TimeSpan.FromSeconds(1)), new JsonReport(output, Language.English, static text => text), TestContext.Current.CancellationToken);

        JsonElement[] steps = [.. JsonDocument.Parse(output.ToArray()).RootElement.GetProperty("steps").EnumerateArray()];
        Assert.Equal(ExitCode.Unexpected, exitCode);
        Assert.Equal(Steps.All, steps.Select(static s => s.GetProperty("step").GetString()));
        Assert.Equal([(Steps.CanalDns, "step_unexpected"), (Steps.KafkaTcp, "tcp_failed")], steps.Where(static s => s.GetProperty("status").GetString() == "failed").Select(static s => (s.GetProperty("step").GetString()!, s.GetProperty("code").GetString()!)));
    }

    [Fact]
    public async Task Everything_dead_is_told_in_one_run_and_the_first_failure_gives_the_exit_code()
    {
        var options = new BridgeOptions();
        (options.Canal.Endpoints, options.Canal.Destination, options.Topics.Prefix) = ("127.0.0.1:1", "example", "shop");
        options.Source.ConnectionString = "Server=127.0.0.1;Port=1;User ID=reader;Password=hidden-word";
        (options.Envelope.Format, options.Registry.Url) = ("avro", "http://127.0.0.1:1");
        options.Kafka.BootstrapServers = "127.0.0.1:1";
        using var output = new MemoryStream();

        int exitCode = await CheckRun.RunAsync(options, new CheckSettings(Read: false, Create: false, TimeSpan.FromSeconds(1)), new JsonReport(output, Language.English, new SecretMask(options).Hide), TestContext.Current.CancellationToken);

        string text = Encoding.UTF8.GetString(output.ToArray());
        (string? Step, int Code)[] failed = [.. JsonDocument.Parse(text).RootElement.GetProperty("steps").EnumerateArray()
            .Where(static s => s.GetProperty("status").GetString() == "failed").Select(static s => (s.GetProperty("step").GetString(), s.GetProperty("exit_code").GetInt32()))];
        Assert.Equal([(Steps.CanalTcp, 7), (Steps.SourceConnection, 8), (Steps.RegistryConnection, 9), (Steps.KafkaTcp, 6)], failed);
        Assert.Equal(ExitCode.Canal, exitCode);
        Assert.DoesNotContain("hidden-word", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_with_statements_in_its_binlog_fails_and_a_partial_image_warns()
    {
        var variables = new Dictionary<string, string> { ["log_bin"] = "ON", ["binlog_format"] = "MIXED", ["binlog_row_image"] = "MINIMAL" };

        Assert.Equal([("binlog_format", true), ("binlog_image", false)], SourceCheck.Judge(variables).Select(static j => (j.Detail.Text.Code, j.IsFailure)));
    }

    [Fact]
    public void Bootstrap_servers_are_read_as_the_client_reads_them() =>
        Assert.Equal([("a", 9092), ("b", 1), ("::1", 2)], KafkaCheck.Servers("a, SASL_SSL://b:1,[::1]:2"));

    private static async Task<StepResult[]> StepAsync(Func<Findings, CancellationToken, Task> work, CancellationToken deadline = default)
    {
        var results = Channel.CreateUnbounded<StepResult>();
        await new Chain(ExitCode.Source, results.Writer, CancellationToken.None, deadline).StepAsync(Steps.SourceBinlog, TimeSpan.FromSeconds(20), work);
        results.Writer.Complete();
        return [.. results.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken)];
    }
}
