using CanalBridge.Options;

namespace CanalBridge.UnitTests.Options;

public sealed class OptionsHashTests
{
    [Fact]
    public void Same_options_have_the_same_hash()
    {
        Assert.Equal(OptionsHash.Of(Shop()), OptionsHash.Of(Shop()));
        Assert.Matches("^[0-9a-f]{12}$", OptionsHash.Of(Shop()));
    }

    [Fact]
    public void Any_other_option_changes_the_hash()
    {
        BridgeOptions other = Shop(), setting = Shop(), route = Shop();
        other.Delivery.GroupInterval = TimeSpan.FromMilliseconds(51);
        setting.Kafka.Settings["client.id"] = "x";
        route.Topics.Routes["a"] = new RouteOptions { Tables = "shop\\.a" };

        Assert.Equal(4, new[] { Shop(), other, setting, route }.Select(OptionsHash.Of).Distinct().Count());
    }

    [Fact]
    public void Secrets_stay_out_of_the_hash()
    {
        BridgeOptions secret = Shop();
        secret.Kafka.SaslPassword = "secret";
        secret.Source.ConnectionString = "Server=db;Password=secret";

        Assert.Equal(OptionsHash.Of(Shop()), OptionsHash.Of(secret));
    }

    private static BridgeOptions Shop() => new() { Canal = { Destination = "example" }, Topics = { Prefix = "shop" } };
}
