namespace Canal.Client.UnitTests;

public sealed class CanalClientOptionsTests
{
    [Fact]
    public void Defaults_lack_only_endpoints_and_destination()
    {
        Assert.Collection(
            new CanalClientOptions().Validate(),
            m => Assert.StartsWith("Endpoints is empty", m, StringComparison.Ordinal),
            m => Assert.StartsWith("Destination is empty", m, StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        CanalClientOptions options = Valid();
        options.ClientId = 32768;
        options.FetchSize = 2_097_152;
        options.GetsInFlight = 5;

        Assert.Equal(
            [
                "ClientId is 32768 but must be from 1 to 32767.",
                "FetchSize is 2097152 but must be from 1 to 2097151.",
                "GetsInFlight is 5 but must be from 1 to 4.",
            ],
            options.Validate());
    }

    [Fact]
    public void Response_timeout_must_exceed_idle_wait()
    {
        CanalClientOptions options = Valid();
        options.IdleWait = options.ResponseTimeout;

        Assert.Equal("ResponseTimeout is 00:00:15 but must exceed IdleWait (00:00:15); raise it or lower the other.", Assert.Single(options.Validate()));
    }

    [Fact]
    public void Idle_timeout_beyond_32_bits_is_refused()
    {
        CanalClientOptions options = Valid();
        options.ServerIdleTimeout = TimeSpan.FromDays(25);

        Assert.Contains("ServerIdleTimeout", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_with_unusable_options_is_refused_before_any_connection()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => CanalSession.OpenAsync(new CanalClientOptions()));

        Assert.Contains("Endpoints is empty", e.Message, StringComparison.Ordinal);
    }

    private static CanalClientOptions Valid() => new() { Endpoints = [new CanalEndpoint("canal")], Destination = "example" };
}
