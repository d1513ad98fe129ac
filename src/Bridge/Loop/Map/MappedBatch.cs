using CanalBridge.Positions;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Loop.Map;

/// <summary>What a batch becomes: everything that must stay together. Nothing outside is moved by it until the loop takes it.</summary>
internal sealed record MappedBatch
{
    /// <summary>Canal's number of the batch.</summary>
    public required long Id { get; init; }

    /// <summary>Bytes of the batch as Canal sent it: they count for its ring until the ack.</summary>
    public required int SizeBytes { get; init; }

    /// <summary>The records, in entry order. The buffer is used again for the next batch.</summary>
    public required RecordBuffer Records { get; init; }

    /// <summary>The position behind the batch, the open source transaction included. Owner and time are the writer's.</summary>
    public required StoredPosition Position { get; init; }

    /// <summary>Table definitions that changed in it: they belong to <see cref="Position"/>. A null value: unknown from here on.</summary>
    public required IReadOnlyList<(byte[] Key, byte[]? Value)> Definitions { get; init; }

    /// <summary>What may be acknowledged, once the position is committed.</summary>
    public required BatchProof Proof { get; init; }

    /// <summary>What became of its rows.</summary>
    public required MappedRows Rows { get; init; }
}

/// <summary>What became of rows.</summary>
/// <param name="Received">All of them.</param>
/// <param name="Filtered">Left out as the options ask.</param>
/// <param name="Duplicates">Published before.</param>
/// <param name="NewestMilliseconds">Binlog time of the newest that is no duplicate, ms since the epoch; 0 for none.</param>
internal readonly record struct MappedRows(int Received, int Filtered, int Duplicates, long NewestMilliseconds)
{
    /// <summary>Rows that became records.</summary>
    public int Published => Received - Filtered - Duplicates;
}
