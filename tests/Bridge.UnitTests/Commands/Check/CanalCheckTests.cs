using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Canal.Client;
using Canal.Client.Testing;
using CanalBridge.Commands.Check;
using CanalBridge.Options;
using CanalBridge.Testing;

namespace CanalBridge.UnitTests.Commands.Check;

/// <summary>The steps to the first row, against the stand-in of a Canal server.</summary>
public sealed class CanalCheckTests
{
    private static readonly CheckSettings Settings = new(Read: false, Create: false, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task Row_of_a_new_destination_is_seen_and_given_back_and_nothing_is_acked()
    {
        await using var server = new FakeCanalServer("example");
        server.Append([EntryBuilder.Insert("mysql-bin.000001", 4, 1)]);

        StepResult[] results = await RunAsync(server, PositionLook.None);

        Assert.All(results, static r => Assert.Equal(CheckStatus.Ok, r.Status));
        Assert.Equal(Steps.All.Where(static s => s.StartsWith("canal.", StringComparison.Ordinal)), results.Select(static r => r.Step));
        StepResult row = results[^1];
        Assert.Equal("row_seen", row.Detail.Text.Code);
        Assert.Contains("shop.items", row.Detail.In(Language.English), StringComparison.Ordinal);
        Assert.Contains("without a GTID", row.Detail.In(Language.English), StringComparison.Ordinal);
        Assert.Equal(0, server.BatchesAcked);
        Assert.Equal("CLIENTROLLBACK", server.Requests[^1].Kind);
        Assert.Equal(2, server.TakeAsAnotherConsumer());
    }

    [Fact]
    public async Task Filter_of_the_options_is_never_sent()
    {
        await using var server = new FakeCanalServer("example");
        server.Append([EntryBuilder.Insert("mysql-bin.000001", 4, 1)]);

        StepResult[] results = await RunAsync(server, PositionLook.None, configure: canal => canal.Filter = @"pay\..*");

        Assert.Equal("", Assert.Single(server.Requests, static r => r.Kind == "SUBSCRIPTION").Filter);
        Assert.Contains(results, static r => r.Detail.Text.Code == "filter_replaces");
        Assert.Contains(results, static r => r is { Step: Steps.CanalRow, Status: CheckStatus.Warning } && r.Detail.Text.Code == "row_not_in_filter");
    }

    [Fact]
    public async Task Blank_in_the_filter_is_a_warning()
    {
        await using var server = new FakeCanalServer("example");

        StepResult[] results = await RunAsync(server, PositionLook.Stored, configure: canal => canal.Filter = @"pay\..*, shop\..*");

        Assert.Equal(CheckStatus.Warning, Assert.Single(results, static r => r.Step == Steps.CanalFilter).Status);
    }

    [Theory]
    [InlineData("Stored", "row_bridge_may_run")]
    [InlineData("Unknown", "row_kafka_unknown")]
    public async Task Nothing_is_subscribed_or_read_where_a_bridge_may_run(string position, string code)
    {
        await using var server = new FakeCanalServer("example");
        server.Append([EntryBuilder.Insert("mysql-bin.000001", 4, 1)]);

        StepResult[] results = await RunAsync(server, Enum.Parse<PositionLook>(position));

        Assert.Equal((CheckStatus.Skipped, code), (results[^1].Status, results[^1].Detail.Text.Code));
        Assert.DoesNotContain(server.Requests, static r => r.Kind is "SUBSCRIPTION" or "GET" or "CLIENTROLLBACK" or "UNSUBSCRIPTION");
    }

    [Fact]
    public async Task Client_id_that_canal_has_forgotten_though_kafka_holds_a_position_is_a_warning()
    {
        await using var server = new FakeCanalServer("example");

        StepResult[] results = await RunAsync(server, PositionLook.Stored);

        Assert.Contains(results, static r => r is { Step: Steps.CanalRow, Status: CheckStatus.Warning } && r.Detail.Text.Code == "cursor_forgotten");
    }

    [Fact]
    public async Task Client_id_that_somebody_else_registered_is_not_read_from_unless_told_and_never_subscribed_again()
    {
        await using var server = new FakeCanalServer("example");
        server.Append([EntryBuilder.Insert("mysql-bin.000001", 4, 1)]);
        var options = new CanalClientOptions { Endpoints = [server.Endpoint], Destination = "example" };
        await using (CanalConnection other = await CanalConnection.ConnectAsync(server.Endpoint, options, TestContext.Current.CancellationToken))
        {
            await other.SubscribeAsync(@"shop\..*", TestContext.Current.CancellationToken);
        }

        StepResult[] careful = await RunAsync(server, PositionLook.None);
        StepResult[] told = await RunAsync(server, PositionLook.Stored, Settings with { Read = true });

        Assert.Equal("row_other_client", careful[^1].Detail.Text.Code);
        Assert.Equal("row_seen", told[^1].Detail.Text.Code);
        Assert.Single(server.Requests, static r => r.Kind == "SUBSCRIPTION");
    }

    [Fact]
    public async Task Beside_a_bridge_one_batch_is_all_that_is_taken()
    {
        await using var server = new FakeCanalServer("example") { KeepBatches = true };
        server.Append([EntryBuilder.Ddl("mysql-bin.000001", 4, "CREATE TABLE t (id INT)")]);
        server.Append([EntryBuilder.Insert("mysql-bin.000001", 100, 1)]);

        StepResult[] beside = await RunAsync(server, PositionLook.Stored, Settings with { Read = true });
        int taken = server.Requests.Count(static r => r.Kind == "GET");
        StepResult[] alone = await RunAsync(server, PositionLook.None, Settings with { Read = true });

        Assert.Equal((CheckStatus.Warning, "row_not_in_batch"), (beside[^1].Status, beside[^1].Detail.Text.Code));
        Assert.Equal(1, taken);
        Assert.Equal("row_seen", alone[^1].Detail.Text.Code);
    }

    [Fact]
    public async Task Client_id_is_known_where_zookeeper_keeps_the_cursors_and_a_batch_is_outstanding()
    {
        await using var server = new FakeCanalServer("example");
        server.BeforeRequest = request =>
        {
            if (request.Kind == "CLIENTACK")
            {
                server.SendRefusalBeforeNextAnswer($"batchId:{long.MaxValue} is not the firstly:17");
            }
        };

        StepResult[] results = await RunAsync(server, PositionLook.Stored);

        Assert.Contains(results, static r => r.Detail.Text.Code == "subscribed");
        Assert.DoesNotContain(results, static r => r.Status == CheckStatus.Failed);
    }

    [Fact]
    public async Task Lazy_instance_is_started_when_told_and_the_subscription_is_said_to_be_the_checks_own()
    {
        await using var server = new FakeCanalServer("example") { IsRunning = false };
        server.BeforeRequest = request => server.IsRunning |= request.Kind == "SUBSCRIPTION";

        StepResult[] careful = await RunAsync(server, PositionLook.None);
        StepResult[] told = await RunAsync(server, PositionLook.None, Settings with { Read = true });

        AssertFailed(careful, Steps.CanalDestination, "destination_unknown");
        Assert.Contains(told, static r => r.Detail.Text.Code == "subscribed_by_check");
        Assert.Equal("", Assert.Single(server.Requests, static r => r.Kind == "SUBSCRIPTION").Filter);
    }

    [Fact]
    public async Task Standby_is_not_subscribed_to_while_another_node_runs_the_destination()
    {
        await using var standby = new FakeCanalServer("example") { IsRunning = false };
        await using var active = new FakeCanalServer("example");

        await RunAsync(active, PositionLook.None, Settings with { Read = true }, canal => canal.Endpoints = $"{standby.Endpoint},{active.Endpoint}");

        Assert.DoesNotContain(standby.Requests, static r => r.Kind == "SUBSCRIPTION");
        Assert.Single(active.Requests, static r => r.Kind == "SUBSCRIPTION");
    }

    [Fact]
    public async Task Server_that_is_gone_when_it_should_greet_is_no_fault_of_the_step()
    {
        var gone = new CanalEndpoint("127.0.0.1", FreePort.Next());

        Assert.Equal("reason", (await CanalGreeting.HearAsync(gone, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken))?.Text.Code);
    }

    [Fact]
    public async Task No_row_is_a_warning_with_a_remedy()
    {
        await using var server = new FakeCanalServer("example");

        StepResult[] results = await RunAsync(server, PositionLook.None);

        Assert.Equal((CheckStatus.Warning, "row_none"), (results[^1].Status, results[^1].Detail.Text.Code));
        Assert.NotNull(results[^1].Remedy);
    }

    [Fact]
    public async Task Wrong_password_is_a_failed_login_and_the_rest_is_skipped()
    {
        await using var server = new FakeCanalServer("example") { Username = "canal", Password = "right-password" };

        StepResult[] results = await RunAsync(server, PositionLook.None, configure: canal => (canal.Username, canal.Password) = ("canal", "wrong-password"));

        AssertFailed(results, Steps.CanalLogin, "login_refused");
        Assert.DoesNotContain(results, static r => r.Detail.In(Language.English).Contains("wrong-password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_that_wants_a_login_says_so_where_none_is_set()
    {
        await using var server = new FakeCanalServer("example") { Username = "canal", Password = "right-password" };

        AssertFailed(await RunAsync(server, PositionLook.None), Steps.CanalLogin, "login_missing");
    }

    [Fact]
    public async Task Unknown_destination_fails_without_a_subscription()
    {
        await using var server = new FakeCanalServer("example");

        StepResult[] results = await RunAsync(server, PositionLook.None, configure: canal => canal.Destination = "exmaple");

        AssertFailed(results, Steps.CanalDestination, "destination_unknown");
        Assert.DoesNotContain(server.Requests, static r => r.Kind == "SUBSCRIPTION");
    }

    [Fact]
    public async Task Standby_of_a_cluster_is_no_warning_while_another_node_runs_the_destination()
    {
        await using var standby = new FakeCanalServer("example") { IsRunning = false };
        await using var active = new FakeCanalServer("example");
        var options = new CanalClientOptions { Endpoints = [active.Endpoint], Destination = "example" };
        await using (CanalConnection bridge = await CanalConnection.ConnectAsync(active.Endpoint, options, TestContext.Current.CancellationToken))
        {
            await bridge.SubscribeAsync("", TestContext.Current.CancellationToken);
        }

        StepResult[] results = await RunAsync(active, PositionLook.Stored, configure: canal => canal.Endpoints = $"{standby.Endpoint},{active.Endpoint}");

        Assert.Equal(["destination_runs", "destination_standby"], results.Where(static r => r.Step == Steps.CanalDestination).Select(static r => r.Detail.Text.Code));
        Assert.DoesNotContain(results, static r => r.Status is CheckStatus.Failed or CheckStatus.Warning);
    }

    [Fact]
    public async Task Node_that_is_down_is_a_warning_while_another_serves()
    {
        await using var server = new FakeCanalServer("example");

        StepResult[] results = await RunAsync(server, PositionLook.Stored, configure: canal => canal.Endpoints = $"127.0.0.1:{FreePort.Next()},{server.Endpoint}");

        Assert.Equal([CheckStatus.Warning, CheckStatus.Ok], results.Where(static r => r.Step == Steps.CanalTcp).Select(static r => r.Status));
        Assert.DoesNotContain(results, static r => r.Status == CheckStatus.Failed);
    }

    [Fact]
    public async Task Refused_connection_fails_at_tcp()
    {
        await using var server = new FakeCanalServer("example");

        AssertFailed(await RunAsync(server, PositionLook.None, configure: canal => canal.Endpoints = $"127.0.0.1:{FreePort.Next()}"), Steps.CanalTcp, "tcp_failed");
    }

    [Fact]
    public async Task Name_that_nobody_knows_fails_at_the_name()
    {
        await using var server = new FakeCanalServer("example");

        AssertFailed(await RunAsync(server, PositionLook.None, configure: canal => canal.Endpoints = "canal.invalid:11111"), Steps.CanalDns, "name_unknown");
    }

    [Fact]
    public async Task Server_that_keeps_silent_is_told_from_a_canal_server()
    {
        await using var server = new FakeCanalServer("example") { IsFrozen = true };

        StepResult[] results = await RunAsync(server, PositionLook.None, configure: canal => canal.ResponseTimeout = TimeSpan.FromMilliseconds(300));

        AssertFailed(results, Steps.CanalGreeting, "greeting_wrong");
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "greeting_other")]
    [InlineData("\x4a\0\0\0\x0a" + "8.0.36\0", "greeting_my_sql")]
    public void Other_servers_are_told_by_their_first_bytes(string bytes, string code) =>
        Assert.Equal(code, CanalGreeting.Judge(Encoding.Latin1.GetBytes(bytes))?.Text.Code);

    [Fact]
    public async Task Stop_gives_back_what_was_read()
    {
        await using var server = new FakeCanalServer("example");
        using var stop = new CancellationTokenSource();
        server.BeforeRequest = request =>
        {
            if (request.Kind == "GET")
            {
                stop.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(server, PositionLook.None, Settings with { Wait = TimeSpan.FromMinutes(1) }, stop: stop.Token));

        await WaitUntilAsync(() => server.OpenConnections == 0);
        Assert.Equal("CLIENTROLLBACK", server.Requests[^1].Kind);
    }

    private static void AssertFailed(StepResult[] results, string step, string code)
    {
        StepResult failure = Assert.Single(results, static r => r.Status == CheckStatus.Failed);
        Assert.Equal((step, code, ExitCode.Canal), (failure.Step, failure.Detail.Text.Code, failure.ExitCode));
        Assert.NotNull(failure.Remedy);
        Assert.All(results.SkipWhile(r => r != failure).Skip(1), static r => Assert.Equal(CheckStatus.Skipped, r.Status));
        Assert.Equal(Steps.CanalRow, results[^1].Step);
    }

    private static async Task<StepResult[]> RunAsync(
        FakeCanalServer server, PositionLook position, CheckSettings? settings = null, Action<CanalOptions>? configure = null, CancellationToken? stop = null)
    {
        var options = new BridgeOptions { Canal = new CanalOptions { Endpoints = server.Endpoint.ToString(), Destination = "example" } };
        configure?.Invoke(options.Canal);
        var exchange = new Exchange();
        exchange.Tell(position);
        var results = Channel.CreateUnbounded<StepResult>();
        await new CanalCheck(options, settings ?? Settings, exchange, new Chain(ExitCode.Canal, results.Writer, stop ?? CancellationToken.None, CancellationToken.None)).RunAsync();
        results.Writer.Complete();
        return [.. results.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken)];
    }

    private static async Task WaitUntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
