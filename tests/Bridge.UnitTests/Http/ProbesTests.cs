using System.Net;
using CanalBridge.Health;

namespace CanalBridge.UnitTests.Http;

public sealed class ProbesTests
{
    [Fact]
    public async Task Running_destination_is_live_and_ready()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/livez"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/healthz"));
    }

    [Theory]
    [InlineData(nameof(DestinationState.Starting), "shop: starting since 12 s, nothing was tried yet\n")]
    [InlineData(nameof(DestinationState.Fencing), "shop: fencing since 12 s, waits for Kafka\n")]
    [InlineData(nameof(DestinationState.Connecting), "shop: connecting since 12 s, waits for Canal\n")]
    [InlineData(nameof(DestinationState.Recovering), "shop: recovering since 12 s, a producer was given up and a new one comes after a pause\n")]
    [InlineData(nameof(DestinationState.Stopping), "shop: stopping since 12 s, finishes the open transaction\n")]
    [InlineData(nameof(DestinationState.Stopped), "shop: stopped since 12 s, as asked\n")]
    [InlineData(nameof(DestinationState.Failed), "shop: failed since 12 s, needs a person or a restart: see last_error in /status\n")]
    public async Task Destination_that_does_not_run_is_live_but_not_ready_and_the_answer_says_why(string state, string text)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Health.Enter(Enum.Parse<DestinationState>(state));
        server.Time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, text), await server.ReadAsync("/readyz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, text), await server.ReadAsync("/healthz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/livez"));
    }

    [Fact]
    public async Task Loop_that_has_not_moved_for_the_time_limit_is_not_live()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();

        server.Time.Advance(RunningServer.LivenessTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/livez"));
        server.Time.Advance(TimeSpan.FromSeconds(1));
        const string Reason = "shop: the loop has not moved for 120 s (Http:LivenessTimeout is 120 s)\n";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, Reason), await server.ReadAsync("/livez"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, Reason), await server.ReadAsync("/healthz"));
        server.Health.Beat();
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/livez"));
    }

    [Fact]
    public async Task Destination_that_has_stopped_needs_no_heartbeat()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Health.Enter(DestinationState.Stopped);

        server.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/livez"));
    }

    [Fact]
    public async Task Process_that_was_asked_to_stop_is_not_ready_at_once_and_stays_live()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Run();

        server.Stop();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "shop: running since 0 s, but the process was asked to stop\n"), await server.ReadAsync("/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.ReadAsync("/livez"));
    }
}
