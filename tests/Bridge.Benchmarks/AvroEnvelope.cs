using BenchmarkDotNet.Attributes;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Benchmarks;

/// <summary>The rows of <see cref="EntryToEnvelope"/> in JSON and in Avro. Time and bytes are per row.</summary>
[MemoryDiagnoser]
public class AvroEnvelope
{
    private const int Rows = 1000;

    private readonly byte[] _tenColumns = BatchSamples.TenColumns(Rows / 10, 10);
    private readonly byte[] _hundredColumns = BatchSamples.HundredColumns(Rows / 10, 10);
    private readonly RecordBuffer _output = new();
    private EntrySerializer _serializer = null!;

    /// <summary>Format of the records.</summary>
    [Params(EnvelopeFormat.Debezium, EnvelopeFormat.Avro)]
    public EnvelopeFormat Format { get; set; }

    [GlobalSetup]
    public void CreateSerializer() => _serializer = new EntrySerializer(
        new SerializationSettings { Format = Format, SourceKind = SourceKind.MariaDb, TopicPrefix = "bridge" }, new DefaultTopics(), schemaIds: new OneId());

    /// <summary>Updates of 10 columns, 10 rows to an entry.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public int TenColumns() => Run(_tenColumns);

    /// <summary>Updates of 100 columns, 10 rows to an entry.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public int HundredColumns() => Run(_hundredColumns);

    private int Run(byte[] body)
    {
        _output.Clear();
        using var batch = new CanalBatch(body);
        foreach (CanalEntry entry in batch.Entries)
        {
            _serializer.Write(entry, new EntryContext(1_700_000_000_123_456_789), _output);
        }

        return _output.LengthBytes;
    }

    private sealed class OneId : ISchemaIds
    {
        public int IdOf(string subject, string schema) => 1;
    }
}
