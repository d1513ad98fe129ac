namespace Canal.Client.Testing;

/// <summary>An entry in the store.</summary>
/// <param name="Bytes">The serialized Entry.</param>
/// <param name="Round">Which repetition of the recording it belongs to; its binlog file is shifted by it when it is given out.</param>
/// <param name="EndsBatch">Last of the batch it was added with.</param>
internal readonly record struct StoredEntry(byte[] Bytes, int Round, bool EndsBatch);
