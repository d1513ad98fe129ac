namespace CanalBridge.Kafka;

/// <summary>Where in the life of a Kafka transaction something failed.</summary>
internal enum KafkaStep
{
    /// <summary>InitTransactions, the fence.</summary>
    Fence,

    /// <summary>Reading the stored position.</summary>
    ReadPosition,

    /// <summary>Creating or describing a topic.</summary>
    PrepareTopic,

    /// <summary>BeginTransaction.</summary>
    Begin,

    /// <summary>Produce, as it returns; a delivery that fails later shows at the commit.</summary>
    Produce,

    /// <summary>CommitTransaction.</summary>
    Commit,

    /// <summary>AbortTransaction.</summary>
    Abort,
}
