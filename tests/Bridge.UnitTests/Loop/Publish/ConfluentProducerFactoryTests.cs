using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CanalBridge.UnitTests.Loop.Publish;

public sealed class ConfluentProducerFactoryTests
{
    private readonly BridgeOptions _options = new()
    {
        Canal = { Destination = "example" },
        Kafka = { BootstrapServers = "127.0.0.1:1" },
        Topics = { Prefix = "p" },
    };

    [Fact]
    public void Setting_that_the_client_does_not_know_is_a_mistake_in_the_options()
    {
        _options.Kafka.ProducerSettings["no.such.setting"] = "1";

        var mistake = Assert.Throws<OptionsValidationException>(() => new ConfluentProducerFactory(_options, NullLogger.Instance).Create(int.MaxValue));

        Assert.Contains("no.such.setting", mistake.Message, StringComparison.Ordinal);
    }

    /// <summary>The library refuses a later client in the same type: then threads, memory or file descriptors are used up.</summary>
    [Fact]
    public void Client_that_cannot_be_made_with_settings_that_were_right_is_tried_again()
    {
        var factory = new ConfluentProducerFactory(_options, NullLogger.Instance);
        factory.Create(int.MaxValue).Dispose();
        _options.Kafka.ProducerSettings["no.such.setting"] = "1";

        var fault = Assert.Throws<KafkaFaultException>(() => factory.Create(int.MaxValue));

        Assert.Equal((KafkaStep.Fence, Reaction.RecycleInDoubt), (fault.Step, fault.Reaction));
    }
}
