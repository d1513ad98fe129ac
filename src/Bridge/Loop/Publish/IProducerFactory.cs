namespace CanalBridge.Loop.Publish;

/// <summary>Makes the producer of a new incarnation.</summary>
internal interface IProducerFactory
{
    /// <summary>A producer that has not fenced yet.</summary>
    ITransactionalProducer Create(int smallestRecordLimit);
}
