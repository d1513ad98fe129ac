using System.Globalization;
using System.Text.Json;
using CanalBridge.Testing.Peers;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary><c>canal-bridge check</c> between real peers.</summary>
public sealed class CheckTests(SharedPeers shared)
{
    /// <summary>librdkafka knows it, its .NET client has no name for it.</summary>
    private const ResourceType TransactionalId = (ResourceType)5;

    private const string Admin = "admin", AdminPassword = "admin-secret", User = "bridge", Password = "bridge-secret";

    [Fact]
    public async Task Good_stack_is_good_to_the_first_record_and_the_row_that_check_saw_still_comes()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "CREATE DATABASE checked; CREATE TABLE checked.good_rows (id INT PRIMARY KEY); INSERT INTO checked.good_rows VALUES (1)");

        (int exitCode, JsonElement[] steps, string output) = await CheckAsync(peers, "checked", "--read", "--create", "--wait", "20", $"--Source:ConnectionString={peers.ConnectionString}");

        Assert.True(exitCode == 0, output);
        // Other tests leave tables in this source that Canal cannot read.
        Assert.DoesNotContain(steps, static s => Status(s) is "failed" or "warning" && Code(s) != "table_unreadable");
        Assert.All((string[])["row_seen", "transaction_allowed", "record_written"], code => Assert.Contains(steps, s => Code(s) == code));
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "checked");
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, "checked.checked");
        await consumer.WaitForAsync(static r => r.Key == "{\"id\":1}", () => bridge.Output);
    }

    [Fact]
    public async Task Beside_a_running_bridge_nothing_is_fenced_moved_or_lost_even_when_a_row_is_read()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var run = await RestartRun.StartAsync(peers, "beside_check");

        (int careful, JsonElement[] first, string output) = await CheckAsync(peers, run.Prefix);
        (int told, _, string toldOutput) = await CheckAsync(peers, run.Prefix, "--read");

        Assert.True((careful, told) == (0, 0), output + toldOutput);
        Assert.Contains(first, static s => Code(s) == "row_bridge_may_run");
        Assert.Contains(first, static s => Code(s) == "position_stored");
        Assert.Contains(first, static s => Code(s) == "record_written");
        await run.WaitForRowAfterAsync(run.Load.LastId);
        Assert.False(run.Bridge.HasExited, run.Bridge.Output);
        Assert.DoesNotContain("taken over", run.Bridge.Output, StringComparison.Ordinal);
        await run.AssertEverythingOnceAsync();
    }

    [Fact]
    public async Task Stored_position_and_canals_cursor_are_the_same_after_a_check_as_before()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using (var run = await RestartRun.StartAsync(peers, "still_check"))
        {
            await run.AssertEverythingOnceAsync();
            run.Bridge.Signal("TERM");
            Assert.Equal(0, await run.Bridge.WaitForExitAsync());
        }

        (string[] Positions, string Cursor) before = (ReadPositions(peers, "restart_still_check"), await CursorAsync(peers));

        (int exitCode, _, string output) = await CheckAsync(peers, "restart_still_check", "--read", "--wait", "1");

        Assert.True(exitCode == 0, output);
        Assert.NotEmpty(before.Positions);
        Assert.Equal(before.Positions, ReadPositions(peers, "restart_still_check"));
        Assert.Equal(before.Cursor, await CursorAsync(peers));
    }

    [Fact]
    public async Task Both_sides_are_walked_and_each_says_its_own_mistake()
    {
        PeerStack peers = await shared.GetAsync("mariadb");

        (int exitCode, JsonElement[] steps, _) = await CheckAsync(peers, "mistaken", "--Canal:Destination=exmaple", "--Kafka:BootstrapServers=127.0.0.1:1", "--language", "zh");

        Assert.Equal(7, exitCode);
        Assert.Equal(["canal.destination", "kafka.tcp"], steps.Where(static s => Status(s) == "failed").Select(Name));
        Assert.Contains(steps, static s => s.GetProperty("remedy").GetString()?.Contains("核对 Canal:Destination", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Address_of_another_server_is_told_from_canals()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        var source = new MySqlConnectionStringBuilder(peers.ConnectionString);

        (int exitCode, JsonElement[] steps, _) = await CheckAsync(peers, "mistaken", $"--Canal:Endpoints={source.Server}:{source.Port}");

        Assert.Equal(7, exitCode);
        Assert.Contains("MariaDB", Assert.Single(steps, static s => Status(s) == "failed").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_the_options_are_steps_too()
    {
        (int exitCode, string output, _) = await BridgeProcess.ExecuteAsync("check", "--json", "--Topics:Prefx=a");

        Assert.Equal(2, exitCode);
        Assert.Contains("Topics:Prefx is not an option", output, StringComparison.Ordinal);
    }

    /// <summary>A broker that wants a login by SCRAM and keeps ACLs: wrong password, no right, some rights, all rights, and then the bridge itself.</summary>
    [Fact]
    public async Task Broker_with_a_login_and_acls_says_which_password_and_which_right_is_wrong_and_carries_rows_when_none_is()
    {
        await using PeerStack peers = await PeerStack.StartAsync(
            "mariadb", mustBeOurs: true,
            "kafka.listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "kafka.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
            "kafka.sasl.mechanism.inter.broker.protocol=PLAIN",
            $"kafka.listener.name.plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{Admin}\" password=\"{AdminPassword}\" user_{Admin}=\"{AdminPassword}\";",
            "kafka.listener.name.plaintext.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
            "kafka.authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "kafka.super.users=User:admin;User:ANONYMOUS");
        using IAdminClient admin = new AdminClientBuilder(Login(peers, "PLAIN", Admin, AdminPassword)).Build();
        await admin.AlterUserScramCredentialsAsync([new UserScramCredentialUpsertion
        {
            User = User,
            ScramCredentialInfo = new ScramCredentialInfo { Mechanism = ScramMechanism.ScramSha256, Iterations = 4096 },
            Password = System.Text.Encoding.UTF8.GetBytes(Password),
        }]);
        string[] login = ["--Kafka:SecurityProtocol=sasl_plaintext", "--Kafka:SaslMechanism=SCRAM-SHA-256", $"--Kafka:SaslUsername={User}"];
        string[] right = [.. login, $"--Kafka:SaslPassword={Password}"];

        // A listener with a login, and a client without one.
        (int exitCode, JsonElement[] steps, string output) = await CheckAsync(peers, "acl");
        Assert.Equal((6, "kafka.connection"), (exitCode, Name(Assert.Single(steps, static s => Status(s) == "failed"))));

        // The wrong password.
        (exitCode, steps, output) = await CheckAsync(peers, "acl", [.. login, "--Kafka:SaslPassword=wr0ng-secret"]);
        Assert.Equal((6, "kafka_login_refused"), (exitCode, Code(Assert.Single(steps, static s => Status(s) == "failed"))));
        Assert.DoesNotContain("wr0ng-secret", output, StringComparison.Ordinal);

        // No right at all.
        (exitCode, steps, _) = await CheckAsync(peers, "acl", right);
        Assert.Equal(6, exitCode);
        Assert.Contains(steps, static s => Code(s) is "topic_hidden" or "topic_not_creatable");
        Assert.Contains(steps, static s => Code(s) == "transaction_unknown");

        // All rights but one: to write what the position topic holds.
        const string own = "canal-bridge.acl.";
        await GrantAsync(admin, ResourceType.Topic, own, AclOperation.Create, AclOperation.Describe, AclOperation.DescribeConfigs, AclOperation.Read);
        await GrantAsync(admin, ResourceType.Topic, "acl", AclOperation.Create, AclOperation.Describe, AclOperation.DescribeConfigs, AclOperation.Write);
        await GrantAsync(admin, TransactionalId, own, AclOperation.Describe, AclOperation.Write);
        (exitCode, steps, output) = await CheckAsync(peers, "acl", [.. right, "--create"]);
        Assert.True(exitCode == 6, output);
        JsonElement missing = steps.First(static s => Code(s) == "topic_right_missing");
        Assert.Contains("--operation Write --topic canal-bridge.acl.", missing.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Contains(steps, static s => Code(s) == "record_refused");

        // All of topics, none of the group.
        await GrantAsync(admin, ResourceType.Topic, own, AclOperation.Write);
        (exitCode, steps, output) = await CheckAsync(peers, "acl", right);
        Assert.Equal((6, "group_right_missing"), (exitCode, Code(Assert.Single(steps, static s => Status(s) == "failed"))));

        // All of them.
        await GrantAsync(admin, ResourceType.Group, own, AclOperation.Describe);
        (exitCode, steps, output) = await CheckAsync(peers, "acl", right);
        Assert.True(exitCode == 0, output);
        Assert.Contains(steps, static s => Code(s) == "record_written");
        Assert.DoesNotContain(steps, static s => Status(s) == "warning" && Name(s).StartsWith("kafka.", StringComparison.Ordinal));

        // And with the very same rights the bridge carries rows.
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "CREATE DATABASE acl; CREATE TABLE acl.acl_rows (id INT PRIMARY KEY); INSERT INTO acl.acl_rows VALUES (1), (2)");
        await using BridgeProcess bridge = BridgeProcess.Run(
            peers, "acl", ("Kafka__SecurityProtocol", "sasl_plaintext"), ("Kafka__SaslMechanism", "SCRAM-SHA-256"), ("Kafka__SaslUsername", User), ("Kafka__SaslPassword", Password));
        Assert.Equal(["{\"id\":1}", "{\"id\":2}"], ReadKeys(Login(peers, "PLAIN", Admin, AdminPassword), "acl.acl.acl_rows", 2, () => bridge.Output));
    }

    private static ClientConfig Login(PeerStack peers, string mechanism, string user, string password)
    {
        var config = new ClientConfig { BootstrapServers = peers.BootstrapServers, SecurityProtocol = SecurityProtocol.SaslPlaintext, SaslUsername = user, SaslPassword = password };
        config.Set("sasl.mechanisms", mechanism);
        return config;
    }

    private static Task GrantAsync(IAdminClient admin, ResourceType type, string prefix, params AclOperation[] operations) => admin.CreateAclsAsync(operations.Select(operation => new AclBinding
    {
        Pattern = new ResourcePattern { Type = type, Name = prefix, ResourcePatternType = ResourcePatternType.Prefixed },
        Entry = new AccessControlEntry { Principal = $"User:{User}", Host = "*", Operation = operation, PermissionType = AclPermissionType.Allow },
    }));

    private static async Task<(int ExitCode, JsonElement[] Steps, string Output)> CheckAsync(PeerStack peers, string prefix, params string[] arguments)
    {
        string[] usual =
        [
            "check", "--json", $"--Canal:Endpoints={peers.CanalEndpoints}", $"--Canal:Destination={peers.CanalDestination}", $"--Kafka:BootstrapServers={peers.BootstrapServers}",
            $"--Topics:Prefix={prefix}", $"--Source:Kind={peers.SourceKind}",
        ];
        (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync([.. usual, .. arguments]);
        return (exitCode, [.. JsonDocument.Parse(output).RootElement.GetProperty("steps").EnumerateArray()], output + errors);
    }

    /// <summary>What a read-committed consumer finds in the position topic.</summary>
    private static string[] ReadPositions(PeerStack peers, string prefix)
    {
        var config = new ConsumerConfig { BootstrapServers = peers.BootstrapServers, GroupId = "check-tests", EnablePartitionEof = true, EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted };
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(config).Build();
        consumer.Assign(new TopicPartitionOffset($"canal-bridge.{prefix}.{peers.CanalDestination}.positions", 0, Offset.Beginning));
        var found = new List<string>();
        while (consumer.Consume(TimeSpan.FromSeconds(20)) is { } result && !result.IsPartitionEOF)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{result.Offset.Value} {result.Message.Key} {result.Message.Value}"));
        }

        return [.. found];
    }

    /// <summary>What Canal keeps: written within a second of a change.</summary>
    private static async Task<string> CursorAsync(PeerStack peers)
    {
        string last = "";
        while (peers.ReadCanalCursor() is var cursor && cursor != last)
        {
            last = cursor;
            await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        }

        return last;
    }

    private static string[] ReadKeys(ClientConfig login, string topic, int count, Func<string> onTimeout)
    {
        var config = new ConsumerConfig(login) { GroupId = "check-tests", EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted, AllowAutoCreateTopics = false };
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, new Offset(0)));
        var keys = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (keys.Count < count)
            {
                try
                {
                    keys.Add(consumer.Consume(limit.Token).Message.Key);
                }
                catch (ConsumeException e) when (e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
                {
                    // Not created yet.
                }
            }
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException(onTimeout(), e);
        }

        return [.. keys];
    }

    private static string? Status(JsonElement step) => step.GetProperty("status").GetString();

    private static string? Code(JsonElement step) => step.GetProperty("code").GetString();

    private static string Name(JsonElement step) => step.GetProperty("step").GetString()!;
}
