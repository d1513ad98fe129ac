using CanalBridge.Kafka;
using CanalBridge.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CanalBridge.Publish;

/// <summary>Makes real producers.</summary>
internal sealed class ConfluentProducerFactory(BridgeOptions options, ILogger logger) : IProducerFactory
{
    /// <exception cref="OptionsValidationException">librdkafka does not know a setting, or not its value.</exception>
    public ITransactionalProducer Create(int smallestRecordLimit)
    {
        try
        {
            return new ConfluentProducer(KafkaClientConfig.Producer(options, smallestRecordLimit), logger);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            string mistake = $"The Kafka client refuses its settings (Kafka:Settings, Kafka:ProducerSettings and the options of section Kafka): {e.Message}";
            throw new OptionsValidationException(nameof(KafkaOptions), typeof(KafkaOptions), [mistake]);
        }
    }
}
