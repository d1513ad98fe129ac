using CanalBridge.Options;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Publish;

/// <summary>Makes real producers.</summary>
internal sealed class ConfluentProducerFactory(BridgeOptions options, ILogger logger) : IProducerFactory
{
    public ITransactionalProducer Create(int batchSizeCap) => new ConfluentProducer(KafkaClientConfig.Producer(options, batchSizeCap), logger);
}
