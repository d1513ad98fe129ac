using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Benchmarks;

/// <summary>The recorded shop under each handling mode, its table definitions known. Time and bytes are per row.</summary>
[MemoryDiagnoser]
public class HandlingModes
{
    private const int ShopRows = 2047;

    private readonly byte[][] _shop = BatchSamples.Shop();
    private readonly RecordBuffer _output = new();
    private EntrySerializer _serializer = null!;

    [Params("defaults", "schemas", "decimal-string", "decimal-double", "decimal-numeric", "binary-hex", "time-connect", "time-isostring", "time-nanoseconds", "bigint-precise", "no-tombstones", "transactions", "mask-asterisks", "mask-hash", "truncate", "columns-left-out")]
    public string Mode { get; set; } = "";

    /// <summary>Five columns of text.</summary>
    private static NameFilter Texts => Filter(includes: true);

    [GlobalSetup]
    public void CreateSerializer()
    {
        var settings = new SerializationSettings { SourceKind = SourceKind.MariaDb, TopicPrefix = "bridge" };
        _serializer = new EntrySerializer(
            Mode switch
            {
                "defaults" => settings,
                "schemas" => settings with { Schemas = true },
                "decimal-string" => settings with { DecimalHandling = DecimalHandling.String },
                "decimal-double" => settings with { DecimalHandling = DecimalHandling.Double },
                "decimal-numeric" => settings with { DecimalHandling = DecimalHandling.Numeric },
                "binary-hex" => settings with { BinaryHandling = BinaryHandling.Hex },
                "time-connect" => settings with { TimePrecision = TimePrecision.Connect },
                "time-isostring" => settings with { TimePrecision = TimePrecision.IsoString },
                "time-nanoseconds" => settings with { TimePrecision = TimePrecision.Nanoseconds },
                "bigint-precise" => settings with { UnsignedBigIntHandling = UnsignedBigIntHandling.Precise },
                "no-tombstones" => settings with { Tombstones = false },
                "transactions" => settings with { TransactionTopic = "bridge.transaction" },
                "mask-asterisks" => settings with { ColumnMasks = [ColumnMask.WithAsterisks(Texts, 5)] },
                "mask-hash" => settings with { ColumnMasks = [ColumnMask.Hash(Texts, HashAlgorithmName.SHA256, "salt"u8.ToArray(), isOfPlainText: true)] },
                "truncate" => settings with { ColumnMasks = [ColumnMask.Truncate(Texts, 5)] },
                "columns-left-out" => settings with { ColumnFilter = Filter(includes: false) },
                _ => throw new InvalidOperationException(Mode),
            },
            new DefaultTopics());

        // The statements at its beginning are read once, as by a process that runs.
        BatchRun.Serialize(_serializer, _shop, _output, withStatements: true);
    }

    private static NameFilter Filter(bool includes) =>
        NameFilter.TryParse(@"shop\.customers\.(email|full_name|address),shop\.products\.(title|category)", includes, out NameFilter? filter) ? filter : throw new InvalidOperationException();

    [Benchmark(OperationsPerInvoke = ShopRows)]
    public int Shop() => BatchRun.Serialize(_serializer, _shop, _output, withStatements: false);
}
