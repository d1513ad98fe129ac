namespace CanalBridge.Serialization.Output;

/// <summary>Where in its topic a record goes.</summary>
public enum RecordPlacement
{
    /// <summary>The partition that its key says; any for a record without key.</summary>
    ByKey,

    /// <summary>Partition 0, where the order over all keys matters.</summary>
    FirstPartition,

    /// <summary>A copy in each partition.</summary>
    EveryPartition,
}
