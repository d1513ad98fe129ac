namespace CanalBridge.Serialization;

/// <summary>What is known of an entry beside its bytes.</summary>
/// <param name="NowNanoseconds">Wall clock since the Unix epoch, for what the envelope says of the time of its making.</param>
/// <param name="BatchId">Canal's batch.</param>
/// <param name="FirstRow">Rows before this index were published before and are passed over. A BEGIN or END is one row: 0 if it is new.</param>
/// <param name="Stop">Ends a wait for the source or the schema registry: the entry is then given up with an <see cref="OperationCanceledException"/>.</param>
public readonly record struct EntryContext(long NowNanoseconds, long BatchId = 0, int FirstRow = 0, CancellationToken Stop = default);
