using BenchmarkDotNet.Attributes;
using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Benchmarks;

/// <summary>The body of a MESSAGES packet, walked down to every column without using the values.</summary>
[MemoryDiagnoser]
public class FrameToEntries
{
    private const int Entries = 100, RowsPerEntry = 10;

    private readonly byte[] _tenColumns = BatchSamples.TenColumns(Entries, RowsPerEntry);

    /// <summary>1,000 updates of 10 columns; time and bytes are per row.</summary>
    [Benchmark(OperationsPerInvoke = Entries * RowsPerEntry)]
    public int TenColumns()
    {
        using var batch = new CanalBatch(_tenColumns);
        int bytes = 0;
        foreach (CanalEntry entry in batch.Entries)
        {
            foreach (RowData row in entry.ReadRowChange().Rows)
            {
                foreach (Column column in row.BeforeColumns)
                {
                    bytes += column.Value.Length;
                }

                foreach (Column column in row.AfterColumns)
                {
                    bytes += column.Value.Length;
                }
            }
        }

        return bytes;
    }
}
