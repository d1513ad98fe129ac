using System.Text.Json;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>The other commands, as processes.</summary>
public sealed class CommandTests(SharedPeers shared)
{
    private static readonly string ShopRecording = Path.Combine(Repository.Root, "src", "Bridge", "Commands", "Demo", "shop.frames");

    [Fact]
    public async Task Demo_prints_every_recorded_row_as_a_record_and_ends_by_itself()
    {
        (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync("demo", "--json");

        Assert.Equal(0, exitCode);
        Assert.Contains("2047 rows became 2057 records", errors, StringComparison.Ordinal);
        Assert.Contains("stand-in", errors, StringComparison.Ordinal);
        Assert.Equal(2049, Lines(output).Count(l => l.GetProperty("topic").GetString()!.StartsWith("demo.shop.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Demo_may_be_repeated_and_no_row_counts_as_a_duplicate()
    {
        (int exitCode, _, string errors) = await BridgeProcess.ExecuteAsync("demo", "--repeat", "3");

        Assert.Equal(0, exitCode);
        Assert.Contains("6141 rows became 6171 records", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_prints_nothing_but_one_json_line_per_record()
    {
        (int exitCode, string output, _) = await BridgeProcess.ExecuteAsync("map", ShopRecording, "--Topics:Prefix=bridge", "--Source:Kind=mariadb");

        Assert.Equal(0, exitCode);
        JsonElement[] lines = Lines(output);
        Assert.Equal(2057, lines.Length);
        Assert.Equal(["topic", "key", "value", "headers"], lines[0].EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    public async Task Map_shows_what_the_options_make_of_each_table()
    {
        (int exitCode, string output, _) = await BridgeProcess.ExecuteAsync(
            "map", ShopRecording, "--tables", "--Topics:Prefix=bridge", "--Source:Kind=mariadb",
            @"--Topics:Routes:a:Tables=shop\.order_?(.*)", "--Topics:Routes:a:Topic={prefix}.orders", "--Topics:Routes:a:Partitions=12",
            @"--Source:ColumnExcludeList=shop\.customers\.country", @"--Envelope:ColumnMaskWithChars:3=shop\.customers\.email", @"--Source:TableExcludeList=shop\.stock");

        Assert.Equal(0, exitCode);
        JsonElement[] tables = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
        JsonElement Of(string name) => Assert.Single(tables, table => table.GetProperty("table").GetString() == name);
        Assert.Equal(JsonValueKind.Null, Of("shop.stock").GetProperty("topic").ValueKind);
        Assert.Equal(("bridge.orders", 12), (Of("shop.orders").GetProperty("topic").GetString(), Of("shop.orders").GetProperty("partitions").GetInt32()));
        Assert.Equal(("[\"country\"]", "[\"email\"]"), (Of("shop.customers").GetProperty("left_out").GetRawText(), Of("shop.customers").GetProperty("masked").GetRawText()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "bogus")]
    [InlineData(2, "demo", "--rate", "abc")]
    [InlineData(2, "demo", "--rate", "-1")]
    [InlineData(2, "record", "file", "--idle", "-5")]
    [InlineData(2, "map", "no such file", "--Topics:Prefix=bridge")]
    [InlineData(2, "map", "/", "--Topics:Prefix=bridge")]
    [InlineData(2, "record", "/", "--Canal:Endpoints=127.0.0.1:1", "--Canal:Destination=none")]
    public async Task Wrong_arguments_have_an_exit_code_of_their_own_and_no_stack_trace(int expected, params string[] arguments)
    {
        (int exitCode, _, string errors) = await BridgeProcess.ExecuteAsync(arguments);

        Assert.Equal(expected, exitCode);
        Assert.NotEmpty(errors);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_no_recording_is_refused_as_such()
    {
        (int exitCode, _, string errors) = await BridgeProcess.ExecuteAsync("map", Path.Combine(Repository.Root, "README.md"), "--Topics:Prefix=bridge");

        Assert.Equal(2, exitCode);
        Assert.Contains("no recording", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_does_not_overwrite_a_file_unless_told()
    {
        string file = Path.GetTempFileName();

        (int exitCode, _, string errors) = await BridgeProcess.ExecuteAsync("record", file, "--Canal:Endpoints=127.0.0.1:1", "--Canal:Destination=none");

        File.Delete(file);
        Assert.Equal(2, exitCode);
        Assert.Contains("--force", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_listed_together_and_the_exit_code_says_configuration()
    {
        (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync("run", "--Topics:Prefx=a", "--Kafka:TransactionTimeout=soon");

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains("Topics:Prefx is not an option", errors, StringComparison.Ordinal);
        Assert.Contains("Kafka:TransactionTimeout is 'soon'", errors, StringComparison.Ordinal);
        Assert.Contains("Canal:Endpoints is not set", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_record_keeps_map_turns_into_records_and_canal_still_delivers_it()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "CREATE DATABASE recorded; CREATE TABLE recorded.rows_kept (id INT PRIMARY KEY, name VARCHAR(20)); INSERT INTO recorded.rows_kept VALUES (1, 'é'), (2, NULL)");
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.frames");

        (int recorded, string nothing, _) = await BridgeProcess.ExecuteAsync(
            "record", file, "--idle", "2", $"--Canal:Endpoints={peers.CanalEndpoints}", $"--Canal:Destination={peers.CanalDestination}");
        (int mapped, string output, _) = await BridgeProcess.ExecuteAsync("map", file, "--Topics:Prefix=again", "--Source:Kind=mariadb");
        File.Delete(file);

        Assert.Equal((0, "", 0), (recorded, nothing, mapped));
        Assert.Equal(["{\"id\":1}", "{\"id\":2}"], Lines(output).Where(l => l.GetProperty("topic").GetString() == "again.recorded.rows_kept").Select(l => l.GetProperty("key").GetString()));
        await using BridgeProcess bridge = BridgeProcess.Run(peers, "again");
        await using var consumer = new CommittedConsumer(peers.BootstrapServers, "again.recorded");
        await consumer.WaitForAsync(r => r.Key == "{\"id\":2}", () => bridge.Output);
    }

    private static JsonElement[] Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
}
