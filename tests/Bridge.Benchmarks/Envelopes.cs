using BenchmarkDotNet.Attributes;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Benchmarks;

/// <summary>Each envelope on updates of ten columns and on the recorded shop. Time and bytes are per row.</summary>
[MemoryDiagnoser]
public class Envelopes
{
    private const int Rows = 1000, ShopRows = 2047;

    private readonly byte[][] _tenColumns = [BatchSamples.TenColumns(Rows / 10, 10)];
    private readonly byte[][] _shop = BatchSamples.Shop();
    private readonly RecordBuffer _output = new();
    private EntrySerializer _serializer = null!;

    [Params("debezium", "avro", "canal-flat", "canal-flat strict", "maxwell")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void CreateSerializer()
    {
        var settings = new SerializationSettings { SourceKind = SourceKind.MariaDb, TopicPrefix = "bridge" };
        _serializer = new EntrySerializer(
            Format switch
            {
                "debezium" => settings,
                "avro" => settings with { Format = EnvelopeFormat.Avro },
                "canal-flat" => settings with { Format = EnvelopeFormat.CanalFlat },
                "canal-flat strict" => settings with { Format = EnvelopeFormat.CanalFlat, Strict = true },
                "maxwell" => settings with { Format = EnvelopeFormat.Maxwell },
                _ => throw new InvalidOperationException(Format),
            },
            new DefaultTopics(),
            schemaIds: new OneId());

        // The statements at its beginning are read once, as by a process that runs.
        BatchRun.Serialize(_serializer, _shop, _output, withStatements: true);
    }

    /// <summary>Updates of 10 columns, 10 rows to an entry.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public int TenColumns() => BatchRun.Serialize(_serializer, _tenColumns, _output, withStatements: false);

    /// <summary>The recorded shop. A column is added in the midst of it: two layouts are learned anew in every pass.</summary>
    [Benchmark(OperationsPerInvoke = ShopRows)]
    public int Shop() => BatchRun.Serialize(_serializer, _shop, _output, withStatements: false);

    private sealed class OneId : ISchemaIds
    {
        public int IdOf(string subject, string schema, CancellationToken cancellationToken = default) => 1;
    }
}
