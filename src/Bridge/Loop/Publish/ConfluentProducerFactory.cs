using CanalBridge.Kafka;
using CanalBridge.Options;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CanalBridge.Loop.Publish;

/// <summary>Makes real producers.</summary>
internal sealed class ConfluentProducerFactory(BridgeOptions options, ILogger logger) : IProducerFactory
{
    private bool _hasMade;

    /// <exception cref="OptionsValidationException">librdkafka does not know a setting, or not its value.</exception>
    /// <exception cref="KafkaFaultException">It took these settings before, and cannot make another producer now.</exception>
    public ITransactionalProducer Create(int smallestRecordLimit) => Create(KafkaClientConfig.Producer(options, smallestRecordLimit));

    /// <summary>Lets librdkafka look at its settings, and talks to no broker.</summary>
    /// <exception cref="OptionsValidationException">It does not know one, or not its value.</exception>
    public void Probe()
    {
        ProducerConfig config = KafkaClientConfig.Producer(options, int.MaxValue);
        config.BootstrapServers = null;
        Create(config).Dispose();
    }

    private ConfluentProducer Create(ProducerConfig config)
    {
        try
        {
            var producer = new ConfluentProducer(config, logger);
            _hasMade = true;
            return producer;
        }
        catch (InvalidOperationException e) when (_hasMade)
        {
            throw KafkaFaultException.ClientNotMade(KafkaStep.Fence, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            string mistake = $"The Kafka client refuses its settings (Kafka:Settings, Kafka:ProducerSettings and the options of section Kafka): {e.Message}";
            throw new OptionsValidationException(nameof(KafkaOptions), typeof(KafkaOptions), [mistake]);
        }
    }
}
