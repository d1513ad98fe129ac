using CanalBridge.Serialization;

namespace CanalBridge.Options;

/// <summary>What each format of records is called and what it can do. A new format is a line here, beside its envelope in Serialization/Envelopes.</summary>
internal static class EnvelopeFormats
{
    private static readonly EnvelopeTraits[] All =
    [
        new("debezium", EnvelopeFormat.Debezium)
        {
            HasModes = true,
            HasRecordsBesideRows = true,
            TellsSchemaChanges = true,
            SkippedByDefault = "t",
        },
        new("avro", EnvelopeFormat.Avro) { NeedsRegistry = true, HasModes = true, SkippedByDefault = "t" },
        new("canal-flat", EnvelopeFormat.CanalFlat) { HasStrictForm = true },
        new("maxwell", EnvelopeFormat.Maxwell),
    ];

    /// <summary>Names of all formats.</summary>
    public static IEnumerable<string> Names => All.Select(static traits => traits.Name);

    /// <summary>The format of a name; null if there is none.</summary>
    public static EnvelopeTraits? Find(string name) => Array.Find(All, traits => traits.Name == name);
}

/// <summary>A format of records.</summary>
/// <param name="Name">What <c>Envelope:Format</c> calls it.</param>
/// <param name="Format">What the serializer calls it.</param>
internal sealed record EnvelopeTraits(string Name, EnvelopeFormat Format)
{
    /// <summary>Its records name schemas of a registry.</summary>
    public bool NeedsRegistry { get; init; }

    /// <summary>It takes Debezium's handling modes, masks and adjustments of names.</summary>
    public bool HasModes { get; init; }

    /// <summary>It has heartbeats, records of transactions and fences in topics, and cuts texts.</summary>
    public bool HasRecordsBesideRows { get; init; }

    /// <summary>Statements become records of a topic of their own.</summary>
    public bool TellsSchemaChanges { get; init; }

    /// <summary>It can be byte for byte what the tool writes that it is named after.</summary>
    public bool HasStrictForm { get; init; }

    /// <summary>What <c>Envelope:SkippedOperations</c> is when not set.</summary>
    public string SkippedByDefault { get; init; } = "none";
}
