using BenchmarkDotNet.Attributes;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Benchmarks;

/// <summary>From the body of a MESSAGES packet to keys and values as they go to Kafka. Time and bytes are per row.</summary>
[MemoryDiagnoser]
public class EntryToEnvelope
{
    private const int Rows = 1000;

    private readonly byte[][] _tenColumns = [BatchSamples.TenColumns(Rows / 10, 10)];
    private readonly byte[][] _tenColumnsOneRow = [BatchSamples.TenColumns(Rows, 1)];
    private readonly byte[][] _hundredColumns = [BatchSamples.HundredColumns(Rows / 10, 10)];
    private readonly RecordBuffer _output = new();
    private readonly EntrySerializer _serializer = new(new SerializationSettings { SourceKind = SourceKind.MariaDb, TopicPrefix = "bridge" }, new DefaultTopics());

    /// <summary>Updates of 10 columns, 10 rows to an entry.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public int TenColumns() => Run(_tenColumns);

    /// <summary>Updates of 10 columns, each row an entry of its own.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public int TenColumnsOneRow() => Run(_tenColumnsOneRow);

    /// <summary>Updates of 100 columns, 10 rows to an entry.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public int HundredColumns() => Run(_hundredColumns);

    private int Run(byte[][] bodies) => BatchRun.Serialize(_serializer, bodies, _output, withStatements: true);
}
