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

    [Theory]
    [InlineData("sasl.password")]
    [InlineData("ssl.key.password")]
    [InlineData("ssl.key.pem")]
    [InlineData("sasl.oauthbearer.client.secret")]
    [InlineData("sasl.oauthbearer.config")]
    [InlineData("sasl.oauthbearer.assertion.private.key.passphrase")]
    public void Secret_settings_of_the_kafka_client_stay_out_of_the_hash(string name)
    {
        BridgeOptions client = Shop(), producer = Shop();
        client.Kafka.Settings[name] = "secret";
        producer.Kafka.ProducerSettings[name] = "secret";

        Assert.All([client, producer], static options => Assert.Equal(OptionsHash.Of(Shop()), OptionsHash.Of(options)));
    }

    [Fact]
    public void Table_that_is_called_like_a_secret_is_in_the_hash()
    {
        BridgeOptions masked = Shop();
        masked.Envelope.ColumnMaskWithChars["8"] = @"shop\.users\.password";
        BridgeOptions routed = Shop();
        routed.Topics.Routes["tokens"] = new RouteOptions { Tables = @"shop\.tokens" };

        Assert.Equal(3, new[] { Shop(), masked, routed }.Select(OptionsHash.Of).Distinct().Count());
    }

    private static BridgeOptions Shop() => new() { Canal = { Destination = "example" }, Topics = { Prefix = "shop" } };
}
