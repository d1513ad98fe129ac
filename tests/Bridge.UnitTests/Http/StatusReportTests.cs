using System.Text.Json;
using CanalBridge.Health;
using CanalBridge.Telemetry;

namespace CanalBridge.UnitTests.Http;

public sealed class StatusReportTests
{
    [Fact]
    public async Task Status_tells_who_answers_since_when_and_with_how_much_memory()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Time.Advance(TimeSpan.FromSeconds(90.5));

        using JsonDocument status = await ReadAsync(server);

        JsonElement root = status.RootElement, memory = root.GetProperty("memory");
        Assert.NotEmpty(root.GetProperty("version").GetString()!);
        Assert.Equal("2026-03-01T08:01:30.500Z", root.GetProperty("time").GetString());
        Assert.Equal("2026-03-01T08:00:00.000Z", root.GetProperty("started_at").GetString());
        Assert.Equal(90.5, root.GetProperty("uptime_seconds").GetDouble());
        Assert.Equal(Environment.MachineName, root.GetProperty("host").GetString());
        Assert.Equal(Environment.ProcessId, root.GetProperty("pid").GetInt32());
        Assert.Equal("0123abcd", root.GetProperty("config_hash").GetString());
        Assert.True(root.GetProperty("live").GetBoolean());
        Assert.False(root.GetProperty("ready").GetBoolean());
        Assert.Equal(64 << 20, memory.GetProperty("budget_bytes").GetInt64());
        Assert.InRange(memory.GetProperty("used_bytes").GetInt64(), 1 << 20, long.MaxValue);
        Assert.Equal(ProcessMemory.Limit, memory.GetProperty("limit_bytes").GetInt64());
    }

    [Fact]
    public async Task Destination_before_its_first_session_has_nulls_where_nothing_is_known()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        using JsonDocument status = await ReadAsync(server);

        JsonElement destination = status.RootElement.GetProperty("destinations")[0];
        Assert.Equal("starting", destination.GetProperty("state").GetString());
        Assert.False(destination.GetProperty("is_owner").GetBoolean());
        Assert.All(["endpoint", "position", "last_commit", "last_error"], name => Assert.Equal(JsonValueKind.Null, destination.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task Running_destination_shows_position_lag_and_where_every_row_went()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();
        server.Health.Took(received: 7, filtered: 0, duplicates: 0, records: 7, sourceLag: TimeSpan.FromSeconds(4), inFlight: 7, unackedBatches: 1);
        server.Health.Queued(1234);
        server.Time.Advance(TimeSpan.FromSeconds(3));

        using JsonDocument status = await ReadAsync(server);

        JsonElement destination = status.RootElement.GetProperty("destinations")[0];
        Assert.True(status.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal(
            """
            {"destination":"shop","state":"running","state_since":"2026-03-01T08:00:00.000Z","owner":"11111111-2222-3333-4444-555555555555","is_owner":true,
            "endpoint":"canal:11111","position":"mysql-bin.000001:4242","last_commit":"2026-03-01T08:00:00.000Z","source_lag_seconds":4,"delivery_lag_seconds":3,
            "source_silence_seconds":3,"rows":{"received":12,"committed":3,"filtered":1,"duplicates":1,"returned":0,"in_flight":7,"unaccounted":0},"records":10,
            "transactions":1,"unacked_batches":1,"unacked_batches_age_seconds":3,"kafka_queue_bytes":1234,"since_beat_seconds":3,"last_error":null}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(destination));
    }

    [Fact]
    public async Task Rows_that_nobody_can_account_for_show()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();
        server.Health.Took(received: 7, filtered: 0, duplicates: 0, records: 5, sourceLag: null, inFlight: 5, unackedBatches: 1);

        using JsonDocument status = await ReadAsync(server);

        Assert.Equal(2, status.RootElement.GetProperty("destinations")[0].GetProperty("rows").GetProperty("unaccounted").GetInt64());
    }

    [Fact]
    public async Task Last_error_stays_with_its_time_and_its_words()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Health.Failed("Canal 'canal:11111' 拒绝了 <get>.");
        server.Time.Advance(TimeSpan.FromHours(1));

        (_, string text) = await server.ReadAsync("/status");

        Assert.Contains("Canal 'canal:11111' 拒绝了 <get>.", text, StringComparison.Ordinal);
        using var status = JsonDocument.Parse(text);
        Assert.Equal("2026-03-01T08:00:00.000Z", status.RootElement.GetProperty("destinations")[0].GetProperty("last_error").GetProperty("at").GetString());
    }

    private static async Task<JsonDocument> ReadAsync(RunningServer server) => JsonDocument.Parse((await server.ReadAsync("/status")).Text);
}
