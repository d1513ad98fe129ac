using Canal.Client.Entries;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>The outer shape of record values; one writer per format the product promises. Not thread-safe.</summary>
internal interface IEnvelopeWriter
{
    /// <summary>Prepares what is the same for all rows of an entry.</summary>
    /// <param name="header">The entry's header.</param>
    /// <param name="table">The entry's table.</param>
    /// <param name="threadId">Connection id of the source transaction; null if unknown.</param>
    /// <param name="nowNanoseconds">Wall clock since the Unix epoch.</param>
    void BeginEntry(in EntryHeader header, SourceTable table, long? threadId, long nowNanoseconds);

    /// <summary>Writes the value of one record.</summary>
    void Write(ref JsonOutput output, in ChangeEvent change);
}
