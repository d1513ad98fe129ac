using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Benchmarks;

/// <summary>Bodies of MESSAGES packets through a serializer.</summary>
internal static class BatchRun
{
    /// <summary>Serializes all bodies, each into the emptied buffer.</summary>
    /// <param name="serializer">The serializer.</param>
    /// <param name="bodies">The bodies.</param>
    /// <param name="output">The buffer.</param>
    /// <param name="withStatements">Whether entries that are no row changes are serialized as well.</param>
    /// <returns>Bytes written.</returns>
    public static int Serialize(EntrySerializer serializer, byte[][] bodies, RecordBuffer output, bool withStatements)
    {
        int bytes = 0;
        foreach (byte[] body in bodies)
        {
            output.Clear();
            using var batch = new CanalBatch(body);
            foreach (CanalEntry entry in batch.Entries)
            {
                if (withStatements || entry.Header.EventType.IsRowChange())
                {
                    serializer.Write(entry, new EntryContext(1_700_000_000_123_456_789), output);
                }
            }

            bytes += output.LengthBytes;
        }

        return bytes;
    }
}
